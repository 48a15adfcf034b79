using Argent.Tensors;

namespace Argent.Kernels;

/// <summary><see cref="DenseArgs"/> in a device's memory.</summary>
public readonly record struct DeviceDenseArgs
{
    /// <summary>[M, K] float32.</summary>
    public required DeviceTensor<float> Input { get; init; }

    /// <summary>[N, K] float32.</summary>
    public required DeviceTensor<float> Weight { get; init; }

    /// <summary>[N] float32, or no tensor for zero.</summary>
    public DeviceTensor<float> Bias { get; init; }

    /// <summary>Applied last.</summary>
    public Activation Activation { get; init; }

    /// <summary>[M, N] float32, overwritten; overlaps no operand.</summary>
    public required DeviceTensor<float> Output { get; init; }
}

/// <summary>A dense layer on a GPU, with the bits of the AVX2 kernel.</summary>
public static class DenseCuda
{
    static readonly CudaKernel<DenseTiles.Parameters> _square = new("Dense/Dense.cu", "argent_dense");
    static readonly CudaKernel<DenseTiles.Parameters> _flat = new("Dense/Dense.cu", "argent_dense_flat");

    internal static IEnumerable<CudaKernel> Kernels => [_square, _flat];

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit, or the activation is unknown.</exception>
    public static void Launch(in CudaQueue on, in DeviceDenseArgs args)
    {
        DeviceChecks.Rank("Dense: Input", args.Input, 2);
        DeviceChecks.Rank("Dense: Weight", args.Weight, 2);
        Shape input = args.Input.Shape, weight = args.Weight.Shape;
        DeviceChecks.Is("Dense: Weight", args.Weight, new(weight[0], input[1]));
        DeviceChecks.IsOrMissing("Dense: Bias", args.Bias, new(weight[0]));
        DeviceChecks.Is("Dense: Output", args.Output, new(input[0], weight[0]));
        DenseTiles.Launch(on, (_square, _flat), new DenseTiles.Parameters
        {
            Input = args.Input.Address,
            Weight = args.Weight.Address,
            Bias = args.Bias.Address,
            Output = args.Output.Address,
            Rows = input[0],
            Columns = weight[0],
            Depth = input[1],
            Activation = (uint)args.Activation,
        });
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    /// <remarks>The weight is read by rows; its panels are for processors.</remarks>
    public void Dense(in DenseArgs args)
    {
        DenseReference.Check(in args);
        lock (_lock)
        {
            Begin();
            var output = Output(args.Output);
            DenseCuda.Launch(Queue, new DeviceDenseArgs
            {
                Input = Input(args.Input),
                Weight = Input(args.Weight),
                Bias = Input(args.Bias),
                Activation = args.Activation,
                Output = output,
            });
            Result(output, args.Output);
            Finish();
        }
    }
}
