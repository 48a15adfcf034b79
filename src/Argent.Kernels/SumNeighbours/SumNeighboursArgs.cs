using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// How much a user's past items speak for each candidate: sums[c] = sum over the past items h of the candidate's request of
/// weight(h, candidates[c]), where the weights of each past item are a sparse row of an item-to-item matrix.
/// </summary>
/// <remarks>
/// Past items are added in their order, in float32: equal bits on every variant. A pair that is not in the matrix adds
/// nothing; a past item that comes twice counts twice. Candidates may repeat.
/// </remarks>
/// <exception cref="ArgumentException">Shapes do not agree, or bounds fall or leave what they divide.</exception>
/// <exception cref="ArgumentOutOfRangeException">A past item is not a row of the matrix.</exception>
public readonly record struct SumNeighboursArgs
{
    /// <summary>[R + 1] int64, bounds of each past item's neighbours.</summary>
    public required Tensor<long> RowStart { get; init; }

    /// <summary>[n] int32, neighbours in the numbers of <see cref="Candidates"/>, each once in a row.</summary>
    public required Tensor<int> Neighbours { get; init; }

    /// <summary>[n] bfloat16.</summary>
    public required Tensor<BFloat16> Weights { get; init; }

    /// <summary>[m] int32 past items of all requests, rows of the matrix.</summary>
    public required Tensor<int> History { get; init; }

    /// <summary>[B + 1] int32, rising bounds of each request's past items; some may lie before the first or after the last.</summary>
    public required Tensor<int> HistoryStart { get; init; }

    /// <summary>[C] int32, 0 or more.</summary>
    public required Tensor<int> Candidates { get; init; }

    /// <summary>[B + 1] int32, bounds of each request's candidates.</summary>
    public required Tensor<int> CandidateStart { get; init; }

    /// <summary>[C, F] float32 of which one column is overwritten.</summary>
    public required Tensor<float> Output { get; init; }

    /// <summary>That column.</summary>
    public required int Column { get; init; }
}
