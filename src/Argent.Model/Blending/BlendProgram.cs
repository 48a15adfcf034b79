using Argent.Kernels;

namespace Argent.Model;

/// <summary>A blend that was checked against a model's features: names are columns, values ids or keys, filters programs.</summary>
public sealed class BlendProgram
{
    /// <summary>The most steps of one list; a step is what 16 multiplications take, some nanoseconds.</summary>
    public const long StepsMax = 1_000_000_000;

    internal BlendProgram(BlendConfig config) => (Config, IsIdentity, Name) = (config, config.IsIdentity, config.ToString());

    /// <summary>What was compiled.</summary>
    public BlendConfig Config { get; }

    /// <summary>Whether the order of values is the list.</summary>
    public bool IsIdentity { get; }

    /// <summary>For a person: <c>identity</c>, or the names of the parts.</summary>
    public string Name { get; }

    /// <summary>The parts, with sets of classes and conditions by number.</summary>
    internal ComposePlan Plan { get; init; } = new();

    /// <summary>Names of the parts by the numbers that candidates' reasons have.</summary>
    internal IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>Where each set of classes comes from.</summary>
    internal IReadOnlyList<ClassSource> Classes { get; init; } = [];

    /// <summary>Who meets each condition; null for everybody.</summary>
    internal IReadOnlyList<FilterProgram?> Conditions { get; init; } = [];

    /// <summary>Whether embeddings are compared.</summary>
    internal bool NeedsVectors { get; init; }

    /// <summary>Candidates that a list of <paramref name="count"/> items is composed of.</summary>
    internal int Candidates(int count) => IsIdentity ? count : Math.Max(count, Config.Pool);

    /// <summary>About how many steps a list takes.</summary>
    internal double Steps(int count, int dim)
    {
        if (IsIdentity) return 0;
        double each = 1 + Plan.Spacing.Count + Plan.Rules.Count;
        if (Plan.Diversity is { } diversity)
        {
            double window = Math.Min(diversity.Window, count);
            each += (NeedsVectors ? dim / 16.0 : 0) + (diversity.Kind == DiversityKind.Mmr ? window / 16 : window * window / 16);
        }
        return each * count * Candidates(count);
    }
}

/// <summary>Where classes come from: the values that items have of a feature.</summary>
/// <param name="Feature">The column.</param>
/// <param name="Only">Value ids, or keys of an ordered feature, that count, ascending; null for all.</param>
sealed record ClassSource(int Feature, long[]? Only);
