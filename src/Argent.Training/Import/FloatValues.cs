using Argent.Tensors;

namespace Argent.Training;

/// <summary>Numbers of other types and orders as float32, row-major.</summary>
static class FloatValues
{
    /// <summary>F32 as it is where it is aligned, F16 and BF16 widened without loss; null for other types.</summary>
    public static unsafe Tensor<float>? Of(in AnyTensor tensor)
    {
        switch (tensor.Type)
        {
            case ElementType.F32 when tensor.ByteOffset % Storage.Alignment == 0:
                return tensor.As<float>();
            case ElementType.F32:
                var copy = Tensor.Zeros<float>(tensor.Shape);
                Buffer.MemoryCopy(tensor.Pointer, copy.Pointer, copy.ByteLength, tensor.ByteLength);
                return copy;
            case ElementType.F16:
                var widened = Tensor.Zeros<float>(tensor.Shape);
                var halves = (Half*)tensor.Pointer;
                for (long i = 0; i < widened.Count; i++) widened.Pointer[i] = (float)halves[i];
                return widened;
            case ElementType.BF16:
                var full = Tensor.Zeros<float>(tensor.Shape);
                var upper = (BFloat16*)tensor.Pointer;
                for (long i = 0; i < full.Count; i++) full.Pointer[i] = upper[i];
                return full;
            default:
                return null;
        }
    }

    /// <summary>The first element that is infinite or no number, or null.</summary>
    public static unsafe long? FirstNotFinite(in Tensor<float> values)
    {
        for (long i = 0; i < values.Count; i++)
        {
            if (!float.IsFinite(values.Pointer[i])) return i;
        }
        return null;
    }

    /// <summary>[N, K] to [K, N].</summary>
    public static unsafe Tensor<float> Transposed(in Tensor<float> values)
    {
        long rows = values.Shape[0], columns = values.Shape[1];
        var turned = Tensor.Zeros<float>(new Shape(columns, rows));
        for (long r = 0; r < rows; r++)
        {
            for (long c = 0; c < columns; c++) turned.Pointer[c * rows + r] = values.Pointer[r * columns + c];
        }
        return turned;
    }
}
