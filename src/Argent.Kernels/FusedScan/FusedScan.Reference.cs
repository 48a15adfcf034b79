namespace Argent.Kernels;

static unsafe class FusedScanReference
{
    public static void Run(in FusedScanArgs args)
    {
        FusedScanChecks.Check(in args);
        int kept = (int)args.Scores.Shape[1];
        for (int q = 0; q < args.Queries.Shape[0]; q++)
        {
            var items = new List<(float Score, int Row, int Slot)>();
            long masked = Collect(in args, q, items);
            items.Sort((a, b) => b.Score != a.Score ? b.Score.CompareTo(a.Score) : a.Row.CompareTo(b.Row));
            int found = Math.Min(kept, items.Count);
            for (int k = 0; k < kept; k++)
            {
                args.Scores.Pointer[(long)q * kept + k] = k < found ? items[k].Score : float.NegativeInfinity;
                args.Slots.Pointer[(long)q * kept + k] = k < found ? items[k].Slot : FusedScanArgs.NoSlot;
            }
            args.Found.Pointer[q] = found;
            args.EligibleSeen.Pointer[q] = found < kept ? found : masked;
        }
    }

    static long Collect(in FusedScanArgs args, int q, List<(float Score, int Row, int Slot)> items)
    {
        var index = args.Index;
        long masked = 0;
        foreach (int list in args.Lists.Row(q))
        {
            if (list < 0) continue;
            int start = index.ListStart.Pointer[list];
            for (int slot = start; slot < start + index.ListCount.Pointer[list]; slot++)
            {
                if ((index.Live.Pointer[slot / 64] >> (slot % 64) & 1) == 0) continue;
                var filter = args.Filters[q];
                if (!PassesMask(filter, args.Words, slot)) continue;
                masked++;
                int row = index.Rows.Pointer[slot];
                if (!IsEligible(in args, filter, slot, row)) continue;
                float score = Score(in args, q, slot);
                if (score >= float.MinValue) items.Add((score, row, slot));
            }
        }
        return masked;
    }

    static bool PassesMask(QueryFilter? filter, FilterWords? words, int slot) =>
        filter?.Program is null || words is null || (MaskFilter.Word(filter.Program, words, slot / 64) >> (slot % 64) & 1) != 0;

    static bool IsEligible(in FusedScanArgs args, QueryFilter? filter, int slot, int row)
    {
        if (filter is null) return true;
        bool verify = filter.Program is { } program && (program.NeedsVerification || args.Words is null);
        return ExactFilter.AllowsRow(filter, row)
            && (!verify || ExactFilter.Matches(filter.Program!, args.Forward!, slot));
    }

    static float Score(in FusedScanArgs args, int q, long slot)
    {
        long dim = args.Index.PaddedDim;
        int dot = 0;
        for (long d = 0; d < dim; d++) dot += args.Queries.Pointer[q * dim + d] * args.Index.Codes.Pointer[slot * dim + d];
        float scale = args.Index.Scales.Pointer[slot] * args.QueryScales.Pointer[q];
        // The last addition makes -0 a plain 0, so that equal scores have equal bits.
        return dot * scale + args.Index.Bias.Pointer[slot] + 0f;
    }
}
