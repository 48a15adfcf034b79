using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>Nearest rows of a table in a device's memory; see <see cref="NearestRowsArgs"/>.</summary>
public readonly record struct DeviceNearestRowsArgs
{
    /// <summary>[N, D] float32.</summary>
    public required DeviceTensor<float> Rows { get; init; }

    /// <summary>[L, D] float32, L at least 1.</summary>
    public required DeviceTensor<float> Table { get; init; }

    /// <summary>[L] float32, or no tensor for zero.</summary>
    public DeviceTensor<float> Bias { get; init; }

    /// <summary>[G + 1] int32 bounds in <see cref="Members"/>, or no tensor: every row meets the whole table.</summary>
    public DeviceTensor<int> GroupStart { get; init; }

    /// <summary>[M] int32 rows in the order of their groups.</summary>
    public DeviceTensor<int> Members { get; init; }

    /// <summary>[G, C] int32 rows of the table that each group meets, ascending.</summary>
    public DeviceTensor<int> Candidates { get; init; }

    /// <summary>[N] int32, overwritten; with groups at their members only.</summary>
    public required DeviceTensor<int> Nearest { get; init; }

    /// <summary>[N] float32, overwritten like <see cref="Nearest"/>, or no tensor.</summary>
    public DeviceTensor<float> Best { get; init; }
}

/// <summary>Nearest rows on a GPU, with the bits of every other variant.</summary>
public static class NearestRowsCuda
{
    const uint Threads = 256;

    // Rows that a block meets the table with at a time.
    const int TileRows = 64;

    // Blocks of an average group; a longer group's blocks take several tiles.
    const long TilesOfGroupMax = 32;

    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Rows;
        public ulong Table;
        public ulong Bias;
        public ulong GroupStart;
        public ulong Members;
        public ulong Candidates;
        public ulong Nearest;
        public ulong Best;
        public int Count;
        public int Columns;
        public int Others;
        public int Tiles;
    }

    internal static CudaKernel<Parameters> Kernel { get; } = new("NearestRows/NearestRows.cu", "argent_nearest_rows");

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Launch(in CudaQueue on, in DeviceNearestRowsArgs args)
    {
        Check(in args);
        bool hasGroups = args.GroupStart.IsPresent;
        long groups = hasGroups ? args.Candidates.Shape[0] : 1;
        long listed = hasGroups ? args.Members.Count : args.Rows.Shape[0];
        if (groups == 0 || listed == 0) return;
        long tiles = (listed + TileRows - 1) / TileRows;
        if (hasGroups) tiles = Math.Clamp((tiles + groups - 1) / groups, 1, TilesOfGroupMax);
        var parameters = new Parameters
        {
            Rows = args.Rows.Address,
            Table = args.Table.Address,
            Bias = args.Bias.Address,
            GroupStart = args.GroupStart.Address,
            Members = args.Members.Address,
            Candidates = args.Candidates.Address,
            Nearest = args.Nearest.Address,
            Best = args.Best.Address,
            Count = checked((int)args.Rows.Shape[0]),
            Columns = checked((int)args.Rows.Shape[1]),
            Others = checked((int)(hasGroups ? args.Candidates.Shape[1] : args.Table.Shape[0])),
            Tiles = checked((int)tiles),
        };
        on.Launch(Kernel, new LaunchSize(groups * tiles, Threads), in parameters);
    }

    static void Check(in DeviceNearestRowsArgs args)
    {
        DeviceChecks.Rank("NearestRows: Rows", args.Rows, 2);
        DeviceChecks.Rank("NearestRows: Table", args.Table, 2);
        Shape rows = args.Rows.Shape, table = args.Table.Shape;
        DeviceChecks.Is("NearestRows: Table", args.Table, new(table[0], rows[1]));
        DeviceChecks.IsOrMissing("NearestRows: Bias", args.Bias, new(table[0]));
        DeviceChecks.Is("NearestRows: Nearest", args.Nearest, new(rows[0]));
        DeviceChecks.IsOrMissing("NearestRows: Best", args.Best, new(rows[0]));
        if (table[0] == 0) throw new ArgumentException($"NearestRows: Table {table} has no row.");
        bool hasGroups = args.GroupStart.IsPresent;
        if (args.Members.IsPresent != hasGroups || args.Candidates.IsPresent != hasGroups)
        {
            throw new ArgumentException("NearestRows: GroupStart, Members and Candidates come together or not at all.");
        }
        if (!hasGroups) return;
        DeviceChecks.Rank("NearestRows: Candidates", args.Candidates, 2);
        DeviceChecks.Is("NearestRows: GroupStart", args.GroupStart, new(args.Candidates.Shape[0] + 1));
    }
}

/// <summary>Nearest rows. Rows go through the device in as many runs as its working memory demands.</summary>
public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void NearestRows(in NearestRowsArgs args)
    {
        NearestRowsReference.Check(in args);
        if (!args.GroupStart.IsPresent) FindNearest(in args);
        else if (!FindNearestOfGroups(in args)) _host.NearestRows(in args);
    }

    void FindNearest(in NearestRowsArgs args)
    {
        lock (_lock)
        {
            Begin();
            var (table, bias) = (Input(args.Table), Input(args.Bias));
            long rows = args.Rows.Shape[0], each = RowsAtOnce(in args);
            for (long first = 0; first < rows; first += each)
            {
                long count = Math.Min(each, rows - first);
                var mark = _memory.Mark();
                var nearest = args.Nearest.Rows(first, count);
                var best = args.Best.IsPresent ? args.Best.Rows(first, count) : default;
                var run = new DeviceNearestRowsArgs
                {
                    Rows = Input(args.Rows.Rows(first, count)),
                    Table = table,
                    Bias = bias,
                    Nearest = Output(nearest),
                    Best = Output(best),
                };
                NearestRowsCuda.Launch(Queue, in run);
                Result(run.Nearest, nearest);
                Result(run.Best, best);
                // The stream passes one run before the next, so that they may share memory.
                _memory.Release(mark);
            }
            Finish();
        }
    }

    /// <summary>Rows that fit what is left of the working memory with their answers, at least one.</summary>
    long RowsAtOnce(in NearestRowsArgs args)
    {
        // Rows, answers and scores each begin at a multiple of the alignment.
        long left = _memory.ByteLength - _memory.UsedBytes - 3 * DeviceMemory.Alignment;
        return Math.Max(1, left / (args.Rows.Shape[1] * sizeof(float) + sizeof(int) + sizeof(float)));
    }

    /// <summary>False where the working memory does not hold all rows: a group's may be anywhere among them.</summary>
    bool FindNearestOfGroups(in NearestRowsArgs args)
    {
        long bytes = DeviceMemory.Alignment * 8 + args.Rows.ByteLength + args.Table.ByteLength + args.Bias.ByteLength
            + args.GroupStart.ByteLength + args.Members.ByteLength + args.Candidates.ByteLength + args.Nearest.ByteLength
            + args.Best.ByteLength;
        lock (_lock)
        {
            Begin();
            if (bytes > _memory.ByteLength)
            {
                Finish();
                return false;
            }
            // Other rows stay as they are: the results begin as the host's.
            var (nearest, best) = (Copy(args.Nearest), Copy(args.Best));
            NearestRowsCuda.Launch(Queue, new DeviceNearestRowsArgs
            {
                Rows = Input(args.Rows),
                Table = Input(args.Table),
                Bias = Input(args.Bias),
                GroupStart = Input(args.GroupStart),
                Members = Input(args.Members),
                Candidates = Input(args.Candidates),
                Nearest = nearest,
                Best = best,
            });
            Result(nearest, args.Nearest);
            Result(best, args.Best);
            Finish();
            return true;
        }
    }
}
