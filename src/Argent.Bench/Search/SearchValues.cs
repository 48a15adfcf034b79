using Argent.Tensors;

namespace Argent.Bench;

/// <summary>The values that engines are tried at, and the smallest one that is good enough.</summary>
static class SearchValues
{
    /// <summary>Lists probed: steps of 1 to 16, of 2 to 32, of 4 to 64 and so on, and all of them at last.</summary>
    public static IReadOnlyList<int> Probes(int nlist)
    {
        var values = new List<int>();
        for (int value = 1, step = 1; value < nlist; value += step)
        {
            values.Add(value);
            if (value == 16 * step) step *= 2;
        }
        values.Add(nlist);
        return values;
    }

    /// <summary>Candidates of a graph search: steps of about 15 %.</summary>
    public static IReadOnlyList<int> Candidates()
    {
        const int Least = 10, Most = 12_000;
        var values = new List<int>();
        for (double value = Least; value <= Most; value *= 1.15) values.Add((int)value);
        return [.. values.Distinct()];
    }

    /// <summary>The smallest value whose recall reaches the goal, and that recall; null when none does.</summary>
    /// <param name="values">Ascending; recall grows with them.</param>
    /// <param name="recallAt">Measures.</param>
    /// <param name="goal">What must be reached.</param>
    public static (int Value, double Recall)? Smallest(IReadOnlyList<int> values, Func<int, double> recallAt, double goal)
    {
        // Doubling first: small values are cheap to try, and large ones are rarely needed.
        int high = 0;
        double recall = recallAt(values[high]);
        int low = -1;
        while (recall < goal)
        {
            low = high;
            if (high == values.Count - 1) return null;
            high = Math.Min(values.Count - 1, Math.Max(1, high * 2));
            recall = recallAt(values[high]);
        }
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            double there = recallAt(values[middle]);
            if (there >= goal) (high, recall) = (middle, there);
            else low = middle;
        }
        return (values[high], recall);
    }

    /// <summary>Share of the exact best K that was found, averaged over the queries.</summary>
    /// <param name="found">[Q, K] rows, -1 for none.</param>
    /// <param name="truth">[Q or more, K or more] rows, best first.</param>
    public static double Recall(Tensor<int> found, Tensor<int> truth)
    {
        long queries = found.Shape[0];
        int k = (int)found.Shape[1];
        long hits = 0, wanted = 0;
        var exact = new HashSet<int>(k);
        for (long q = 0; q < queries; q++)
        {
            exact.Clear();
            foreach (int row in truth.Row(q)[..k])
            {
                if (row >= 0) exact.Add(row);
            }
            wanted += exact.Count;
            foreach (int row in found.Row(q))
            {
                // Removed, so that an item that is returned twice counts once.
                if (exact.Remove(row)) hits++;
            }
        }
        return wanted == 0 ? 1 : (double)hits / wanted;
    }
}
