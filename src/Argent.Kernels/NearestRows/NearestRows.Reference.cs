using Argent.Tensors;

namespace Argent.Kernels;

static unsafe class NearestRowsReference
{
    public static void Run(in NearestRowsArgs args)
    {
        Check(in args);
        if (!args.GroupStart.IsPresent)
        {
            for (int r = 0; r < args.Rows.Shape[0]; r++) Find(in args, r, null, (int)args.Table.Shape[0]);
            return;
        }
        int candidates = (int)args.Candidates.Shape[1];
        for (long g = 0; g + 1 < args.GroupStart.Count; g++)
        {
            for (int m = args.GroupStart[g]; m < args.GroupStart[g + 1]; m++)
            {
                Find(in args, args.Members[m], args.Candidates.Pointer + g * candidates, candidates);
            }
        }
    }

    static void Find(in NearestRowsArgs args, int row, int* candidates, int count)
    {
        int dim = (int)args.Rows.Shape[1];
        float* values = args.Rows.Pointer + (long)row * dim;
        float best = float.NegativeInfinity;
        int nearest = candidates == null ? 0 : candidates[0];
        for (int c = 0; c < count; c++)
        {
            int other = candidates == null ? c : candidates[c];
            float score = 0;
            for (int d = 0; d < dim; d++) score = MathF.FusedMultiplyAdd(values[d], args.Table.Pointer[(long)other * dim + d], score);
            if (args.Bias.IsPresent) score += args.Bias[other];
            if (score > best) (best, nearest) = (score, other);
        }
        args.Nearest[row] = nearest;
        if (args.Best.IsPresent) args.Best[row] = best;
    }

    public static void Check(in NearestRowsArgs args)
    {
        Checks.Rank("NearestRows: Rows", args.Rows, 2);
        Checks.Rank("NearestRows: Table", args.Table, 2);
        Shape rows = args.Rows.Shape, table = args.Table.Shape;
        Checks.Is("NearestRows: Table", args.Table, new(table[0], rows[1]), "Rows", rows);
        Checks.IsOrMissing("NearestRows: Bias", args.Bias, new(table[0]), "Table", table);
        Checks.Is("NearestRows: Nearest", args.Nearest, new(rows[0]), "Rows", rows);
        Checks.IsOrMissing("NearestRows: Best", args.Best, new(rows[0]), "Rows", rows);
        if (table[0] == 0) throw new ArgumentException($"NearestRows: Table {table} has no row.");
        bool hasGroups = args.GroupStart.IsPresent;
        if (args.Members.IsPresent != hasGroups || args.Candidates.IsPresent != hasGroups)
        {
            throw new ArgumentException("NearestRows: GroupStart, Members and Candidates come together or not at all.");
        }
        if (hasGroups) CheckGroups(in args);
    }

    static void CheckGroups(in NearestRowsArgs args)
    {
        Checks.Rank("NearestRows: Candidates", args.Candidates, 2);
        Shape candidates = args.Candidates.Shape;
        Checks.Is("NearestRows: GroupStart", args.GroupStart, new(candidates[0] + 1), "Candidates", candidates);
        Checks.Bounds("NearestRows: GroupStart", args.GroupStart, args.Members.Count);
        if (candidates[1] == 0) throw new ArgumentException($"NearestRows: Candidates {candidates} leaves a group without any.");
        for (long i = 0; i < args.Members.Count; i++) Checks.Index("NearestRows: Members", args.Members.Pointer[i], args.Rows.Shape[0]);
        for (long i = 0; i < args.Candidates.Count; i++)
        {
            int candidate = args.Candidates.Pointer[i];
            Checks.Index("NearestRows: Candidates", candidate, args.Table.Shape[0]);
            if (i % candidates[1] > 0 && candidate <= args.Candidates.Pointer[i - 1])
            {
                throw new ArgumentException($"NearestRows: Candidates of group {i / candidates[1]} do not ascend.");
            }
        }
    }
}
