using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>What a scan demands of its arguments: every address it will form lies inside a tensor.</summary>
static unsafe class FusedScanChecks
{
    public static void Check(in FusedScanArgs args)
    {
        CheckIndex(args.Index);
        Checks.Rank("FusedScan: Queries", args.Queries, 2);
        Checks.Rank("FusedScan: Lists", args.Lists, 2);
        Checks.Rank("FusedScan: Scores", args.Scores, 2);
        Shape queries = args.Queries.Shape, codes = args.Index.Codes.Shape;
        long count = queries[0];
        Checks.Is("FusedScan: Queries", args.Queries, new(count, codes[1]), "Index.Codes", codes);
        Checks.Is("FusedScan: QueryScales", args.QueryScales, new(count), "Queries", queries);
        Checks.Is("FusedScan: Lists", args.Lists, new(count, args.Lists.Shape[1]), "Queries", queries);
        Checks.Is("FusedScan: Scores", args.Scores, new(count, args.Scores.Shape[1]), "Queries", queries);
        CheckAnswer("FusedScan: Slots", args.Slots, args.Scores.Shape);
        CheckAnswer("FusedScan: ItemRows", args.ItemRows, args.Scores.Shape);
        Checks.Is("FusedScan: Found", args.Found, new(count), "Queries", queries);
        Checks.Is("FusedScan: EligibleSeen", args.EligibleSeen, new(count), "Queries", queries);
        if (args.Filters.Length < count)
        {
            throw new ArgumentException($"FusedScan: {args.Filters.Length} filters are fewer than Queries {queries} has rows.");
        }
        CheckHeads(in args);
        CheckLists(in args);
        CheckWords(in args);
        for (int q = 0; q < count; q++)
        {
            if (args.Filters[q]?.Program is { } program) program.Check(args.Words, args.Forward);
        }
    }

    static void CheckAnswer(string name, Tensor<int> answer, Shape scores)
    {
        if (answer.IsPresent) Checks.Is(name, answer, scores, "Scores", scores);
    }

    static void CheckHeads(in FusedScanArgs args)
    {
        Shape queries = args.Queries.Shape;
        if (args.Heads < 1 || queries[0] % args.Heads != 0)
        {
            throw new ArgumentException($"FusedScan: Queries {queries} are not requests of {args.Heads} heads.");
        }
        for (int q = 0; q < queries[0]; q++)
        {
            if (ReferenceEquals(args.Filters[q], args.Filters[q - q % args.Heads])) continue;
            throw new ArgumentException($"FusedScan: query {q} has another filter than the first of its {args.Heads} heads.");
        }
    }

    static void CheckIndex(IvfTensors index)
    {
        Checks.Rank("FusedScan: Index.Codes", index.Codes, 2);
        Shape codes = index.Codes.Shape;
        if (codes[0] % 64 != 0 || codes[1] % 64 != 0)
        {
            throw new ArgumentException($"FusedScan: Index.Codes is {codes}; slots and width must be multiples of 64.");
        }
        Checks.Is("FusedScan: Index.Scales", index.Scales, new(codes[0]), "Index.Codes", codes);
        Checks.Is("FusedScan: Index.Bias", index.Bias, new(codes[0]), "Index.Codes", codes);
        Checks.Is("FusedScan: Index.Live", index.Live, new(codes[0] / 64), "Index.Codes", codes);
        Checks.Is("FusedScan: Index.Rows", index.Rows, new(codes[0]), "Index.Codes", codes);
        Checks.Rank("FusedScan: Index.ListCount", index.ListCount, 1);
        Shape lists = index.ListCount.Shape;
        Checks.Is("FusedScan: Index.ListStart", index.ListStart, new(lists[0] + 1), "Index.ListCount", lists);
    }

    static void CheckLists(in FusedScanArgs args)
    {
        long slots = args.Index.Codes.Shape[0];
        for (long i = 0; i < args.Lists.Count; i++)
        {
            int list = args.Lists.Pointer[i];
            if (list < 0) continue;
            if (list >= args.Index.NList) Checks.Index("FusedScan: a list", list, args.Index.NList);
            long start = args.Index.ListStart.Pointer[list], count = args.Index.ListCount.Pointer[list];
            if (start < 0 || start % 64 != 0 || count < 0 || start + count > slots)
            {
                throw new ArgumentException(
                    $"FusedScan: list {list} starts at {start} with {count} slots and does not fit an index of {slots}.");
            }
        }
    }

    static void CheckWords(in FusedScanArgs args)
    {
        if (args.Words is not { } words) return;
        long slots = args.Index.Codes.Shape[0];
        if ((words.BlockStart.Count - 1) * FilterWords.BlockSlots < slots)
        {
            throw new ArgumentException(
                $"FusedScan: Words.BlockStart {words.BlockStart.Shape} does not cover an index of {slots} slots.");
        }
    }
}
