using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Classes of candidates, in one or more sets: those of candidate i in set s are <c>Ids[Start[s, i] .. Start[s, i + 1]]</c>,
/// distinct, below Count.
/// </summary>
/// <param name="Start">[c, n + 1] int32, ascending through all rows.</param>
/// <param name="Ids">[m] int32.</param>
/// <param name="Count">Classes of the set that has most.</param>
public readonly record struct ClassSets(Tensor<int> Start, Tensor<int> Ids, int Count)
{
    /// <summary>The classes of a candidate.</summary>
    public ReadOnlySpan<int> Of(int set, int candidate)
    {
        var start = Start.Row(set);
        return Ids.Span[start[candidate]..start[candidate + 1]];
    }
}

/// <summary>Candidates to compose a list of, best quality first.</summary>
/// <remarks>
/// Place by place the candidate with the largest quality + weight * diversity - spacing is taken, of equal ones the first,
/// among those that no rule forbids at that place. A place that no candidate may fill ends the list.
/// </remarks>
public readonly record struct ComposeArgs
{
    /// <summary>[n] float32, descending.</summary>
    public required Tensor<float> Quality { get; init; }

    /// <summary>[n, D] float32 embeddings of length 1; no tensor when no similarity is of embeddings.</summary>
    public Tensor<float> Vectors { get; init; }

    /// <summary>What makes items alike, is to be spaced or is counted: sets by the numbers that the parts name.</summary>
    public ClassSets Classes { get; init; }

    /// <summary>[c, words] uint64 bits of candidates: who meets condition c.</summary>
    public Tensor<ulong> Conditions { get; init; }

    /// <summary>Diversity, spacing and rules.</summary>
    public required ComposePlan Plan { get; init; }

    /// <summary>[K] int32, overwritten: candidates in the order of the list, -1 where there are none.</summary>
    public required Tensor<int> Positions { get; init; }

    /// <summary>
    /// [n] int32, overwritten: why a candidate was passed over for a lower quality the first time: a part's number (see
    /// <see cref="ComposePlan.Parts"/>), or -1 when it never was.
    /// </summary>
    public required Tensor<int> Reasons { get; init; }
}

/// <summary>A blend's parts with features and filters as numbers of <see cref="ComposeArgs.Classes"/> and conditions.</summary>
public sealed record ComposePlan
{
    /// <summary>Diversity, or null.</summary>
    public DiversityConfig? Diversity { get; init; }

    /// <summary>By similarity of the diversity: the classes that are compared, or -1 for embeddings.</summary>
    public IReadOnlyList<int> SimilarityClasses { get; init; } = [];

    /// <summary>Spacings with their classes and the condition of who pays, or -1.</summary>
    public IReadOnlyList<(SpacingConfig Config, int Classes, int Condition)> Spacing { get; init; } = [];

    /// <summary>Rules with their classes, or -1, and the condition of who may fill a slot, or -1.</summary>
    public IReadOnlyList<(BlendRule Config, int Classes, int Condition)> Rules { get; init; } = [];

    /// <summary>Names of all parts: diversity, the spacings, the rules.</summary>
    public IReadOnlyList<string> Parts =>
        [Diversity?.Label ?? "diversity", .. Spacing.Select(s => s.Config.Label), .. Rules.Select(r => r.Config.Label)];
}
