using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary><see cref="SoftmaxArgs"/> in a device's memory.</summary>
public readonly record struct DeviceSoftmaxArgs
{
    /// <summary>[M, C] float32.</summary>
    public required DeviceTensor<float> Input { get; init; }

    /// <summary>[M, C] float32, overwritten; may be <see cref="Input"/>.</summary>
    public required DeviceTensor<float> Output { get; init; }
}

/// <summary>Softmax of rows on a GPU, with the bits of the AVX2 kernel.</summary>
public static class SoftmaxCuda
{
    const uint Threads = 256;
    const int LanesOfRow = 16;

    /// <summary>ArgentSoftmaxArgs of the source.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Input;
        public ulong Output;
        public long Rows;
        public long Columns;
    }

    internal static CudaKernel<Parameters> Kernel { get; } = new("Softmax/Softmax.cu", "argent_softmax");

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Launch(in CudaQueue on, in DeviceSoftmaxArgs args)
    {
        DeviceChecks.Rank("Softmax: Input", args.Input, 2);
        DeviceChecks.Is("Softmax: Output", args.Output, args.Input.Shape);
        if (args.Input.Count == 0) return;
        on.Launch(Kernel, LaunchSize.Over(args.Input.Shape[0] * LanesOfRow, Threads), new Parameters
        {
            Input = args.Input.Address,
            Output = args.Output.Address,
            Rows = args.Input.Shape[0],
            Columns = args.Input.Shape[1],
        });
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void Softmax(in SoftmaxArgs args)
    {
        SoftmaxReference.Check(in args);
        lock (_lock)
        {
            Begin();
            var output = Output(args.Output);
            SoftmaxCuda.Launch(Queue, new DeviceSoftmaxArgs
            {
                Input = Input(args.Input),
                Output = output,
            });
            Result(output, args.Output);
            Finish();
        }
    }
}
