using Argent.Tensors;

namespace Argent.Kernels;

/// <summary><see cref="DenseBFloat16Args"/> in a device's memory.</summary>
public readonly record struct DeviceDenseBFloat16Args
{
    /// <summary>[M, K] float32.</summary>
    public required DeviceTensor<float> Input { get; init; }

    /// <summary>[⌈N / 16⌉, K, 16] bfloat16.</summary>
    public required DeviceTensor<BFloat16> WeightPanels { get; init; }

    /// <summary>[N] float32, or no tensor for zero.</summary>
    public DeviceTensor<float> Bias { get; init; }

    /// <summary>Applied last.</summary>
    public Activation Activation { get; init; }

    /// <summary>[M, N] float32, overwritten; overlaps no operand.</summary>
    public required DeviceTensor<float> Output { get; init; }
}

/// <summary>A dense layer with a bfloat16 weight on a GPU, with the bits of the AVX2 kernel.</summary>
public static class DenseBFloat16Cuda
{
    static readonly CudaKernel<DenseTiles.Parameters> _square = new("Dense/DenseBFloat16.cu", "argent_dense_bf16");
    static readonly CudaKernel<DenseTiles.Parameters> _flat = new("Dense/DenseBFloat16.cu", "argent_dense_bf16_flat");

    internal static IEnumerable<CudaKernel> Kernels => [_square, _flat];

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit, or the activation is unknown.</exception>
    public static void Launch(in CudaQueue on, in DeviceDenseBFloat16Args args)
    {
        DeviceChecks.Rank("DenseBFloat16: Input", args.Input, 2);
        DeviceChecks.Rank("DenseBFloat16: Output", args.Output, 2);
        Shape input = args.Input.Shape, output = args.Output.Shape;
        DeviceChecks.Is("DenseBFloat16: Output", args.Output, new(input[0], output[1]));
        DeviceChecks.Is("DenseBFloat16: WeightPanels", args.WeightPanels, RowPanels.ShapeOf(new(output[1], input[1])));
        DeviceChecks.IsOrMissing("DenseBFloat16: Bias", args.Bias, new(output[1]));
        DenseTiles.Launch(on, (_square, _flat), new DenseTiles.Parameters
        {
            Input = args.Input.Address,
            Weight = args.WeightPanels.Address,
            Bias = args.Bias.Address,
            Output = args.Output.Address,
            Rows = input[0],
            Columns = output[1],
            Depth = input[1],
            Activation = (uint)args.Activation,
        });
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void DenseBFloat16(in DenseBFloat16Args args)
    {
        DenseBFloat16Reference.Check(in args);
        lock (_lock)
        {
            Begin();
            var output = Output(args.Output);
            DenseBFloat16Cuda.Launch(Queue, new DeviceDenseBFloat16Args
            {
                Input = Input(args.Input),
                WeightPanels = Input(args.WeightPanels),
                Bias = Input(args.Bias),
                Activation = args.Activation,
                Output = output,
            });
            Result(output, args.Output);
            Finish();
        }
    }
}
