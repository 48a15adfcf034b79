using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>The filters of a scan's queries on their way to a device, run by run.</summary>
sealed class ScanFilters(QueryFilter?[] filters, FilterWords? words) : IDisposable
{
    // What the runs so far copy from; the stream may still be reading it.
    readonly List<Tensor<ulong>> _written = [];

    public required DeviceIvf Index { get; init; }

    public required DeviceFilterWords? Words { get; init; }

    public required DeviceForward? Forward { get; init; }

    /// <summary>The most words of 64 bits that the filters of a run take.</summary>
    public long WordsMax { get; } = FilterBatch.WordsFor(filters, words) + DeviceMemory.Alignment / sizeof(ulong);

    /// <summary>Queues the masks of <paramref name="queries"/>, and what they count as seen.</summary>
    public void Launch(
        in CudaQueue on, ScanPairs pairs, DeviceTensor<long> seen, (int First, int Count) queries, DeviceMemory memory)
    {
        var own = filters.AsSpan(queries.First, queries.Count);
        var written = Tensor.Zeros<ulong>(new(FilterBatch.WordsFor(own, words)));
        _written.Add(written);
        FilterBatch.Write(written, own, words);
        var copy = memory.Rent<ulong>(written.Shape);
        on.Stream.Upload(written, copy);
        QueryMasksCuda.Launch(on, new DeviceQueryMasksArgs
        {
            Pairs = pairs,
            Index = Index,
            Words = Words,
            Forward = Forward,
            Filters = copy,
            Seen = seen,
        });
    }

    /// <summary>Frees what was copied; the stream has passed it.</summary>
    public void Dispose()
    {
        foreach (var written in _written) written.Storage.Dispose();
    }
}
