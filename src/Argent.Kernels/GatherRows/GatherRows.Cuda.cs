using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>Rows of a table in a device's memory; see <see cref="GatherRowsArgs"/>. Nobody looks at the indices there.</summary>
public readonly record struct DeviceGatherRowsArgs
{
    /// <summary>[V, D] float32.</summary>
    public required DeviceTensor<float> Table { get; init; }

    /// <summary>[n] int32, each below V, or negative for a row of zeros.</summary>
    public required DeviceTensor<int> Indices { get; init; }

    /// <summary>[n, D] float32, overwritten.</summary>
    public required DeviceTensor<float> Rows { get; init; }
}

/// <summary>Copies rows on a GPU.</summary>
public static class GatherRowsCuda
{
    const uint Threads = 256;

    // More blocks than a device runs at once; beyond that a thread copies several numbers.
    const long BlocksMax = 1 << 16;

    /// <summary>ArgentGatherRowsArgs of the source.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Table;
        public ulong Indices;
        public ulong Rows;
        public long Count;
        public long Columns;
    }

    internal static CudaKernel<Parameters> Kernel { get; } = new("GatherRows/GatherRows.cu", "argent_gather_rows");

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Launch(CudaModules modules, CudaStream stream, in DeviceGatherRowsArgs args)
    {
        ArgumentNullException.ThrowIfNull(modules);
        var (table, indices, rows) = (args.Table.Shape, args.Indices.Shape, args.Rows.Shape);
        if (table.Rank != 2 || indices.Rank != 1 || rows != new Shape(indices[0], table[1]))
        {
            throw new ArgumentException($"GatherRows: Rows {rows} are not those of Indices {indices} in Table {table}.");
        }
        long blocks = Math.Min(LaunchSize.Over(rows.Count, Threads).BlocksX, BlocksMax);
        modules.Get(Kernel).Launch(stream, new LaunchSize(blocks, Threads), new Parameters
        {
            Table = args.Table.Address,
            Indices = args.Indices.Address,
            Rows = args.Rows.Address,
            Count = indices[0],
            Columns = table[1],
        });
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void GatherRows(in GatherRowsArgs args)
    {
        GatherRowsReference.Check(in args);
        Checks.Rows("GatherRows: an index", args.Indices, args.Table.Shape[0]);
        lock (_lock)
        {
            Begin();
            var device = new DeviceGatherRowsArgs
            {
                Table = Input(args.Table),
                Indices = Input(args.Indices),
                Rows = Output(args.Rows),
            };
            GatherRowsCuda.Launch(_modules, _stream, in device);
            Result(device.Rows, args.Rows);
            Finish();
        }
    }
}
