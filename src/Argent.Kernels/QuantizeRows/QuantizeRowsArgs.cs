using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// code = round((row - center) / scale) with scale = max |row - center| / 127 per row, or one scale for all rows; half
/// rounds to even. A row of zeros has scale 0 and codes 0, unless the scale is given.
/// </summary>
/// <remarks>
/// Error: each value is off by at most scale / 2. With a given scale, what rounds to more than 127 is clamped to 127 (or
/// -127): such a value is off by more, and counted.
/// </remarks>
public readonly record struct QuantizeRowsArgs
{
    /// <summary>[R, D] float32, finite.</summary>
    public required Tensor<float> Rows { get; init; }

    /// <summary>[D] float32 subtracted from every row, or no tensor for zero.</summary>
    public Tensor<float> Center { get; init; }

    /// <summary>The scale of every row, finite; 0 for a scale per row.</summary>
    public float Scale { get; init; }

    /// <summary>[R] int32, overwritten with how many values of each row were clamped; or no tensor.</summary>
    public Tensor<int> Clamped { get; init; }

    /// <summary>[R, Dp] int8, overwritten, padding zero; Dp is at least D.</summary>
    public required Tensor<sbyte> Codes { get; init; }

    /// <summary>[R] float32, overwritten.</summary>
    public required Tensor<float> Scales { get; init; }
}
