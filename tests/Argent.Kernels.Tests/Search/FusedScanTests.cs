using Argent.Tensors;

namespace Argent.Kernels.Tests.Search;

public sealed class FusedScanTests
{
    static readonly int[] _hostileSizes = [0, 1, 63, 64, 65, 127, 128, 4095, 7, 512, 513, 0, 1000];

    [Theory]
    [InlineData(1)]
    [InlineData(65)]
    [InlineData(128)]
    [InlineData(200)]
    public void Scan_finds_the_best_of_every_list_size_and_width(int dim)
    {
        var items = new SearchItems(dim, new(_hostileSizes, dim));
        var request = new ScanRequest(items, queries: 3, seed: dim);
        request.Check(0, 1, 63, 65, 127, 4095, 20_000);
    }

    [Fact]
    public void Equal_scores_are_ordered_by_item_row()
    {
        var items = new SearchItems(5, new([3000, 64, 900, 5000], Dim: 3, CodeMax: 1));
        var request = new ScanRequest(items, queries: 4, seed: 5, codeMax: 1);
        request.Check(1, 10, 100, 2000, 8000);
    }

    [Fact]
    public void Absent_lists_and_no_lists_find_what_is_left()
    {
        var items = new SearchItems(8, new(_hostileSizes));
        var request = new ScanRequest(items, queries: 3, seed: 8);
        request.Lists[0] = [-1, 3, -1, 7, 0];
        request.Lists[1] = [-1, -1, -1, -1, -1];
        request.Lists[2] = [12, 11, 0, -1, 1];
        request.Check(100);
        for (int q = 0; q < 3; q++) request.Lists[q] = [];
        request.Check(10);
    }

    [Fact]
    public void Dead_items_are_never_returned()
    {
        var items = new SearchItems(9, new([700, 64, 65], DeadShare: 0.95));
        new ScanRequest(items, queries: 2, seed: 9).Check(50);
        new ScanRequest(new SearchItems(9, new([700, 64], DeadShare: 1)), queries: 2, seed: 9).Check(50);
    }

    [Fact]
    public void One_query_split_over_threads_gives_the_same_answer()
    {
        var items = new SearchItems(10, new([20_000, 1, 9_000, 64, 15_000], Dim: 8));
        var request = new ScanRequest(items, queries: 1, seed: 10);
        request.Check(1, 1000, 30_000);
        for (int seed = 0; seed < 4; seed++)
        {
            request.DrawFilter(0, new Random(seed), 2);
            request.Check(1000);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_random_filter_returns_the_best_matching_items(int depth)
    {
        var items = new SearchItems(20 + depth, new(_hostileSizes, Dim: 12, CodeMax: depth == 1 ? 2 : 127));
        var random = new Random(77 + depth);
        for (int round = 0; round < 8; round++)
        {
            var request = new ScanRequest(items, queries: 6, seed: round);
            for (int q = 0; q < 6; q++) request.DrawFilter(q, random, depth + round % 3);
            request.Check(round % 2 == 0 ? 5 : 300);
        }
    }

    [Fact]
    public void Many_queries_that_share_lists_and_filters_do_not_disturb_each_other()
    {
        var items = new SearchItems(41, new([300, 64, 1, 0, 513, 700, 65, 2000, 127], Dim: 70));
        var random = new Random(41);
        foreach (int queries in (int[])[2, 15, 16, 17, 64, 100])
        {
            var request = new ScanRequest(items, queries, seed: queries);
            for (int q = 0; q < queries; q++)
            {
                for (int p = 0; p < request.Lists[q].Length; p++) if (random.Next(3) > 0) request.Lists[q][p] = -1;
                // Some of a kind, some of their own, and no filter in between.
                if (q % 5 == 1) request.DrawFilter(q, random, 2);
                if (q % 5 == 3) request.CopyFilter(q - 2, q);
            }
            request.Check(1, 17, 900);
        }
    }

    [Fact]
    public void Filters_without_an_index_are_verified_item_by_item()
    {
        var items = new SearchItems(31, new(_hostileSizes, Dim: 12));
        var random = new Random(31);
        var request = new ScanRequest(items, queries: 8, seed: 31) { Words = null };
        for (int q = 0; q < 8; q++) request.DrawFilter(q, random, 2);
        request.Check(40, 4000);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(17, 3)]
    [InlineData(40, 2)]
    [InlineData(33, 12)]
    public void Heads_that_are_scanned_together_change_no_answer(int requests, int heads)
    {
        var items = new SearchItems(requests, new([64, 300, 7, 129, 64, 65]));
        var request = new ScanRequest(items, requests * heads, seed: requests) { Heads = heads };
        var random = new Random(requests);
        for (int first = 0; first < requests * heads; first += heads)
        {
            if (random.Next(3) > 0) request.DrawFilter(first, random, 2);
            for (int q = first; q < first + heads; q++)
            {
                request.CopyFilter(first, q);
                // Lists of one request are nearly the same ones; some are left out, so that costs differ.
                request.Lists[q][random.Next(6)] = -1;
                if (first % 5 == 0) request.Lists[q][random.Next(6)] = -1;
            }
        }
        request.Check(9, 200);
    }

    [Fact]
    public void Heads_of_a_request_are_whole_and_have_one_filter()
    {
        var request = new ScanRequest(new SearchItems(1, new([64, 65])), queries: 4, seed: 1);
        request.DrawFilter(2, new Random(1), 2);
        var args = request.Args(5);
        foreach (var (_, kernels) in SearchVariants.All())
        {
            Assert.Throws<ArgumentException>(() => kernels.FusedScan(args with { Heads = 3 }));
            Assert.Throws<ArgumentException>(() => kernels.FusedScan(args with { Heads = 0 }));
            var error = Assert.Throws<ArgumentException>(() => kernels.FusedScan(args with { Heads = 2 }));
            Assert.Contains("query 3", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Arguments_that_do_not_fit_are_refused_with_both_shapes()
    {
        var request = new ScanRequest(new SearchItems(1, new([64, 65])), queries: 2, seed: 1);
        var args = request.Args(5);
        foreach (var (_, kernels) in SearchVariants.All())
        {
            var error = Assert.Throws<ArgumentException>(
                () => kernels.FusedScan(args with { QueryScales = Tensor.Zeros<float>(new(3)) }));
            Assert.Contains("[3]", error.Message, StringComparison.Ordinal);
            Assert.Contains("[2, 64]", error.Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => kernels.FusedScan(args with { Filters = [null] }));
            Assert.Throws<ArgumentOutOfRangeException>(
                () => kernels.FusedScan(args with { Lists = Tensor.From<int>([0, 2], new(2, 1)) }));
            var broken = new FilterProgram
            {
                ExactOps = [FilterProgram.And],
                ExactLeaves = [],
                Values = [],
                MaskOps = [FilterProgram.All],
                MaskLeaves = [],
                NeedsVerification = true,
            };
            Assert.Throws<ArgumentException>(() => kernels.FusedScan(args with { Filters = [new(broken), null] }));
        }
    }
}
