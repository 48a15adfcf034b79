using Argent.Tensors;

namespace Argent.Kernels;

static unsafe class ScoreCandidatesReference
{
    public static void Run(in ScoreCandidatesArgs args)
    {
        Check(in args);
        long candidates = args.Slots.Shape[1], heads = args.Scores.Shape[2], dim = args.Queries.Shape[1];
        for (long i = 0; i < args.Slots.Count; i++)
        {
            int slot = args.Slots.Pointer[i];
            for (long h = 0; h < heads; h++)
            {
                float* query = args.Queries.Pointer + (i / candidates * heads + h) * dim;
                args.Scores.Pointer[i * heads + h] = slot < 0 ? float.NegativeInfinity : Score(in args, query, slot);
            }
        }
    }

    public static void Check(in ScoreCandidatesArgs args)
    {
        Checks.Rank("ScoreCandidates: Queries", args.Queries, 2);
        Checks.Rank("ScoreCandidates: Embeddings", args.Embeddings, 2);
        Checks.Rank("ScoreCandidates: Slots", args.Slots, 2);
        Checks.Rank("ScoreCandidates: Scores", args.Scores, 3);
        Shape queries = args.Queries.Shape, cache = args.Embeddings.Shape, slots = args.Slots.Shape;
        long heads = args.Scores.Shape[2];
        Checks.Is("ScoreCandidates: Queries", args.Queries, new(slots[0] * heads, cache[1]), "Embeddings", cache);
        Checks.IsOrMissing("ScoreCandidates: Bias", args.Bias, new(cache[0]), "Embeddings", cache);
        Checks.Is("ScoreCandidates: Scores", args.Scores, new(slots[0], slots[1], heads), "Slots", slots);
        int largest = Largest(args.Slots.Pointer, args.Slots.Count);
        if (largest >= cache[0]) Checks.Index("ScoreCandidates: a slot", largest, cache[0]);
    }

    static int Largest(int* slots, long count)
    {
        int largest = -1;
        for (long i = 0; i < count; i++) largest = Math.Max(largest, slots[i]);
        return largest;
    }

    static float Score(in ScoreCandidatesArgs args, float* query, long slot)
    {
        long dim = args.Queries.Shape[1];
        float sum = 0;
        for (long d = 0; d < dim; d++) sum += query[d] * args.Embeddings.Pointer[slot * dim + d];
        return args.Bias.IsPresent ? sum + args.Bias.Pointer[slot] : sum;
    }
}
