using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary><see cref="ElementwiseArgs"/> in a device's memory.</summary>
public readonly record struct DeviceElementwiseArgs
{
    /// <summary>The step.</summary>
    public required ElementwiseOp Op { get; init; }

    /// <summary>[n] float32.</summary>
    public required DeviceTensor<float> Left { get; init; }

    /// <summary>[n] float32, or [D] repeated over the rows of Left [.., D]; for Add and Multiply only.</summary>
    public DeviceTensor<float> Right { get; init; }

    /// <summary>Factor of <see cref="ElementwiseOp.Scale"/>.</summary>
    public float Scalar { get; init; }

    /// <summary>[n] float32, overwritten; may be <see cref="Left"/>.</summary>
    public required DeviceTensor<float> Output { get; init; }
}

/// <summary>Steps on the numbers of tensors on a GPU, with the bits of the AVX2 kernel.</summary>
public static class ElementwiseCuda
{
    const uint Threads = 256;

    /// <summary>ArgentElementwiseArgs of the source.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Left;
        public ulong Right;
        public ulong Output;
        public long Count;
        public long RightCount;
        public float Scalar;
        public uint Op;
    }

    internal static CudaKernel<Parameters> Kernel { get; } = new("Elementwise/Elementwise.cu", "argent_elementwise");

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Launch(in CudaQueue on, in DeviceElementwiseArgs args)
    {
        if (!Enum.IsDefined(args.Op)) throw new ArgumentException($"Elementwise: unknown step {args.Op}.");
        var shape = args.Left.Shape;
        DeviceChecks.Is("Elementwise: Output", args.Output, shape);
        bool takesTwo = args.Op is ElementwiseOp.Add or ElementwiseOp.Multiply;
        bool repeats = args.Right.IsPresent && args.Right.Shape.Rank == 1 && args.Right.Count == shape[shape.Rank - 1];
        if (takesTwo && !repeats) DeviceChecks.Is("Elementwise: Right", args.Right, shape);
        long count = args.Left.Count;
        if (count == 0) return;
        on.Launch(Kernel, LaunchSize.Over(count, Threads), new Parameters
        {
            Left = args.Left.Address,
            Right = args.Right.Address,
            Output = args.Output.Address,
            Count = count,
            RightCount = takesTwo ? args.Right.Count : 1,
            Scalar = args.Scalar,
            Op = (uint)args.Op,
        });
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void Elementwise(in ElementwiseArgs args)
    {
        ElementwiseReference.Check(in args);
        lock (_lock)
        {
            Begin();
            var output = Output(args.Output);
            ElementwiseCuda.Launch(Queue, new DeviceElementwiseArgs
            {
                Op = args.Op,
                Left = Input(args.Left),
                Right = Input(args.Right),
                Scalar = args.Scalar,
                Output = output,
            });
            Result(output, args.Output);
            Finish();
        }
    }
}
