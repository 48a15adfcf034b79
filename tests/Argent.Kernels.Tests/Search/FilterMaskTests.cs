using Argent.Tensors;

namespace Argent.Kernels.Tests.Search;

public sealed class FilterMaskTests
{
    static readonly SearchItems _items = new(8, new([700, 1, 63, 64, 65, 127, 1500, 4095], Dim: 1));
    static readonly FilterWords _words = WithoutBloomRows(_items.Words, block: 2);

    [Fact]
    public void Every_variant_equals_the_definition_on_random_programs()
    {
        var random = new Random(31);
        for (int round = 0; round < 400; round++)
        {
            var (ops, leaves) = RandomMask(random, 1 + random.Next(60));
            Check(Program(ops, leaves), $"round {round}");
        }
    }

    [Fact]
    public void Constants_repetitions_and_empty_results_are_no_exception()
    {
        MaskLeaf bitmap = MaskLeaf.Bitmap(2), not = MaskLeaf.Bitmap(2, negated: true), tag = MaskLeaf.Bloom(SearchItems.Term(1, 5));
        const int And = FilterProgram.And, Or = FilterProgram.Or, All = FilterProgram.All, None = FilterProgram.None;
        int[][] programs =
        [
            [All], [None], [0], [0, 0, And], [0, 0, Or], [0, 1, And], [0, 1, Or], [2, 2, And, 2, And], [All, 0, And],
            [None, 0, And], [None, 0, Or], [All, 0, Or], [0, All, None, Or, And, 2, And], [0, 2, None, 1, And, Or, Or],
            [0, 3, Or, 3, 0, Or, And, 4, And], [0, 1, And, 2, And, 3, And], [0, 2, And, 1, 3, And, Or], [None, None, Or, 2, Or],
        ];
        foreach (int[] ops in programs) Check(Program(ops, [bitmap, not, tag, tag, bitmap]), string.Join(' ', ops));
    }

    [Fact]
    public void Chains_of_any_length_need_no_deep_stack()
    {
        var ops = new List<int> { 0 };
        for (int i = 0; i < 100_000; i++) ops.AddRange([1 + i % 3, i % 3 == 0 ? FilterProgram.Or : FilterProgram.And]);
        MaskLeaf[] leaves =
        [
            MaskLeaf.Bitmap(1), MaskLeaf.Bitmap(4, negated: true), MaskLeaf.Bloom(SearchItems.Term(1, 7)),
            MaskLeaf.Codes(SearchItems.CodeRow, 5, 3, 28),
        ];
        Check(Program([.. ops], leaves), "long chain");
    }

    [Fact]
    public void A_program_follows_the_index_that_it_is_asked_with()
    {
        var program = Program([0, 1, FilterProgram.And], [MaskLeaf.Bloom(SearchItems.Term(1, 3)), MaskLeaf.Bitmap(3)]);
        var other = new SearchItems(9, new([600, 900], Dim: 1)).Words;
        for (int round = 0; round < 3; round++)
        {
            Check(program, "first index");
            Check(program, "second index", other);
        }
    }

    [Fact]
    public void A_planned_program_allocates_nothing()
    {
        using var workers = new Workers(1);
        var random = new Random(32);
        var (ops, leaves) = RandomMask(random, 20);
        var args = Args(Program(ops, leaves), _words);
        foreach (var kernels in CpuKernels.All(workers))
        {
            kernels.FilterMask(args);
            long before = GC.GetAllocatedBytesForCurrentThread();
            kernels.FilterMask(args);
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    [Fact]
    public void Blocks_and_rows_outside_the_index_are_refused()
    {
        var args = Args(Program([0], [MaskLeaf.Bitmap(1)]), _words);
        foreach (var (_, kernels) in SearchVariants.All())
        {
            Assert.Throws<ArgumentException>(() => kernels.FilterMask(args with { FirstBlock = 1 }));
            Assert.Throws<ArgumentException>(() => kernels.FilterMask(args with { FirstBlock = -1 }));
            Assert.Throws<ArgumentException>(() => kernels.FilterMask(args with { Masks = Tensor.Zeros<ulong>(new(1, 7)) }));
            MaskLeaf[] bad =
            [
                MaskLeaf.Bitmap(SearchItems.ExactRows), MaskLeaf.Bitmap(-1),
                MaskLeaf.Codes(SearchItems.CodeRow, SearchItems.CodeRows + 1, 0, 1),
                MaskLeaf.Codes(0, 3, 2, 8), MaskLeaf.Codes(0, 3, 2, 1), MaskLeaf.Codes(0, 3, -1, 1), MaskLeaf.Codes(0, 0, 0, 0),
            ];
            foreach (var leaf in bad)
            {
                Assert.Throws<ArgumentException>(() => kernels.FilterMask(args with { Program = Program([0], [leaf]) }));
            }
        }
    }

    static void Check(FilterProgram program, string what, FilterWords? words = null)
    {
        words ??= _words;
        foreach (var (name, kernels) in SearchVariants.All())
        {
            var args = Args(program, words);
            kernels.FilterMask(args);
            for (int w = 0; w < args.Masks.Count; w++)
            {
                Assert.True(MaskFilter.Word(program, words, w) == args.Masks.Span[w], $"word {w}, {name}: {what}");
            }
        }
    }

    static FilterMaskArgs Args(FilterProgram program, FilterWords words) => new()
    {
        Program = program,
        Words = words,
        FirstBlock = 0,
        Masks = SearchVariants.Poisoned<ulong>(new(words.BlockStart.Count - 1, FilterWords.BlockWords)),
    };

    /// <summary>A program of some leaves and constants, combined in any order that the stack allows.</summary>
    static (int[] Ops, MaskLeaf[] Leaves) RandomMask(Random random, int leafCount)
    {
        MaskLeaf[] leaves =
        [
            .. Enumerable.Range(0, leafCount).Select(_ => random.Next(3) switch
            {
                0 => MaskLeaf.Bitmap(random.Next(SearchItems.ExactRows), random.Next(2) == 0),
                1 => MaskLeaf.Bloom(SearchItems.Term(1, random.Next(100))),
                _ => RandomCodes(random),
            }),
        ];
        var ops = new List<int>();
        int depth = 0, placed = 0;
        double combine = random.NextDouble();
        while (placed < leafCount || depth > 1)
        {
            if (depth > 1 && (placed == leafCount || depth == FilterProgram.StackMax || random.NextDouble() < combine))
            {
                ops.Add(random.Next(2) == 0 ? FilterProgram.And : FilterProgram.Or);
                depth--;
                continue;
            }
            int constant = random.Next(20);
            ops.Add(constant switch { 0 => FilterProgram.All, 1 => FilterProgram.None, _ => placed++ });
            depth++;
        }
        return ([.. ops], leaves);
    }

    /// <summary>A range of some rows' codes, often one that ends in zeros or ones.</summary>
    static MaskLeaf RandomCodes(Random random)
    {
        int rows = random.Next(1, SearchItems.ExactRows + 1), row = random.Next(SearchItems.ExactRows + 1 - rows);
        int low = random.Next(1 << rows), high = random.Next(low, 1 << rows), rounded = random.Next(rows + 1);
        if (random.Next(2) == 0) (low, high) = (low >> rounded << rounded, high | ((1 << rounded) - 1));
        return MaskLeaf.Codes(row, rows, low, high, random.Next(2) == 0);
    }

    [Fact]
    public void Every_range_of_short_codes_is_right()
    {
        for (int low = 0; low < 16; low++)
        {
            for (int high = low; high < 16; high++)
            {
                Check(Program([0], [MaskLeaf.Codes(SearchItems.CodeRow, 4, low, high)]), $"codes {low} to {high}");
            }
        }
    }

    static FilterProgram Program(int[] ops, MaskLeaf[] leaves) => new()
    {
        MaskOps = ops,
        MaskLeaves = leaves,
        NeedsVerification = true,
        ExactOps = [FilterProgram.All],
        ExactLeaves = [],
        Values = [],
    };

    static FilterWords WithoutBloomRows(FilterWords words, int block)
    {
        long from = words.BlockStart[block] + SearchItems.ExactRows * FilterWords.BlockWords, to = words.BlockStart[block + 1];
        ulong[] rows = words.Rows.ToArray();
        long[] start = words.BlockStart.ToArray();
        for (int b = block + 1; b < start.Length; b++) start[b] -= to - from;
        return words with
        {
            Rows = Tensor.From<ulong>([.. rows[..(int)from], .. rows[(int)to..]]),
            BlockStart = Tensor.From<long>(start),
        };
    }
}
