using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary><see cref="ConcatColumnsArgs"/> in a device's memory.</summary>
public readonly record struct DeviceConcatColumnsArgs
{
    /// <summary>[M, A] float32.</summary>
    public required DeviceTensor<float> Left { get; init; }

    /// <summary>[M, C] float32.</summary>
    public required DeviceTensor<float> Right { get; init; }

    /// <summary>[M, A + C] float32, overwritten.</summary>
    public required DeviceTensor<float> Output { get; init; }
}

/// <summary>Rows side by side on a GPU.</summary>
public static class ConcatColumnsCuda
{
    const uint Threads = 256;

    /// <summary>ArgentConcatColumnsArgs of the source.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Left;
        public ulong Right;
        public ulong Output;
        public long Rows;
        public long LeftColumns;
        public long RightColumns;
    }

    internal static CudaKernel<Parameters> Kernel { get; } = new("ConcatColumns/ConcatColumns.cu", "argent_concat_columns");

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Launch(in CudaQueue on, in DeviceConcatColumnsArgs args)
    {
        DeviceChecks.Rank("ConcatColumns: Left", args.Left, 2);
        DeviceChecks.Rank("ConcatColumns: Right", args.Right, 2);
        long rows = args.Left.Shape[0], left = args.Left.Shape[1], right = args.Right.Shape[1];
        DeviceChecks.Is("ConcatColumns: Right", args.Right, new(rows, right));
        DeviceChecks.Is("ConcatColumns: Output", args.Output, new(rows, left + right));
        if (args.Output.Count == 0) return;
        on.Launch(Kernel, LaunchSize.Over(args.Output.Count, Threads), new Parameters
        {
            Left = args.Left.Address,
            Right = args.Right.Address,
            Output = args.Output.Address,
            Rows = rows,
            LeftColumns = left,
            RightColumns = right,
        });
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void ConcatColumns(in ConcatColumnsArgs args)
    {
        ConcatColumnsReference.Check(in args);
        lock (_lock)
        {
            Begin();
            var output = Output(args.Output);
            ConcatColumnsCuda.Launch(Queue, new DeviceConcatColumnsArgs
            {
                Left = Input(args.Left),
                Right = Input(args.Right),
                Output = output,
            });
            Result(output, args.Output);
            Finish();
        }
    }
}
