using System.CommandLine;

namespace Argent.Cli;

/// <summary>The argument or option that names a published model.</summary>
static class ArtifactArgument
{
    const string Meaning = "An artifact's folder, a model's folder of versions (the newest is taken), or a folder with one model.";

    /// <summary>As an argument.</summary>
    public static Argument<string> Create()
    {
        var argument = new Argument<string>("artifact") { Description = Meaning, HelpName = "ARTIFACT" };
        argument.Validators.Add(result =>
        {
            // A mistyped option would otherwise be taken for a folder.
            if (result.Tokens is [{ Value: ['-', ..] word }]) result.AddError($"Unrecognized option '{word}'.");
        });
        return argument;
    }

    /// <summary>As the option --model.</summary>
    public static Option<string> CreateOption() => new("--model") { Description = Meaning, HelpName = "MODELS|ARTIFACT", Required = true };
}
