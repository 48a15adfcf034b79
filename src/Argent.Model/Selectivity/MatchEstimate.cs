namespace Argent.Model;

/// <summary>How many items a filter matches, from the counts of publishing.</summary>
/// <param name="Least">Never more than there are.</param>
/// <param name="Most">Never fewer than there are.</param>
/// <param name="Expected">How many there would be if values of different features came together by chance alone.</param>
public readonly record struct MatchEstimate(long Least, long Most, double Expected)
{
    /// <summary>A number that is known.</summary>
    public static MatchEstimate Exactly(long count) => new(count, count, count);

    /// <summary>Bounds, and an expectation that is put between them.</summary>
    internal static MatchEstimate Between(long least, long most, double expected) =>
        new(least, most, Math.Clamp(expected, least, most));
}
