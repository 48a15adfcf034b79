using System.CommandLine;
using Argent.Model;
using Argent.Tensors;

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
        Blend = run.Get(options.Blend) is { } blend ? BlendOption.Json(blend) : null,
    };

    /// <summary>Refuses options that describe a user beside query vectors.</summary>
    public static void CheckUser(CommandRun run, QueryOptions options)
    {
        if (Array.Find((Option[])[options.User, options.History, options.Feature], run.Has) is { } other)
        {
            throw new UsageException($"--vectors and {other.Name} do not go together: vectors take the place of a user.");
        }
    }

    /// <summary>The query vectors of a file's query <paramref name="query"/>, one row per head.</summary>
    public static UserInput Query(Tensor<float> vectors, string path, int query, RetrievalModel model)
    {
        int heads = model.Tasks.Count;
        if (((long)query + 1) * heads > vectors.Shape[0])
        {
            throw new InvalidDataException(
                $"'{path}' has {vectors.Shape[0]} rows, the model {heads} heads ({string.Join(", ", model.Tasks)}): " +
                $"there is no query {query}.");
        }
        return new UserInput { Vectors = [.. Enumerable.Range(query * heads, heads).Select(row => vectors.Row(row).ToArray())] };
    }

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

    /// <summary>The ids of a list.</summary>
    public static string[]? Ids(string? list) =>
        list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
