using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>Random rows of the bf16 cache, widened.</summary>
sealed class GatherCase(GpuBenchOptions options) : GpuCase
{
    DeviceGatherRowsBFloat16Args _args;

    /// <inheritdoc/>
    public override string Name => "gather rows bf16";

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, double Value)> Settings =>
        [("items", options.Items), ("rows", options.Rows), ("dim", options.Dim)];

    /// <inheritdoc/>
    public override long Bytes => options.Rows * (sizeof(int) + options.Dim * (long)(sizeof(ushort) + sizeof(float)));

    /// <inheritdoc/>
    public override void Rent(GpuArena arena) => _args = new()
    {
        Table = arena.Rent<BFloat16>("table", options.Items, options.Dim),
        Indices = arena.Rent<int>("indices", options.Rows),
        Rows = arena.Rent<float>("rows", options.Rows, options.Dim),
    };

    /// <inheritdoc/>
    public override void Fill(in CudaQueue on, ulong seed)
    {
        FillRandomCuda.BFloat16s(on, _args.Table, seed);
        FillRandomCuda.Integers(on, _args.Indices, (int)options.Items, seed + 1);
    }

    /// <inheritdoc/>
    public override void Run(in CudaQueue on) => GatherRowsBFloat16Cuda.Launch(on, _args);
}

/// <summary>Exact scores of random candidates, all of a request's heads.</summary>
sealed class CandidatesCase(GpuBenchOptions options) : GpuCase
{
    DeviceScoreCandidatesArgs _args;

    /// <inheritdoc/>
    public override string Name => "score candidates";

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, double Value)> Settings =>
        [("items", options.Items), ("rows", options.Rows), ("dim", options.Dim), ("batch", options.Batch), ("heads", options.Heads)];

    /// <inheritdoc/>
    public override long Bytes =>
        options.Rows * (sizeof(int) + options.Dim * (long)sizeof(ushort) + options.Heads * (long)sizeof(float))
        + (long)options.Batch * options.Heads * options.Dim * sizeof(float);

    /// <inheritdoc/>
    public override double Operations => 2.0 * options.Rows * options.Heads * options.Dim;

    /// <inheritdoc/>
    public override void Rent(GpuArena arena) => _args = new()
    {
        Queries = arena.Rent<float>("queries", options.Batch * options.Heads, options.Dim),
        Embeddings = arena.Rent<BFloat16>("embeddings", options.Items, options.Dim),
        Slots = arena.Rent<int>("slots", options.Batch, options.Rows / options.Batch),
        Scores = arena.Rent<float>("scores", options.Batch, options.Rows / options.Batch, options.Heads),
    };

    /// <inheritdoc/>
    public override void Fill(in CudaQueue on, ulong seed)
    {
        FillRandomCuda.BFloat16s(on, _args.Embeddings, seed);
        FillRandomCuda.Integers(on, _args.Slots, (int)options.Items, seed + 1);
        FillRandomCuda.Floats(on, _args.Queries, seed + 2);
    }

    /// <inheritdoc/>
    public override void Run(in CudaQueue on) => ScoreCandidatesCuda.Launch(on, _args);
}

/// <summary>The list of each row, as k-means assigns it.</summary>
sealed class NearestCase(GpuBenchOptions options) : GpuCase
{
    DeviceNearestRowsArgs _args;

    /// <inheritdoc/>
    public override string Name => "nearest rows";

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, double Value)> Settings =>
        [("rows", options.Rows), ("dim", options.Dim), ("lists", options.Lists)];

    /// <inheritdoc/>
    public override long Bytes =>
        (options.Rows + options.Lists) * options.Dim * (long)sizeof(float) + options.Rows * (sizeof(int) + sizeof(float));

    /// <inheritdoc/>
    public override double Operations => 2.0 * options.Rows * options.Lists * options.Dim;

    /// <inheritdoc/>
    public override void Rent(GpuArena arena) => _args = new()
    {
        Rows = arena.Rent<float>("rows", options.Rows, options.Dim),
        Table = arena.Rent<float>("lists", options.Lists, options.Dim),
        Nearest = arena.Rent<int>("nearest", options.Rows),
        Best = arena.Rent<float>("best", options.Rows),
    };

    /// <inheritdoc/>
    public override void Fill(in CudaQueue on, ulong seed)
    {
        FillRandomCuda.Floats(on, _args.Rows, seed);
        FillRandomCuda.Floats(on, _args.Table, seed + 1);
    }

    /// <inheritdoc/>
    public override void Run(in CudaQueue on) => NearestRowsCuda.Launch(on, _args);
}

/// <summary>Rows to int8 codes with a scale each.</summary>
sealed class QuantizeCase(GpuBenchOptions options) : GpuCase
{
    DeviceQuantizeRowsArgs _args;

    /// <inheritdoc/>
    public override string Name => "quantize rows";

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, double Value)> Settings => [("rows", options.Rows), ("dim", options.Dim)];

    /// <inheritdoc/>
    public override long Bytes => options.Rows * (options.Dim * (long)sizeof(float) + PaddedDim + sizeof(float));

    // Codes are padded to 64.
    long PaddedDim => (options.Dim + 63) / 64 * 64;

    /// <inheritdoc/>
    public override void Rent(GpuArena arena) => _args = new()
    {
        Rows = arena.Rent<float>("rows", options.Rows, options.Dim),
        Codes = arena.Rent<sbyte>("codes", options.Rows, PaddedDim),
        Scales = arena.Rent<float>("scales", options.Rows),
        NotFinite = arena.Rent<ulong>("first row not finite", 1),
    };

    /// <inheritdoc/>
    public override void Fill(in CudaQueue on, ulong seed) => FillRandomCuda.Floats(on, _args.Rows, seed);

    /// <inheritdoc/>
    public override void Run(in CudaQueue on) => QuantizeRowsCuda.Run(on, _args);
}
