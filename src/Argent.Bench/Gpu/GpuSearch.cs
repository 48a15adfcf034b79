using Argent.Kernels;

namespace Argent.Bench;

/// <summary>The nearest lists of each query of a batch.</summary>
sealed class ProbeCase(GpuBenchOptions options) : GpuCase
{
    GpuArena? _arena;
    DeviceProbeArgs _args;

    /// <inheritdoc/>
    public override string Name => "probe";

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, double Value)> Settings =>
        [("dim", options.Dim), ("batch", options.Batch), ("heads", options.Heads), ("lists", options.Lists), ("probes", options.Probes)];

    /// <inheritdoc/>
    public override long Bytes =>
        (options.Lists + Queries) * options.Dim * sizeof(float) + Queries * options.Probes * sizeof(int);

    /// <inheritdoc/>
    public override double Operations => 2.0 * Queries * options.Lists * options.Dim;

    long Queries => (long)options.Batch * options.Heads;

    /// <inheritdoc/>
    public override void Rent(GpuArena arena)
    {
        _arena = arena;
        _args = new()
        {
            Queries = arena.Rent<float>("queries", Queries, options.Dim),
            Centroids = arena.Rent<float>("centroids", options.Lists, options.Dim),
            Lists = arena.Rent<int>("lists", Queries, options.Probes),
        };
        arena.Reserve("working memory", ProbeCuda.WorkingBytes(Queries, options.Lists, options.Probes));
    }

    /// <inheritdoc/>
    public override void Fill(in CudaQueue on, ulong seed)
    {
        FillRandomCuda.Floats(on, _args.Queries, seed);
        FillRandomCuda.Floats(on, _args.Centroids, seed + 1);
    }

    /// <inheritdoc/>
    public override void Run(in CudaQueue on)
    {
        var memory = _arena!.Memory;
        var mark = memory.Mark();
        ProbeCuda.Run(on, _args, memory);
        memory.Release(mark);
    }
}

/// <summary>The best K of as many scores as a query's lists have items.</summary>
sealed class SelectCase(GpuBenchOptions options) : GpuCase
{
    GpuArena? _arena;
    DeviceSelectTopKArgs _args;

    /// <inheritdoc/>
    public override string Name => "select top k";

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, double Value)> Settings =>
        [("rows", Columns), ("batch", options.Batch), ("k", options.K)];

    /// <inheritdoc/>
    public override long Bytes =>
        options.Batch * (Columns * sizeof(float) + (long)options.K * (sizeof(float) + sizeof(int)));

    long Columns => Math.Max(1, options.Items * options.Probes / options.Lists);

    /// <inheritdoc/>
    public override void Rent(GpuArena arena)
    {
        _arena = arena;
        _args = new()
        {
            Scores = arena.Rent<float>("scores", options.Batch, Columns),
            Top = arena.Rent<float>("top", options.Batch, options.K),
            Positions = arena.Rent<int>("positions", options.Batch, options.K),
        };
        arena.Reserve("working memory", SelectTopKCuda.WorkingBytes(options.Batch, options.K));
    }

    /// <inheritdoc/>
    public override void Fill(in CudaQueue on, ulong seed) => FillRandomCuda.Floats(on, _args.Scores, seed);

    /// <inheritdoc/>
    public override void Run(in CudaQueue on)
    {
        var memory = _arena!.Memory;
        var mark = memory.Mark();
        SelectTopKCuda.Run(on, _args, memory);
        memory.Release(mark);
    }
}
