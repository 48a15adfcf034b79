using Argent.Data;

namespace Argent.Cli;

/// <summary>Where quickstart takes its data from: the option, else the environment, else a generated catalogue.</summary>
static class QuickstartData
{
    /// <summary>The environment variable that names a data set.</summary>
    public const string Variable = "ARGENT_DATA";

    /// <summary>The path of the data set; generated data are written below <paramref name="folder"/> first.</summary>
    public static string Find(string? option, string folder, CommandRun run)
    {
        if (option is not null) return option;
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            run.Note($"quickstart: data from {Variable}: {named}");
            return named;
        }
        string generated = Path.Combine(folder, "data");
        var options = new GeneratorOptions();
        if (run.Seed is { } seed) options = options with { Seed = seed };
        run.Note($"quickstart: a generated catalogue (seed {options.Seed}); --data or {Variable} take data of your own");
        DatasetGenerator.WriteFolder(generated, options, run.Progress);
        return generated;
    }
}
