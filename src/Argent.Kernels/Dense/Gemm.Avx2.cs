using System.Runtime.CompilerServices;

namespace Argent.Kernels;

/// <summary>
/// The matrix product on tiles of 6 x 16. With few rows every chunk packs its own panels of b; with many, b is packed
/// once and shared. Chunk bounds follow from the extents alone.
/// </summary>
static unsafe class GemmAvx2
{
    /// <summary>Rows of a block: with a depth of 256, 96 KB of a, which stay in a second-level cache of 256 KB or more.</summary>
    const int RowBlock = 96;

    /// <summary>Rows of a block are a multiple of this: two tiles of 6 rows, or one of 12.</summary>
    const int RowUnit = 12;

    /// <summary>Packed panels of a chunk are a multiple of this, so that the widest tiles find whole groups.</summary>
    const int PanelUnit = 8;

    /// <summary>Panels times depth that every tile row walks before the next: 256 KB of b in a second-level cache.</summary>
    const int PanelGroup = 4096;

    /// <summary>Floats of b that are packed at once: 16 MB.</summary>
    const long PackedMax = 4 << 20;

    /// <summary>Floats of b that are widened at once: 1 MB, so that they stay in a second-level cache beside the rows.</summary>
    const long WidenedMax = 1 << 18;

    /// <summary>Multiply-adds that are worth handing to a thread: some 10 microseconds.</summary>
    const long ChunkWork = 1 << 19;

    /// <summary>Chunks to aim for, so that 16 threads have work; a constant, as bounds must not depend on threads.</summary>
    const int ChunksWanted = 32;

    public static void Run(in Gemm g, Workers workers)
    {
        if (g.M == 0 || g.N == 0) return;
        if (g.K == 0)
        {
            GemmReference.Run(g);
            return;
        }
        int panels = (g.N + GemmTiles.Columns - 1) / GemmTiles.Columns;
        if (g.Panels != null)
        {
            RunTiles(g, g.Panels, (0, panels), workers);
            return;
        }
        bool widens = g.BFloat16Panels != null;
        if (g.M == 1 && g.BRow == 1 && !widens)
        {
            GemvAvx2.Run(g, workers);
            return;
        }
        if (g.M <= RowBlock && !widens)
        {
            RunTiles(g, null, (0, panels), workers);
            return;
        }
        long floatsAtOnce = widens ? WidenedMax : PackedMax;
        int panelsAtOnce = (int)Math.Clamp(floatsAtOnce / ((long)g.K * GemmTiles.Columns), 1, panels);
        float* packed = (float*)CallerMemory.Rent((long)g.K * GemmTiles.Columns * panelsAtOnce * sizeof(float));
        for (int first = 0; first < panels; first += panelsAtOnce)
        {
            int count = Math.Min(panelsAtOnce, panels - first);
            var pack = new PackWork { Gemm = g, FirstPanel = first, Packed = packed };
            workers.Run(ref pack, count);
            RunTiles(g, packed, (first, count), workers);
        }
    }

    /// <summary>The product of prepared panels on the calling thread alone.</summary>
    public static void RunHere(in Gemm g)
    {
        if (g.M == 0 || g.N == 0) return;
        if (g.K == 0)
        {
            GemmReference.Run(g);
            return;
        }
        int panels = (g.N + GemmTiles.Columns - 1) / GemmTiles.Columns;
        var work = Split(g, g.Panels, (0, panels));
        work.PanelsPerChunk = panels;
        for (int block = 0; block < work.RowBlocks; block++) work.Run(block);
    }

    static void RunTiles(in Gemm g, float* packed, (int First, int Count) panels, Workers workers)
    {
        var work = Split(g, packed, panels);
        workers.Run(ref work, checked(work.RowBlocks * work.PanelChunks));
    }

    static TileWork Split(in Gemm g, float* packed, (int First, int Count) panels)
    {
        int rowBlocks = (g.M + RowBlock - 1) / RowBlock;
        // Equal blocks of whole tiles, so that the last one is not a stub.
        int rows = (((g.M + rowBlocks - 1) / rowBlocks) + RowUnit - 1) / RowUnit * RowUnit;
        rowBlocks = (g.M + rows - 1) / rows;
        long panelWork = (long)Math.Min(rows, g.M) * g.K * GemmTiles.Columns;
        long worthwhile = (ChunkWork + panelWork - 1) / panelWork;
        long spread = ((long)panels.Count * rowBlocks + ChunksWanted - 1) / ChunksWanted;
        long wanted = Math.Max(worthwhile, spread);
        if (packed != null) wanted = (wanted + PanelUnit - 1) / PanelUnit * PanelUnit;
        return new TileWork
        {
            Gemm = g,
            Packed = packed,
            Rows = rows,
            FirstPanel = panels.First,
            Panels = panels.Count,
            PanelsPerChunk = (int)Math.Clamp(wanted, 1, panels.Count),
            RowBlocks = rowBlocks,
        };
    }

    /// <summary>Packs or widens one panel, all depths.</summary>
    struct PackWork : IChunkedWork
    {
        public Gemm Gemm;
        public int FirstPanel;
        public float* Packed;

        public readonly void Run(int chunk)
        {
            long size = (long)Gemm.K * GemmTiles.Columns;
            float* panel = Packed + (chunk * size);
            int number = FirstPanel + chunk;
            if (Gemm.BFloat16Panels != null) BFloat16Rows.Widen(Gemm.BFloat16Panels + (number * size), panel, size);
            else GemmPacking.Panel(Gemm, 0, Gemm.K, number * GemmTiles.Columns, panel);
        }
    }

    /// <summary>Computes a block of rows of some panels, all depths.</summary>
    struct TileWork : IChunkedWork
    {
        public Gemm Gemm;
        public float* Packed;
        public int Rows;
        public int FirstPanel;
        public int Panels;
        public int PanelsPerChunk;
        public int RowBlocks;

        public readonly int PanelChunks => (Panels + PanelsPerChunk - 1) / PanelsPerChunk;

        public readonly void Run(int chunk)
        {
            int chunks = PanelChunks;
            int firstRow = chunk / chunks * Rows, firstPanel = chunk % chunks * PanelsPerChunk;
            int rows = Math.Min(Rows, Gemm.M - firstRow);
            if (Packed != null && Gemm.AColumn == 1 && PanelGemm.Takes(Gemm, rows))
            {
                int panels = Math.Min(PanelsPerChunk, Panels - firstPanel);
                var block = new PanelBlock(Gemm, Packed + ((long)firstPanel * Gemm.K * GemmTiles.Columns), FirstPanel + firstPanel);
                PanelGemm.Run(block, (firstRow, rows), panels);
            }
            else RunBlock(firstRow, firstPanel);
        }

        [SkipLocalsInit]
        readonly void RunBlock(int firstRow, int firstPanel)
        {
            bool packsRows = Gemm.AColumn != 1;
            float* block = stackalloc float[packsRows ? RowBlock * Gemm.DepthBlock : GemmTiles.Rows * Gemm.DepthBlock];
            float* panel = stackalloc float[GemmTiles.Columns * Gemm.DepthBlock];
            for (int k = 0; k < Gemm.K; k += Gemm.DepthBlock)
            {
                var slice = new Slice
                {
                    FirstRow = firstRow,
                    Rows = Math.Min(Rows, Gemm.M - firstRow),
                    Start = k,
                    Depth = Math.Min(Gemm.DepthBlock, Gemm.K - k),
                    Block = block,
                    Panel = panel,
                };
                PackRows(slice, packsRows);
                int lastPanel = Math.Min(firstPanel + PanelsPerChunk, Panels);
                int group = Packed == null ? 1 : Math.Max(1, PanelGroup / slice.Depth);
                for (int p = firstPanel; p < lastPanel; p += group)
                {
                    RunPanels(slice, p, Math.Min(group, lastPanel - p), packsRows);
                }
            }
        }

        /// <summary>Packs all rows of the block, or only the last few that do not fill a tile.</summary>
        readonly void PackRows(in Slice s, bool all)
        {
            int first = all ? 0 : s.Rows / GemmTiles.Rows * GemmTiles.Rows;
            float* target = s.Block;
            for (int row = first; row < s.Rows; row += GemmTiles.Rows)
            {
                GemmPacking.Rows6(Gemm, s.FirstRow + row, s.Start, s.Depth, target);
                target += GemmTiles.Rows * s.Depth;
            }
        }

        /// <summary>Tile rows outside, panels inside: so the output is written in runs of many cache lines.</summary>
        readonly void RunPanels(in Slice s, int index, int count, bool packedRows)
        {
            float* panels = s.Panel;
            int column = (FirstPanel + index) * GemmTiles.Columns;
            if (Packed == null) GemmPacking.Panel(Gemm, s.Start, s.Depth, column, panels);
            else panels = Packed + ((((long)index * Gemm.K) + s.Start) * GemmTiles.Columns);
            float* block = s.Block;
            for (int row = 0; row < s.Rows; row += GemmTiles.Rows)
            {
                bool isPacked = packedRows || row + GemmTiles.Rows > s.Rows;
                var operands = new TileOperands
                {
                    A = isPacked ? block : Gemm.A + ((s.FirstRow + row) * Gemm.ARow) + s.Start,
                    RowStep = isPacked ? 1 : (nint)Gemm.ARow,
                    DepthStep = isPacked ? GemmTiles.Rows : 1,
                    B = panels,
                    Depth = s.Depth,
                };
                if (isPacked) block += GemmTiles.Rows * s.Depth;
                for (int p = 0; p < count; p++)
                {
                    RunTile(operands, s, row, column + (p * GemmTiles.Columns));
                    operands.B += (long)Gemm.K * GemmTiles.Columns;
                }
            }
        }

        readonly void RunTile(TileOperands operands, in Slice s, int row, int column)
        {
            int rows = Math.Min(GemmTiles.Rows, s.Rows - row);
            int columns = Math.Min(GemmTiles.Columns, Gemm.N - column);
            bool adds = Gemm.Accumulate || s.Start > 0;
            bool finishes = s.Start + s.Depth == Gemm.K && (Gemm.Bias != null || Gemm.Activation != Activation.None);
            float* c = Gemm.C + ((s.FirstRow + row) * Gemm.CRow) + column;
            if (rows == GemmTiles.Rows && columns == GemmTiles.Columns)
            {
                operands.OutputStep = (nint)Gemm.CRow;
                GemmTiles.SixRows(operands, c, adds);
                if (finishes) GemmTiles.Finish(c, (nint)Gemm.CRow, Gemm.Bias == null ? null : Gemm.Bias + column, Gemm.Activation);
                return;
            }
            RunEdge(operands, c, (rows, columns), adds, finishes ? column : -1);
        }

        /// <summary>A tile that the output does not hold whole is computed beside it, then copied.</summary>
        readonly void RunEdge(TileOperands operands, float* c, (int Rows, int Columns) extent, bool adds, int finishColumn)
        {
            float* tile = stackalloc float[GemmTiles.Rows * GemmTiles.Columns];
            float* bias = stackalloc float[GemmTiles.Columns];
            operands.OutputStep = GemmTiles.Columns;
            if (adds) Copy(c, Gemm.CRow, tile, GemmTiles.Columns, extent);
            if (extent.Rows == 1) GemmTiles.OneRow(operands, tile, adds);
            else GemmTiles.SixRows(operands, tile, adds);
            if (finishColumn >= 0)
            {
                for (int n = 0; n < extent.Columns && Gemm.Bias != null; n++) bias[n] = Gemm.Bias[finishColumn + n];
                GemmTiles.Finish(tile, GemmTiles.Columns, Gemm.Bias == null ? null : bias, Gemm.Activation);
            }
            Copy(tile, GemmTiles.Columns, c, Gemm.CRow, extent);
        }

        static void Copy(float* from, long fromStep, float* to, long toStep, (int Rows, int Columns) extent)
        {
            for (int r = 0; r < extent.Rows; r++)
            {
                for (int n = 0; n < extent.Columns; n++) to[(r * toStep) + n] = from[(r * fromStep) + n];
            }
        }
    }

    /// <summary>One depth block of a chunk.</summary>
    struct Slice
    {
        public int FirstRow;
        public int Rows;
        public int Start;
        public int Depth;

        /// <summary>Packed rows of a.</summary>
        public float* Block;

        /// <summary>Room for one packed panel of b.</summary>
        public float* Panel;
    }
}
