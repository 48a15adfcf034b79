using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary><see cref="QuantizeRowsArgs"/> in a device's memory.</summary>
public readonly record struct DeviceQuantizeRowsArgs
{
    /// <summary>[R, D] float32.</summary>
    public required DeviceTensor<float> Rows { get; init; }

    /// <summary>[D] float32 subtracted from every row, or no tensor for zero.</summary>
    public DeviceTensor<float> Center { get; init; }

    /// <summary>The scale of every row, finite; 0 for a scale per row.</summary>
    public float Scale { get; init; }

    /// <summary>[R] int32, overwritten with how many values of each row were clamped; or no tensor.</summary>
    public DeviceTensor<int> Clamped { get; init; }

    /// <summary>[R, Dp] int8, overwritten, padding zero.</summary>
    public required DeviceTensor<sbyte> Codes { get; init; }

    /// <summary>[R] float32, overwritten; not a number for a row that is not finite, whose codes are 0.</summary>
    public required DeviceTensor<float> Scales { get; init; }

    /// <summary>[1] uint64, overwritten with the first row that holds a value that is not finite, or 2^64 - 1.</summary>
    public required DeviceTensor<ulong> NotFinite { get; init; }
}

/// <summary>Quantisation on a device, with the bits of the processor.</summary>
public static class QuantizeRowsCuda
{
    const uint Threads = 256, WarpThreads = 32;

    /// <summary>The kernel; its line is in <see cref="CudaKernelTable"/>.</summary>
    internal static readonly CudaKernel<Arguments> Kernel = new("QuantizeRows/QuantizeRows.cu", "argent_quantize_rows");

    /// <summary>Queues the quantisation of all rows.</summary>
    public static void Run(in CudaQueue on, in DeviceQuantizeRowsArgs args)
    {
        on.Stream.Fill(args.NotFinite, byte.MaxValue);
        var arguments = new Arguments
        {
            Rows = args.Rows.Address,
            Center = args.Center.Address,
            Codes = args.Codes.Address,
            Scales = args.Scales.Address,
            Clamped = args.Clamped.Address,
            NotFinite = args.NotFinite.Address,
            Count = args.Rows.Shape[0],
            Dim = args.Rows.Shape[1],
            PaddedDim = args.Codes.Shape[1],
            Scale = args.Scale,
        };
        on.Launch(Kernel, LaunchSize.Over(args.Rows.Shape[0] * WarpThreads, Threads), arguments);
    }

    /// <summary>As the source declares it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Arguments
    {
        public ulong Rows;
        public ulong Center;
        public ulong Codes;
        public ulong Scales;
        public ulong Clamped;
        public ulong NotFinite;
        public long Count;
        public long Dim;
        public long PaddedDim;
        public float Scale;
    }
}
