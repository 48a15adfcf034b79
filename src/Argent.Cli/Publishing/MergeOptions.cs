using System.CommandLine;
using System.Globalization;
using Argent.Model;

namespace Argent.Cli;

/// <summary>The options that say how the candidates of several heads become one list.</summary>
sealed class MergeOptions
{
    static readonly Dictionary<string, MergeKind> _kinds = new(StringComparer.Ordinal)
    {
        ["union"] = MergeKind.Union,
        ["intersection"] = MergeKind.Intersection,
        ["weighted-sum"] = MergeKind.WeightedSum,
        ["round-robin"] = MergeKind.RoundRobin,
    };

    readonly Option<string> _merge = new Option<string>("--merge")
    {
        Description = "How the candidates of several heads become one list, see docs/merging.md.",
        HelpName = string.Join('|', _kinds.Keys),
        DefaultValueFactory = _ => "union",
    }.AcceptOnlyFromAmong([.. _kinds.Keys]);

    readonly Option<string?> _weights = new("--merge-weights")
    {
        Description = "Weight of each head for weighted-sum; 1 each when left out.",
        HelpName = "1,0.4",
    };

    /// <summary>All of them, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [_merge, _weights];

    /// <summary>What they say.</summary>
    public MergeConfig Read(CommandRun run)
    {
        var kind = _kinds[run.Get(_merge)!];
        if (run.Get(_weights) is not { } text) return new MergeConfig { Kind = kind };
        if (kind != MergeKind.WeightedSum) throw new UsageException("--merge-weights goes with --merge weighted-sum.");
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        var weights = new float[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            bool isWeight = float.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out weights[i]);
            if (!isWeight) throw new UsageException($"--merge-weights is '{text}'; it must be numbers such as 1,0.4.");
        }
        return new MergeConfig { Kind = kind, Weights = weights };
    }
}
