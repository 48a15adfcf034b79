using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>Requests of a batch that keep equally many candidates.</summary>
readonly ref struct SearchGroup
{
    /// <summary>The requests.</summary>
    public required ReadOnlySpan<RetrievalQuery> Queries { get; init; }

    /// <summary>[B * H, D] float32 query vectors.</summary>
    public required Tensor<float> Vectors { get; init; }

    /// <summary>K0.</summary>
    public required int Kept { get; init; }

    /// <summary>Room for B * H filters.</summary>
    public required QueryFilter?[] Filters { get; init; }
}
