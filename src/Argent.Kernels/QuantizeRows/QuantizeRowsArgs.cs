using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// code = round((row - center) / scale) with scale = max |row - center| / 127 per row; half rounds to even. A row of
/// zeros has scale 0 and codes 0.
/// </summary>
/// <remarks>Error: each value is off by at most scale / 2.</remarks>
public readonly record struct QuantizeRowsArgs
{
    /// <summary>[R, D] float32, finite.</summary>
    public required Tensor<float> Rows { get; init; }

    /// <summary>[D] float32 subtracted from every row, or no tensor for zero.</summary>
    public Tensor<float> Center { get; init; }

    /// <summary>[R, Dp] int8, overwritten, padding zero; Dp is at least D.</summary>
    public required Tensor<sbyte> Codes { get; init; }

    /// <summary>[R] float32, overwritten.</summary>
    public required Tensor<float> Scales { get; init; }
}
