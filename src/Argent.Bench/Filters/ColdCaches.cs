using Argent.Tensors;

namespace Argent.Bench;

/// <summary>Empties the processor's caches by writing through three times the memory that the largest of them holds.</summary>
sealed unsafe class ColdCaches
{
    // Three times a third-level cache of 32 MB.
    const long Bytes = 96L << 20;

    readonly Tensor<long> _buffer = Tensor.Zeros<long>(new Shape(Bytes / sizeof(long)));

    /// <summary>Writes one word of every line.</summary>
    public void Empty()
    {
        long* words = _buffer.Pointer;
        for (long i = 0; i < _buffer.Count; i += 8) words[i]++;
    }
}

/// <summary>Queries one by one, each with cold caches when it is given some to empty; only the queries are timed.</summary>
sealed class QueryContender(string engine, BenchmarkRun run, ColdCaches? caches, int queries, Action<int> query) : IContender
{
    /// <inheritdoc/>
    public string Engine => engine;

    /// <inheritdoc/>
    public Timing Run()
    {
        double wall = 0, cpu = 0;
        for (int q = 0; q < queries; q++)
        {
            caches?.Empty();
            var timing = run.Clock.Time(() => query(q));
            wall += timing.WallSeconds;
            cpu += timing.CpuSeconds;
        }
        return new Timing(wall, cpu);
    }
}
