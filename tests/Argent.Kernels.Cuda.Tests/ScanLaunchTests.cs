using Argent.Tensors;

namespace Argent.Kernels.Tests.Search;

/// <summary>What the launches of a scan promise beyond its contract: graphs, widths of codes, and the room they have.</summary>
public sealed class ScanLaunchTests
{
    [Theory]
    [InlineData(2000)]
    [InlineData(6200)]
    public void Codes_that_fit_few_queries_into_shared_memory_give_the_same_answers(int dim)
    {
        var items = new SearchItems(dim, new([70, 129, 3], Dim: dim));
        new ScanRequest(items, queries: 37, seed: dim).Check(1, 50);
    }

    [Fact]
    public void A_list_that_every_query_probes_is_read_for_any_number_of_queries()
    {
        var items = new SearchItems(3, new([130, 64, 1]));
        foreach (int queries in (int[])[1, 4, 5, 8, 9, 31, 32, 33, 65]) new ScanRequest(items, queries, seed: queries).Check(7);
    }

    [Fact]
    public void A_scan_that_was_recorded_answers_whatever_is_asked_later()
    {
        const int Queries = 9, Kept = 40;
        var items = new SearchItems(5, new([300, 64, 0, 513, 65], Dim: 70));
        OneDevice.Use();
        using var bench = new DeviceBench();
        var index = DeviceIvf.Rent(bench.Memory, items.Index);
        index.Upload(bench.Stream, items.Index);
        var first = new ScanRequest(items, Queries, seed: 1).Args(Kept);
        var args = new DeviceFusedScanArgs
        {
            Queries = bench.Memory.Rent<sbyte>(first.Queries.Shape),
            QueryScales = bench.Memory.Rent<float>(first.QueryScales.Shape),
            Index = index,
            Scores = bench.Memory.Rent<float>(first.Scores.Shape),
            ItemRows = bench.Memory.Rent<int>(first.Scores.Shape),
            Found = bench.Memory.Rent<int>(new(Queries)),
            EligibleSeen = bench.Memory.Rent<long>(new(Queries)),
        };
        var lists = bench.Memory.Rent<int>(first.Lists.Shape);
        long probes = lists.Shape[1];
        var size = new ScanSize(Queries, probes, Kept, index.NList, index.RowWords(probes), items.Slots);
        var space = ScanSpace.Rent(bench.Memory, lists, size);
        using var graph = bench.Stream.Capture(stream =>
        {
            var on = new CudaQueue(bench.Modules, stream);
            FusedScanCuda.Plan(on, args, space);
            FusedScanCuda.CountEligible(on, args, space);
            FusedScanCuda.Score(on, args, space);
        });
        for (int seed = 1; seed < 4; seed++)
        {
            var request = new ScanRequest(items, Queries, seed);
            request.Lists[seed][1] = -1;
            var expected = request.Args(Kept);
            new ReferenceKernels(new Workers(1)).FusedScan(expected);
            bench.Stream.Upload(expected.Queries, args.Queries);
            bench.Stream.Upload(expected.QueryScales, args.QueryScales);
            bench.Stream.Upload(expected.Lists, lists);
            bench.Stream.Launch(graph);
            Assert.Equal(expected.Scores.ToArray(), bench.Read(args.Scores));
            Assert.Equal(expected.ItemRows.ToArray(), bench.Read(args.ItemRows));
            Assert.Equal(expected.Found.ToArray(), bench.Read(args.Found));
            Assert.Equal(expected.EligibleSeen.ToArray(), bench.Read(args.EligibleSeen));
        }
    }

    [Fact]
    public void Queries_go_in_as_many_runs_as_the_room_demands_and_none_that_has_no_room()
    {
        var items = new SearchItems(6, new([3000, 2000, 1000]));
        var request = new ScanRequest(items, queries: 12, seed: 6);
        var expected = request.Args(100);
        new ReferenceKernels(new Workers(1)).FusedScan(expected);
        // Operands and answers take some 500 KB, a query some 35 KB: not all twelve fit at once.
        using (var narrow = OneDevice.Open(700 << 10))
        {
            var args = request.Args(100);
            narrow.FusedScan(args);
            Assert.Equal(expected.Scores.ToArray(), args.Scores.ToArray());
            Assert.Equal(expected.Slots.ToArray(), args.Slots.ToArray());
            Assert.Equal(expected.EligibleSeen.ToArray(), args.EligibleSeen.ToArray());
        }
        using var none = OneDevice.Open(600 << 10);
        var one = new ScanRequest(items, queries: 1, seed: 7);
        var error = Assert.Throws<InvalidOperationException>(() => none.FusedScan(one.Args(5000)));
        Assert.Contains("one query over 3 lists of 6080 slots that keeps 5000", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A device with kernels, a stream and some memory.</summary>
    sealed class DeviceBench : IDisposable
    {
        readonly CudaDevice _device = CudaDriver.Load().Open(0);

        public DeviceBench()
        {
            Modules = CudaModules.Load(_device);
            Stream = _device.CreateStream();
            Memory = _device.Allocate(16 << 20);
        }

        public CudaModules Modules { get; }

        public CudaStream Stream { get; }

        public DeviceMemory Memory { get; }

        public T[] Read<T>(DeviceTensor<T> tensor) where T : unmanaged
        {
            var values = new T[tensor.Count];
            Stream.DownloadNow(tensor, values);
            return values;
        }

        public void Dispose()
        {
            Memory.Dispose();
            Stream.Dispose();
            Modules.Dispose();
            _device.Dispose();
        }
    }
}
