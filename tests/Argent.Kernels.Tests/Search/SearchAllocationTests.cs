using Argent.Tensors;

namespace Argent.Kernels.Tests.Search;

public sealed class SearchAllocationTests
{
    [Fact]
    public void Probe_scan_and_rescoring_allocate_nothing_once_warm()
    {
        if (!Avx2Kernels.IsSupported) Assert.Skip("The reference may allocate.");
        var items = new SearchItems(2, new([3000, 64, 900, 5000]));
        var kernels = new Avx2Kernels(new Workers(1));
        var request = new ScanRequest(items, queries: 4, seed: 2);
        for (int q = 0; q < 3; q++) request.DrawFilter(q, new Random(q), 3);
        var scan = request.Args(300);
        var random = new Random(2);
        var probe = new ProbeArgs
        {
            Queries = SearchVariants.Floats(random, new(4, 40)),
            Centroids = SearchVariants.Floats(random, new(4, 40)),
            Lists = scan.Lists,
            Scores = Tensor.Zeros<float>(scan.Lists.Shape),
        };
        var rescore = new ScoreCandidatesArgs
        {
            Queries = probe.Queries,
            Embeddings = Tensor.Zeros<BFloat16>(new(items.Slots, 40)),
            Slots = scan.Slots,
            Scores = Tensor.Zeros<float>(new(4, 300, 1)),
        };
        var select = new SelectTopKArgs
        {
            Scores = rescore.Scores.Reshape(new(4, 300)),
            Ties = scan.Slots,
            Top = Tensor.Zeros<float>(new(4, 100)),
            Positions = Tensor.Zeros<int>(new(4, 100)),
        };
        long allocated = -1;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            kernels.Probe(probe);
            kernels.FusedScan(scan);
            kernels.ScoreCandidates(rescore);
            kernels.SelectTopK(select);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.Equal(0, allocated);
    }
}
