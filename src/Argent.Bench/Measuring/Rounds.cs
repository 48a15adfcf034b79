namespace Argent.Bench;

/// <summary>What the rounds of one contender come to.</summary>
/// <param name="WallMs">Median over the rounds.</param>
/// <param name="CpuMs">Median over the rounds.</param>
/// <param name="WallMsLeast">The fastest round.</param>
/// <param name="Count">Rounds.</param>
sealed record RoundTimes(double WallMs, double CpuMs, double WallMsLeast, int Count);

/// <summary>
/// The measuring loop: in each round every contender runs once, so that whatever disturbs the machine disturbs all of
/// them; each round begins with another contender; the figures are medians over the rounds.
/// </summary>
static class Rounds
{
    /// <summary>The fewest rounds whose median says something.</summary>
    public const int CountMin = 5;

    /// <summary>Runs all contenders once untimed and then <paramref name="rounds"/> times.</summary>
    /// <param name="contenders">At least one.</param>
    /// <param name="rounds">At least <see cref="CountMin"/>.</param>
    /// <returns>The figures, in the order of the contenders.</returns>
    public static IReadOnlyList<RoundTimes> Measure(IReadOnlyList<IContender> contenders, int rounds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, CountMin);
        var timings = contenders.Select(_ => new List<Timing>(rounds)).ToList();
        // Maps are read in, scratch memory grows and code is compiled before anything counts.
        foreach (var contender in contenders) contender.Run();
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < contenders.Count; i++)
            {
                int c = (round + i) % contenders.Count;
                timings[c].Add(contenders[c].Run());
            }
        }
        return [.. timings.Select(Summary)];
    }

    /// <summary>The value in the middle; the mean of the two in the middle when their number is even.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    static RoundTimes Summary(List<Timing> timings) => new(
        1e3 * Median(timings.Select(t => t.WallSeconds)),
        1e3 * Median(timings.Select(t => t.CpuSeconds)),
        1e3 * timings.Min(t => t.WallSeconds),
        timings.Count);
}
