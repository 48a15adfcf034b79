using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>Rows of a bfloat16 table in a device's memory, widened; see <see cref="GatherRowsBFloat16Args"/>.</summary>
public readonly record struct DeviceGatherRowsBFloat16Args
{
    /// <summary>[S, I] bfloat16.</summary>
    public required DeviceTensor<BFloat16> Table { get; init; }

    /// <summary>[n] int32, each below S, or negative for a row of zeros.</summary>
    public required DeviceTensor<int> Indices { get; init; }

    /// <summary>[n, I] float32, overwritten.</summary>
    public required DeviceTensor<float> Rows { get; init; }
}

/// <summary>Copies rows on a GPU.</summary>
public static class GatherRowsBFloat16Cuda
{
    const uint Threads = 256;
    const int WarpThreads = 32;

    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Table;
        public ulong Indices;
        public ulong Rows;
        public long Count;
        public long Columns;
    }

    internal static CudaKernel<Parameters> Kernel { get; } = new("GatherRows/GatherRowsBFloat16.cu", "argent_gather_rows_bf16");

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Launch(in CudaQueue on, in DeviceGatherRowsBFloat16Args args)
    {
        DeviceChecks.Rank("GatherRowsBFloat16: Table", args.Table, 2);
        DeviceChecks.Rank("GatherRowsBFloat16: Indices", args.Indices, 1);
        DeviceChecks.Is("GatherRowsBFloat16: Rows", args.Rows, new(args.Indices.Count, args.Table.Shape[1]));
        var parameters = new Parameters
        {
            Table = args.Table.Address,
            Indices = args.Indices.Address,
            Rows = args.Rows.Address,
            Count = args.Indices.Count,
            Columns = args.Table.Shape[1],
        };
        on.Launch(Kernel, LaunchSize.Over(args.Indices.Count * WarpThreads, Threads), in parameters);
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void GatherRowsBFloat16(in GatherRowsBFloat16Args args)
    {
        GatherRowsBFloat16Reference.Check(in args);
        lock (_lock)
        {
            Begin();
            var rows = Output(args.Rows);
            GatherRowsBFloat16Cuda.Launch(Queue, new DeviceGatherRowsBFloat16Args
            {
                Table = Input(args.Table),
                Indices = Input(args.Indices),
                Rows = rows,
            });
            Result(rows, args.Rows);
            Finish();
        }
    }
}
