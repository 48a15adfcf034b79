namespace Argent.Bench;

/// <summary>What became of a goal.</summary>
enum Verdict
{
    /// <summary>Measured and reached.</summary>
    Met,

    /// <summary>Measured and missed.</summary>
    Short,

    /// <summary>Not measured in this run, for a reason that the note gives.</summary>
    NotMeasured,
}

/// <summary>One goal and what was measured.</summary>
sealed record GoalResult
{
    /// <summary>What is wanted: "k 100, batch 1: times Faiss IVFFlat".</summary>
    public required string Name { get; init; }

    /// <summary>The bound.</summary>
    public required double Wanted { get; init; }

    /// <summary>True when the bound is the least that is good enough, false when it is the most.</summary>
    public bool IsAtLeast { get; init; } = true;

    /// <summary>Unit of the bound and of the figure: "x", "%", "ms".</summary>
    public required string Unit { get; init; }

    /// <summary>The figure; null when it was not measured. What is no number counts as that.</summary>
    public double? Measured { get; init => field = value is { } number && double.IsFinite(number) ? number : null; }

    /// <summary>What a reader must know: why it was not measured, or under what conditions it was.</summary>
    public string? Note { get; init; }

    /// <summary>What became of it.</summary>
    public Verdict Verdict => Measured switch
    {
        null => Verdict.NotMeasured,
        double measured => (IsAtLeast ? measured >= Wanted : measured <= Wanted) ? Verdict.Met : Verdict.Short,
    };
}
