using Argent.Data;

namespace Argent.Publish;

/// <summary>Measures recall along a ladder of probes and chooses the default.</summary>
/// <param name="Points">Recall, by probes ascending.</param>
/// <param name="NProbe">Lists probed by default.</param>
sealed record ProbeChoice(IReadOnlyList<RecallPoint> Points, int NProbe)
{
    // At .985 of the best 100 well under 2 % of the recommendations that exact search would give are lost: wanted while
    // scanning costs little. A scan of 32,768 items takes about half a millisecond; past that, .96 is enough.
    const double Wanted = 0.985, Enough = 0.96;
    const int CheapItems = 32_768;

    // Fewer probes than this save no time worth having: choosing lists costs as much.
    const int Least = 32;

    // A default must stay a search of a part: a quarter of the lists, or all of a small catalogue's few.
    const int MostShare = 4, MostOfFew = 64;

    /// <summary>Rungs of the ladder for L lists.</summary>
    public static int[] Ladder(int nlist)
    {
        var rungs = new SortedSet<int> { Math.Min(nlist, Least) };
        for (int rung = 1; rung <= Math.Max(Most(nlist), Least) && rung < nlist; rung *= 2) rungs.Add(rung);
        for (int rung = Least + Least / 2; rung <= Most(nlist); rung *= 2) rungs.Add(rung);
        rungs.Add(Math.Min(nlist, Most(nlist)));
        return [.. rungs];
    }

    /// <summary>Climbs the ladder.</summary>
    /// <param name="measure">Recall by probes.</param>
    /// <param name="nlist">L.</param>
    /// <param name="items">R.</param>
    /// <param name="wanted">Probes that were asked for, or 0 to choose.</param>
    /// <param name="progress">One unit per rung.</param>
    public static ProbeChoice Of(RecallMeasure measure, int nlist, int items, int wanted, Progress progress)
    {
        var rungs = new SortedSet<int>(Ladder(nlist));
        if (wanted > 0) rungs.Add(Math.Min(wanted, nlist));
        var points = rungs.Select(nprobe => measure.At(nprobe, progress)).ToList();
        if (wanted > 0) return new ProbeChoice(points, Math.Min(wanted, nlist));
        var candidates = points.Where(p => p.NProbe >= Math.Min(Least, nlist));
        return new ProbeChoice(points, (candidates.FirstOrDefault(p => IsGood(p, items)) ?? points[^1]).NProbe);
    }

    static bool IsGood(RecallPoint point, int items) =>
        point.At100 >= Wanted || (point.At100 >= Enough && point.ScannedShare * items >= CheapItems);

    static int Most(int nlist) => Math.Max(nlist / MostShare, Math.Min(nlist, MostOfFew));
}
