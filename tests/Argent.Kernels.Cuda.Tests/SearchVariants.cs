using Argent.Cuda.Tests;
using Argent.Tensors;

namespace Argent.Kernels.Tests.Search;

/// <summary>The emulated device in every lane order, beside the CPU's fastest variant, for the contract tests of the operations.</summary>
static class SearchVariants
{
    static readonly IKernels _cpu = CpuKernels.All(new Workers(1))[^1];

    /// <summary>All of them, with a name for messages. The lane order is set while the variant is looked at.</summary>
    public static IEnumerable<(string Name, IKernels Kernels)> All()
    {
        var cuda = OneDevice.Kernels;
        yield return (_cpu.Variant, _cpu);
        foreach (string order in EmulatedCuda.LaneOrders)
        {
            EmulatedCuda.Set("LANES", order);
            yield return ($"cuda, lanes {order}", cuda);
        }
    }

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
