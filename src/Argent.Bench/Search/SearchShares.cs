namespace Argent.Bench;

/// <summary>How near the machine's limits the search comes: memory for one query, multiply-adds for many.</summary>
static class SearchShares
{
    /// <summary>Adds the shares to this engine's rows of <see cref="EqualRecall"/> and the goals.</summary>
    public static void Measure(SearchContext context)
    {
        var run = context.Run;
        if (!MachineLimits.CanMeasure) return;
        bool isVnni = context.Argent.Variant.Contains("vnni", StringComparison.OrdinalIgnoreCase);
        double peak = isVnni ? run.Limits.Int8Vnni ?? run.Limits.Int8Avx2 : run.Limits.Int8Avx2;
        run.Note(
            "Share of int8: multiply-adds of the scanned items, against the peak of the instructions that the kernels use " +
            $"({context.Argent.Variant}). Share of read: codes, scales and biases of the scanned items, against what one core reads.");
        double? read = null, int8 = null;
        foreach (var row in run.Rows.Where(r => r.Group == EqualRecall.Group && r.Engine == context.Argent.Name).ToList())
        {
            double items = context.Argent.ScannedItems((int)row.Settings["nprobe"], (int)row.Units), seconds = row.WallMs / 1e3;
            double readShare = items * context.Argent.BytesPerItem / seconds / run.Limits.ReadOneCore;
            double int8Share = items * context.Vectors.Dim / seconds / peak;
            run.Replace(row, row with
            {
                Figures = new Dictionary<string, double>
                {
                    ["items scanned"] = items / row.Units,
                    ["share of read"] = readShare,
                    ["share of int8"] = int8Share,
                    ["share of int8, AVX2"] = int8Share * peak / run.Limits.Int8Avx2,
                },
            });
            if (row.Settings["k"] != 1000) continue;
            if (row.Settings["batch"] == 1) read = readShare;
            if (row.Settings["batch"] == 512) int8 = int8Share;
        }
        run.Add(Goal("one query, k 1000: share of the one-core read bandwidth", 80, read));
        run.Add(Goal("batch 512, k 1000: share of the exact int8 peak", 50, int8));
    }

    static GoalResult Goal(string name, double wanted, double? share) => new()
    {
        Name = name,
        Wanted = wanted,
        Unit = "%",
        Measured = share * 100,
        Note = share is null ? "no such row" : "the whole search counts: probing, scan and selection",
    };
}
