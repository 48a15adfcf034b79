using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>What every operation demands of its arguments; nothing is formatted unless a demand fails.</summary>
static class Checks
{
    /// <summary>Demands a tensor of <paramref name="rank"/> dimensions.</summary>
    public static void Rank<T>(string name, in Tensor<T> tensor, int rank) where T : unmanaged
    {
        if (!tensor.IsPresent) throw new ArgumentException($"{name} is missing.");
        if (tensor.Shape.Rank != rank)
        {
            throw new ArgumentException($"{name} is {tensor} where {rank} dimensions are expected.");
        }
    }

    /// <summary>Demands a tensor of shape <paramref name="expected"/>, which follows from <paramref name="other"/>.</summary>
    public static void Is<T>(string name, in Tensor<T> tensor, Shape expected, string otherName, Shape other)
        where T : unmanaged
    {
        if (!tensor.IsPresent) throw new ArgumentException($"{name} is missing.");
        if (tensor.Shape != expected)
        {
            throw new ArgumentException($"{name} is {tensor} where {expected} is expected beside {otherName} {other}.");
        }
    }

    /// <summary>The same, for a tensor that may be left out.</summary>
    public static void IsOrMissing<T>(string name, in Tensor<T> tensor, Shape expected, string otherName, Shape other)
        where T : unmanaged
    {
        if (tensor.IsPresent) Is(name, tensor, expected, otherName, other);
    }

    /// <summary>Demands that two tensors share no byte.</summary>
    public static unsafe void Apart<T, TOther>(string name, in Tensor<T> tensor, string otherName, in Tensor<TOther> other)
        where T : unmanaged where TOther : unmanaged
    {
        byte* left = (byte*)tensor.Pointer;
        byte* right = (byte*)other.Pointer;
        if (left < right + other.ByteLength && right < left + tensor.ByteLength)
        {
            throw new ArgumentException($"{name} and {otherName} overlap; the operation does not work in place.");
        }
    }

    /// <summary>Demands a value of [0, <paramref name="count"/>).</summary>
    public static void Index(string name, long value, long count)
    {
        if ((ulong)value >= (ulong)count)
        {
            throw new ArgumentOutOfRangeException(null, value, $"{name} is {value} and must lie in [0, {count}).");
        }
    }

    /// <summary>Demands that every row is in [0, <paramref name="count"/>), or negative for none.</summary>
    public static unsafe void Rows(string name, in Tensor<int> rows, long count)
    {
        int* values = rows.Pointer;
        for (long i = 0; i < rows.Count; i++)
        {
            if (values[i] >= count) Index(name, values[i], count);
        }
    }

    /// <summary>Demands that every request is in [0, <paramref name="count"/>).</summary>
    public static unsafe void Requests(string name, in Tensor<int> requests, long count)
    {
        int* values = requests.Pointer;
        for (long i = 0; i < requests.Count; i++)
        {
            if ((uint)values[i] >= (ulong)count) Index(name, values[i], count);
        }
    }

    /// <summary>Demands bounds that start at 0, never fall and end at <paramref name="count"/>.</summary>
    public static unsafe void Bounds(string name, in Tensor<int> start, long count)
    {
        int* bounds = start.Pointer;
        long last = start.Count - 1;
        if (last < 0 || bounds[0] != 0 || bounds[last] != count)
        {
            throw new ArgumentException($"{name} {start.Shape} must start at 0 and end at {count}.");
        }
        for (long i = 0; i < last; i++)
        {
            if (bounds[i] > bounds[i + 1]) throw new ArgumentException($"{name} falls from entry {i} to the next.");
        }
    }
}
