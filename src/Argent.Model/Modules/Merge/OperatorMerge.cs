using Argent.Tensors;

namespace Argent.Model;

/// <summary>Asks a registered merge for the score of every item that any head kept.</summary>
readonly ref struct OperatorMerge(MergeOperator merge, int heads)
{
    /// <summary>Merges the candidates of one request and returns how many are kept.</summary>
    public unsafe int Merge(in MergeHeadsArgs args, ref MergeTable entries, Scratch scratch)
    {
        int kept = args.Candidates.Kept;
        var last = scratch.Rent<float>(new Shape(heads));
        for (int h = 0; h < heads; h++)
        {
            long q = args.FirstQuery + h;
            int found = args.Candidates.Found[q];
            last[h] = found == 0 ? 0 : args.Candidates.Scores.Pointer[q * kept + found - 1] + args.Offsets[q];
            for (int i = 0; i < found; i++) entries.Of(args.Candidates.Slots.Pointer[q * kept + i]);
        }
        var ranks = scratch.Rent<int>(new Shape(entries.Count, heads));
        var scores = scratch.Rent<float>(new Shape(entries.Count, heads));
        ranks.Span.Fill(-1);
        for (int i = 0; i < entries.Count; i++) last.Span.CopyTo(scores.Row(i));
        Spread(in args, ref entries, ranks, scores);
        var keys = scratch.Rent<ulong>(new Shape(entries.Count));
        int count = 0;
        for (int i = 0; i < entries.Count; i++)
        {
            float score = merge(new MergedItem(ranks.Row(i), scores.Row(i)));
            if (!float.IsNaN(score)) keys[count++] = RankOrder.Key(score, args.Index.Rows.Pointer[entries[i].Slot]);
        }
        return args.Take(keys.Span[..count]);
    }

    unsafe void Spread(in MergeHeadsArgs args, ref MergeTable entries, Tensor<int> ranks, Tensor<float> scores)
    {
        int kept = args.Candidates.Kept;
        for (int h = 0; h < heads; h++)
        {
            long q = args.FirstQuery + h;
            for (int i = 0; i < args.Candidates.Found[q]; i++)
            {
                long at = q * kept + i, entry = entries.IndexOf(args.Candidates.Slots.Pointer[at]) * (long)heads + h;
                ranks.Pointer[entry] = i;
                scores.Pointer[entry] = args.Candidates.Scores.Pointer[at] + args.Offsets[q];
            }
        }
    }
}
