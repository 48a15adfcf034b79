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
                if (args.Slots.IsPresent) args.Slots.Pointer[(long)q * kept + k] = k < found ? items[k].Slot : FusedScanArgs.NoSlot;
                if (args.ItemRows.IsPresent) args.ItemRows.Pointer[(long)q * kept + k] = k < found ? items[k].Row : -1;
            }
            args.Found.Pointer[q] = found;
            args.EligibleSeen.Pointer[q] = found < kept ? found : masked;
        }
    }

    static long Collect(in FusedScanArgs args, int q, List<(float Score, int Row, int Slot)> items)
    {
        var index = args.Index;
        var filter = args.Filters[q];
        long masked = 0;
        foreach (int list in args.Lists.Row(q))
        {
            if (list < 0) continue;
            int start = index.ListStart.Pointer[list];
            for (int slot = start; slot < start + index.ListCount.Pointer[list]; slot++)
            {
                int row = index.Rows.Pointer[slot];
                bool live = (index.Live.Pointer[slot / 64] >> (slot % 64) & 1) != 0;
                if (!live || !IsSeen(in args, filter, slot, row)) continue;
                masked++;
                if (!IsEligible(in args, filter, slot, row)) continue;
                float score = Score(in args, q, slot);
                if (score >= float.MinValue) items.Add((score, row, slot));
            }
        }
        return masked;
    }

    /// <summary>Whether the item is on the filter's allow-list or, without one, passes the mask and what is verified first.</summary>
    public static bool IsSeen(in FusedScanArgs args, QueryFilter? filter, int slot, int row)
    {
        if (filter?.OnlyRows is { } only) return Array.BinarySearch(only, row) >= 0;
        if (filter?.Program is not { } program) return true;
        if (args.Words is { } words && (MaskFilter.Word(program, words, slot / 64) >> (slot % 64) & 1) == 0) return false;
        return !filter.VerifyFirst || ExactFilter.Matches(program, args.Forward!, slot);
    }

    /// <summary>Whether an item that is seen may be shown: it passes the row lists and what is to be verified.</summary>
    public static bool IsEligible(in FusedScanArgs args, QueryFilter? filter, int slot, int row) =>
        filter is null
        || (ExactFilter.AllowsRow(filter, row)
            && (!NeedsVerification(filter, args.Words) || ExactFilter.Matches(filter.Program!, args.Forward!, slot)));

    /// <summary>Whether the mask alone does not decide: it may be wrong, missing, or replaced by an allow-list.</summary>
    public static bool NeedsVerification(QueryFilter filter, FilterWords? words) =>
        filter.Program is { } program && (program.NeedsVerification || words is null || filter.OnlyRows is not null);

    static float Score(in FusedScanArgs args, int q, long slot)
    {
        long dim = args.Index.PaddedDim;
        int dot = 0;
        for (long d = 0; d < dim; d++)
        {
            dot += args.Queries.Pointer[q * dim + d] * args.Index.Codes.Pointer[slot * dim + d];
        }
        float scale = args.Index.Scales.Pointer[slot] * args.QueryScales.Pointer[q];
        // The last addition makes -0 a plain 0, so that equal scores have equal bits.
        return dot * scale + args.Index.Bias.Pointer[slot] + 0f;
    }
}
