using Argent.Tensors;

namespace Argent.Kernels.Tests.Search;

/// <summary>Every variant that this machine runs, with one thread and with several.</summary>
static class SearchVariants
{
    static readonly Workers[] _crews = [new(1), new(2), new(5)];

    /// <summary>All of them, with a name for messages.</summary>
    public static IEnumerable<(string Name, IKernels Kernels)> All() =>
        from crew in _crews
        from kernels in CpuKernels.All(crew)
            // The reference uses one thread whatever it is given.
        where crew.Count == 1 || kernels is not ReferenceKernels
        select ($"{kernels.Variant} with {crew.Count} threads", kernels);

    /// <summary>A tensor filled with bytes that are no sensible value of anything.</summary>
    public static Tensor<T> Poisoned<T>(Shape shape) where T : unmanaged
    {
        var tensor = Tensor.Zeros<T>(shape);
        for (long i = 0; i < shape.Count; i++)
        {
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<T>(ref tensor[i])).Fill(0xAD);
        }
        return tensor;
    }

    /// <summary>Random numbers of [-1, 1).</summary>
    public static Tensor<float> Floats(Random random, Shape shape)
    {
        var tensor = Tensor.Zeros<float>(shape);
        for (long i = 0; i < shape.Count; i++) tensor[i] = (float)(random.NextDouble() * 2 - 1);
        return tensor;
    }

    /// <summary>Random whole numbers of [-range, range]: their sums of products are exact in float32.</summary>
    public static Tensor<float> Integers(Random random, Shape shape, int range)
    {
        var tensor = Tensor.Zeros<float>(shape);
        for (long i = 0; i < shape.Count; i++) tensor[i] = random.Next(-range, range + 1);
        return tensor;
    }
}
