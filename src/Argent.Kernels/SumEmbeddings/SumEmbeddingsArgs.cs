using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>How the rows of one bag become one row.</summary>
public enum Pooling
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their sum divided by their number; zero for an empty bag.</summary>
    Mean,

    /// <summary>Their sum divided by sqrt(number + 1): long histories weigh more, but not linearly.</summary>
    SqrtCount,
}

/// <summary>Pools rows of an embedding table: output[b] = pool(table[ids[j]]) for j in [start[b], start[b + 1]).</summary>
/// <remarks>Summed in float32 in the order of the ids: equal bits on every variant.</remarks>
/// <exception cref="ArgumentOutOfRangeException">An id is V or more.</exception>
public readonly record struct SumEmbeddingsArgs
{
    /// <summary>[V, D] float32.</summary>
    public required Tensor<float> Table { get; init; }

    /// <summary>[n] int32, each in [0, V); negative ids are skipped and not counted.</summary>
    public required Tensor<int> Ids { get; init; }

    /// <summary>[B + 1] int32, non-decreasing bounds of the bags in <see cref="Ids"/>.</summary>
    public required Tensor<int> Start { get; init; }

    /// <summary>How rows are combined.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>[B, D] float32, overwritten; zero for an empty bag.</summary>
    public required Tensor<float> Output { get; init; }
}
