using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Argent.Model;

namespace Argent.Cli;

/// <summary>Compares every byte of an artifact with the hashes of its manifest.</summary>
sealed class VerifyCommand : ArgentCommand
{
    readonly Argument<string> _artifact = ArtifactArgument.Create();

    /// <summary>The command.</summary>
    public VerifyCommand()
        : base("verify", "Compare every byte of an artifact with its hashes.", "argent verify models/books") => Add(_artifact);

    /// <inheritdoc/>
    public override Task<int> RunAsync(CommandRun run)
    {
        using var artifact = Artifact.Open(Artifact.Resolve(run.Require(_artifact)), verify: true);
        var manifest = artifact.Manifest;
        var json = new JsonObject
        {
            ["ok"] = true,
            ["artifact"] = manifest.Id(),
            ["folder"] = artifact.Folder,
            ["tensors"] = manifest.Tensors.Count,
            ["documents"] = manifest.Documents.Count,
        };
        run.Print(json, output => output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{manifest.Id()} is whole: {manifest.Tensors.Count} tensors and {manifest.Documents.Count} documents have their hashes.")));
        return Task.FromResult(ExitCode.Done);
    }
}
