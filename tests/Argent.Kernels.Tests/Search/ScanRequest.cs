using Argent.Tensors;

namespace Argent.Kernels.Tests.Search;

/// <summary>Queries, lists and filters for a scan, and the answer by definition.</summary>
sealed class ScanRequest
{
    static readonly (ScanPath, int)[] _oneWay = [(ScanPath.Auto, 0)];

    static readonly (ScanPath, int)[] _everyWay =
        [(ScanPath.Auto, 0), (ScanPath.QueryMajor, 1), (ScanPath.ListMajor, 65), (ScanPath.ListMajor, 0)];

    readonly SearchItems _items;
    readonly Tensor<sbyte> _queries;
    readonly Tensor<float> _scales;
    readonly RandomFilter?[] _trees;
    readonly int _seed;

    public ScanRequest(SearchItems items, int queries, int seed, int codeMax = 127)
    {
        var random = new Random(seed);
        (_items, _seed, Words) = (items, seed, items.Words);
        _queries = Tensor.Zeros<sbyte>(new(queries, items.Dim));
        _scales = Tensor.Zeros<float>(new(queries));
        for (long i = 0; i < _queries.Count; i++) _queries[i] = (sbyte)random.Next(-codeMax, codeMax + 1);
        for (int q = 0; q < queries; q++) _scales[q] = codeMax == 127 ? (float)random.NextDouble() : 1f;
        _trees = new RandomFilter?[queries];
        Filters = new QueryFilter?[queries];
        Lists = new int[queries][];
        for (int q = 0; q < queries; q++)
        {
            Lists[q] = [.. Enumerable.Range(0, items.Index.NList)];
            random.Shuffle(Lists[q]);
        }
    }

    /// <summary>Lists of each query, equally many.</summary>
    public int[][] Lists { get; }

    /// <summary>Filters of each query.</summary>
    public QueryFilter?[] Filters { get; }

    /// <summary>Queries of one request.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>The filter index, or null to go without.</summary>
    public FilterWords? Words { get; init; }

    /// <summary>Gives query <paramref name="q"/> a random program, and often random row lists.</summary>
    public void DrawFilter(int q, Random random, int depth)
    {
        if (random.Next(4) == 0)
        {
            _trees[q] = RandomFilter.Draw(random, depth);
            Filters[q] = new QueryFilter(_trees[q]!.Compile()) { VerifyFirst = random.Next(2) == 0 };
            return;
        }
        int rows = (int)_items.Index.SlotOfRow.Count;
        int[]? excluded = random.Next(2) == 0 ? null : Rows(random, rows, rows / 3);
        // Short lists are scanned item by item, long ones as a mask.
        int[]? only = random.Next(4) == 0 ? Rows(random, rows, random.Next(2) == 0 ? random.Next(12) : rows * 2 / 3) : null;
        _trees[q] = random.Next(6) == 0 ? null : RandomFilter.Draw(random, depth);
        Filters[q] = new QueryFilter(_trees[q]?.Compile(), excluded, only) { VerifyFirst = random.Next(3) == 0 };
    }

    /// <summary>Gives a query another one's filter.</summary>
    public void CopyFilter(int from, int to) => (_trees[to], Filters[to]) = (_trees[from], Filters[from]);

    public FusedScanArgs Args(int kept) => new()
    {
        Queries = _queries,
        QueryScales = _scales,
        Lists = Tensor.From<int>([.. Lists.SelectMany(l => l)], new(Lists.Length, Lists[0].Length)),
        Index = _items.Index,
        Words = Words,
        Forward = _items.Forward,
        Filters = Filters,
        Heads = Heads,
        Scores = SearchVariants.Poisoned<float>(new(Lists.Length, kept)),
        Slots = SearchVariants.Poisoned<int>(new(Lists.Length, kept)),
        ItemRows = SearchVariants.Poisoned<int>(new(Lists.Length, kept)),
        Found = SearchVariants.Poisoned<int>(new(Lists.Length)),
        EligibleSeen = SearchVariants.Poisoned<long>(new(Lists.Length)),
    };

    /// <summary>Compares the answer of every variant with the definition.</summary>
    public void Check(params int[] keptEach)
    {
        var expected = Enumerable.Range(0, Lists.Length).Select(Eligible).ToArray();
        foreach (int kept in keptEach) Check(kept, expected);
    }

    void Check(int kept, (float Score, int Row, int Slot)[][] expected)
    {
        long[]? seen = null;
        foreach (var (name, kernels) in SearchVariants.All())
        {
            // Only the vector kernels have several ways.
            bool hasOneWay = kernels is ReferenceKernels or CudaKernels;
            foreach (var (path, runMin) in hasOneWay ? _oneWay : _everyWay)
            {
                string where = $"seed {_seed}, K {kept}, {name}, {path}, run from {runMin}";
                var args = Args(kept) with { Path = path, RunMin = runMin };
                kernels.FusedScan(args);
                seen ??= args.EligibleSeen.ToArray();
                Assert.True(seen.SequenceEqual(args.EligibleSeen.ToArray()), $"eligible seen differs, {where}");
                for (int q = 0; q < Lists.Length; q++) CheckQuery(args, q, expected[q], where + $", query {q}");
            }
        }
    }

    static int[] Rows(Random random, int rows, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(rows)).Distinct().Order()];

    void CheckQuery(in FusedScanArgs args, int q, (float Score, int Row, int Slot)[] expected, string where)
    {
        int kept = (int)args.Scores.Shape[1], found = Math.Min(kept, expected.Length);
        Assert.True(found == args.Found[q], $"found {args.Found[q]} instead of {found}, {where}");
        for (int k = 0; k < kept; k++)
        {
            float score = k < found ? expected[k].Score : float.NegativeInfinity;
            int slot = k < found ? expected[k].Slot : FusedScanArgs.NoSlot;
            int row = k < found ? expected[k].Row : -1;
            Assert.True(row == args.ItemRows[q * kept + k], $"place {k} holds row {args.ItemRows[q * kept + k]}, {where}");
            bool same = slot == args.Slots[q * kept + k]
                && BitConverter.SingleToInt32Bits(score) == BitConverter.SingleToInt32Bits(args.Scores[q * kept + k]);
            Assert.True(same, $"place {k} holds {args.Slots[q * kept + k]} with {args.Scores[q * kept + k]:R} "
                + $"instead of {slot} with {score:R}, {where}");
        }
        bool decided = Filters[q] is null
            || (Words is not null && Filters[q] is
            {
                Program: null or { NeedsVerification: false }, ExcludedRows: null, OnlyRows: null,
            });
        bool exact = found < kept || decided;
        long seen = args.EligibleSeen[q];
        Assert.True(exact ? seen == expected.Length : seen >= expected.Length, $"eligible seen is {seen}, {where}");
    }

    (float Score, int Row, int Slot)[] Eligible(int q)
    {
        var index = _items.Index;
        var eligible = new List<(float Score, int Row, int Slot)>();
        HashSet<int> excluded = [.. Filters[q]?.ExcludedRows ?? []], only = [.. Filters[q]?.OnlyRows ?? []];
        foreach (int list in Lists[q].Where(l => l >= 0))
        {
            int start = index.ListStart[list];
            for (int slot = start; slot < start + index.ListCount[list]; slot++)
            {
                int row = index.Rows[slot];
                bool live = (index.Live[slot / 64] >> (slot % 64) & 1) != 0;
                if (!live || excluded.Contains(row)) continue;
                if (Filters[q]?.OnlyRows is not null && !only.Contains(row)) continue;
                if (_trees[q]?.Matches(_items, slot) ?? true) eligible.Add((Score(q, slot), row, slot));
            }
        }
        return [.. eligible.OrderByDescending(e => e.Score).ThenBy(e => e.Row)];
    }

    float Score(int q, int slot)
    {
        int dot = 0;
        for (int d = 0; d < _items.Dim; d++)
        {
            dot += _queries[(long)q * _items.Dim + d] * _items.Index.Codes[(long)slot * _items.Dim + d];
        }
        return (float)((float)dot * (_items.Index.Scales[slot] * _scales[q])) + _items.Index.Bias[slot] + 0f;
    }
}
