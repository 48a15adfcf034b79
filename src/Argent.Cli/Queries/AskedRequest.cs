using Argent.Model;

namespace Argent.Cli;

/// <summary>The one request that the options of a command line describe.</summary>
static class AskedRequest
{
    /// <summary>The request of the options, for the user that they describe.</summary>
    public static RetrievalRequest Read(CommandRun run, QueryOptions options, RetrievalModel model) => new()
    {
        User = new UserInput
        {
            Id = run.Get(options.User),
            History = History(run.Get(options.History) ?? [], model),
            Features = Features(run.Get(options.Feature) ?? []),
        },
        K = run.Get(options.K),
        NProbe = run.Get(options.NProbe),
        Rescore = run.Get(options.Rescore),
        Filter = run.Get(options.Filter),
        Exclude = Ids(run.Get(options.Exclude)),
        Only = Ids(run.Get(options.Only)),
        Value = run.Get(options.Value),
    };

    static Dictionary<string, IReadOnlyList<string>> History(IReadOnlyList<string> parts, RetrievalModel model)
    {
        var byTask = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (string part in parts)
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string task = equals < 0 ? model.HistoryTask : part[..equals];
            if (!byTask.TryAdd(task, Ids(part[(equals + 1)..])!))
            {
                throw new UsageException($"--history names the task '{task}' twice.");
            }
        }
        return byTask;
    }

    static Dictionary<string, string> Features(IReadOnlyList<string> parts)
    {
        var features = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in parts)
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1) throw new UsageException($"--feature is '{part}'; it must be NAME=VALUE.");
            features[part[..equals]] = part[(equals + 1)..];
        }
        return features;
    }

    static string[]? Ids(string? list) =>
        list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
