using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary><see cref="LayerNormArgs"/> in a device's memory.</summary>
public readonly record struct DeviceLayerNormArgs
{
    /// <summary>[M, D] float32.</summary>
    public required DeviceTensor<float> Input { get; init; }

    /// <summary>[D] float32.</summary>
    public required DeviceTensor<float> Gain { get; init; }

    /// <summary>[D] float32.</summary>
    public required DeviceTensor<float> Shift { get; init; }

    /// <summary>Added to the variance.</summary>
    public required float Epsilon { get; init; }

    /// <summary>[M, D] float32, overwritten; not <see cref="Input"/>.</summary>
    public required DeviceTensor<float> Output { get; init; }
}

/// <summary>Layer norms on a GPU, with the bits of the AVX2 kernel.</summary>
public static class LayerNormCuda
{
    const uint Threads = 256;
    const int LanesOfRow = 8;

    /// <summary>ArgentLayerNormArgs of the source.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Input;
        public ulong Gain;
        public ulong Shift;
        public ulong Output;
        public long Rows;
        public long Columns;
        public float Epsilon;
        public uint Padding;
    }

    internal static CudaKernel<Parameters> Kernel { get; } = new("LayerNorm/LayerNorm.cu", "argent_layer_norm");

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Launch(in CudaQueue on, in DeviceLayerNormArgs args)
    {
        DeviceChecks.Rank("LayerNorm: Input", args.Input, 2);
        long columns = args.Input.Shape[1];
        DeviceChecks.Is("LayerNorm: Gain", args.Gain, new(columns));
        DeviceChecks.Is("LayerNorm: Shift", args.Shift, new(columns));
        DeviceChecks.Is("LayerNorm: Output", args.Output, args.Input.Shape);
        if (args.Input.Count == 0) return;
        on.Launch(Kernel, LaunchSize.Over(args.Input.Shape[0] * LanesOfRow, Threads), new Parameters
        {
            Input = args.Input.Address,
            Gain = args.Gain.Address,
            Shift = args.Shift.Address,
            Output = args.Output.Address,
            Rows = args.Input.Shape[0],
            Columns = columns,
            Epsilon = args.Epsilon,
        });
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void LayerNorm(in LayerNormArgs args)
    {
        LayerNormReference.Check(in args);
        lock (_lock)
        {
            Begin();
            var output = Output(args.Output);
            LayerNormCuda.Launch(Queue, new DeviceLayerNormArgs
            {
                Input = Input(args.Input),
                Gain = Input(args.Gain),
                Shift = Input(args.Shift),
                Epsilon = args.Epsilon,
                Output = output,
            });
            Result(output, args.Output);
            Finish();
        }
    }
}
