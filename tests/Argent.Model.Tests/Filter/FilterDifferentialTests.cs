using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Filter;

public sealed class FilterDifferentialTests
{
    const int Seed = 20_250;
    const int FilterCount = 20_000;
    const int Batch = 100;

    [Fact]
    public void Twenty_thousand_random_filters_return_exactly_the_items_that_match()
    {
        var random = new Random(Seed);
        using var workers = new Workers(2);
        var variants = CpuKernels.All(workers);
        int matched = 0, bitmaps = 0, distinct = 0, shortened = 0;
        for (int batch = 0; batch < FilterCount / Batch; batch++)
        {
            var index = new FilteredIndex(random, hashCount: batch % 5 + 1);
            index.BuildSignatures(variants[batch % variants.Count]);
            var filters = new RandomFilters(index.Catalogue, random);
            var compiler = new FilterCompiler(index.Catalogue.Schema, index.Layout);
            var oracle = new FilterOracle(index.Catalogue);
            var cases = Enumerable.Range(0, Batch).Select(_ => new Case(filters.Next(), oracle, compiler)).ToList();
            foreach (var one in cases) Check(one, index);
            matched += cases.Sum(c => c.Matches.Count(m => m));
            bitmaps += cases.Count(c => c.Program is { NeedsVerification: false });
            shortened += cases.Count(c => c.Program is { NeedsVerification: true } p && p.OpenOps!.Length < p.ExactOps.Length);
            distinct += cases.Count(c => c.Matches.Contains(true) && c.Matches.Contains(false));
            // The reference is slow on purpose: it scans every twentieth batch, the fastest variant all of them.
            foreach (var kernels in batch % 20 == 0 ? variants : [variants[^1]]) CheckScan(cases, index, kernels);
        }
        // The cases mean something: most filters separate items, and many are answered by bitmaps alone.
        Assert.InRange(distinct, FilterCount / 2, FilterCount);
        Assert.InRange(bitmaps, FilterCount / 20, FilterCount);
        // Of many, the mask decides a part, so that less is left to verify.
        Assert.InRange(shortened, FilterCount / 20, FilterCount);
        Assert.NotEqual(0, matched);
    }

    static void Check(Case one, FilteredIndex index)
    {
        string text = one.Filter.ToString();
        Assert.True(one.Filter.Equals(FilterLanguage.Parse(text)), $"seed {Seed}: not the same after parsing: {text}");
        if (one.Program is not { } program)
        {
            Assert.True(Array.TrueForAll(one.Matches, m => m), $"seed {Seed}: not true of every item: {text}");
            return;
        }
        ulong mask = 0;
        for (int slot = 0; slot < index.Slots; slot++)
        {
            if (slot % 64 == 0) mask = MaskFilter.Word(program, index.Words, slot / 64);
            int row = index.Ivf.Rows[slot];
            if (row < 0) continue;
            bool expected = one.Matches[row];
            bool masked = (mask >> (slot % 64) & 1) != 0;
            bool exact = ExactFilter.Matches(program, index.Forward, slot) == expected;
            bool complete = masked || !expected;
            bool right = program.NeedsVerification || masked == expected;
            if (exact && complete && right) continue;
            Assert.Fail($"seed {Seed}, row {row}, exact {exact}, mask complete {complete}, mask as promised {right}: {text}");
        }
    }

    static void CheckScan(List<Case> cases, FilteredIndex index, IKernels kernels)
    {
        var rows = Scan(cases, index, kernels);
        for (int q = 0; q < cases.Count; q++)
        {
            var expected = Enumerable.Range(0, index.Catalogue.Count).Where(r => cases[q].Matches[r]);
            Assert.True(expected.SequenceEqual(rows[q]), $"seed {Seed}, {kernels.Variant}: scan of {cases[q].Filter}");
        }
    }

    /// <summary>By query: the rows that a scan of every list returns, ascending.</summary>
    static List<int>[] Scan(List<Case> cases, FilteredIndex index, IKernels kernels)
    {
        int queries = cases.Count, kept = index.Catalogue.Count, lists = index.Ivf.NList;
        var slots = Tensor.Zeros<int>(new(queries, kept));
        var probed = Tensor.Zeros<int>(new(queries, lists));
        var codes = Tensor.Zeros<sbyte>(new(queries, index.Ivf.PaddedDim));
        var scales = Tensor.Zeros<float>(new(queries));
        for (int q = 0; q < queries; q++)
        {
            for (int l = 0; l < lists; l++) probed.Row(q)[l] = l;
            codes.Row(q)[q % index.Ivf.PaddedDim] = 100;
            scales[q] = 0.5f;
        }
        kernels.FusedScan(new FusedScanArgs
        {
            Queries = codes,
            QueryScales = scales,
            Lists = probed,
            Index = index.Ivf,
            Words = index.Words,
            Forward = index.Forward,
            Filters = [.. cases.Select(c => c.Program is null ? null : new QueryFilter(c.Program))],
            Scores = Tensor.Zeros<float>(new(queries, kept)),
            Slots = slots,
            Found = Tensor.Zeros<int>(new(queries)),
            EligibleSeen = Tensor.Zeros<long>(new(queries)),
        });
        return [.. Enumerable.Range(0, queries).Select(q =>
            slots.Row(q).ToArray().Where(s => s >= 0).Select(s => index.Ivf.Rows[s]).Order().ToList())];
    }

    sealed class Case(FilterExpression filter, FilterOracle oracle, FilterCompiler compiler)
    {
        public FilterExpression Filter { get; } = filter;

        public bool[] Matches { get; } = oracle.Matches(filter);

        public FilterProgram? Program { get; } = compiler.Compile(filter);
    }
}
