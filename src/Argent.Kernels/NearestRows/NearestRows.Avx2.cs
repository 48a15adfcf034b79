using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// The matrix product of rows and table without its result: each tile of scores meets the best so far while it is still in
/// registers. Tiles are 6 x 16 with AVX2 and 12 x 32 with AVX-512, which sum in the same order.
/// </summary>
static unsafe class NearestRowsAvx2
{
    public static void Run(in NearestRowsArgs args, Workers workers)
    {
        if (NearestTile512.IsSupported) NearestRows<NearestTile512>.Run(in args, workers);
        else NearestRows<NearestTile256>.Run(in args, workers);
    }
}

/// <summary>One size of tile.</summary>
unsafe interface INearestTile
{
    /// <summary>Rows of a tile.</summary>
    static abstract int Rows { get; }

    /// <summary>Table rows of a tile, which are the columns of its panel.</summary>
    static abstract int Columns { get; }

    /// <summary>Columns whose best is kept apart.</summary>
    static abstract int Lanes { get; }

    /// <summary>
    /// Scores a tile. A panel is [D, Columns] float32, then [Columns] biases; <paramref name="best"/> and
    /// <paramref name="found"/> are [Rows, Lanes] and raised where a score is larger.
    /// </summary>
    static abstract void Raise(float* rows, float* panel, int dim, int first, float* best, int* found);
}

static unsafe class NearestRows<TTile> where TTile : INearestTile
{
    /// <summary>Rows that walk the table together: with D = 128, 96 KB in a second-level cache. A multiple of both tiles.</summary>
    const int BlockRows = 192;

    public static void Run(in NearestRowsArgs args, Workers workers)
    {
        NearestRowsReference.Check(in args);
        int dim = (int)args.Rows.Shape[1];
        bool hasGroups = args.GroupStart.IsPresent;
        int columns = hasGroups ? (int)args.Candidates.Shape[1] : (int)args.Table.Shape[0];
        var work = new Work
        {
            Rows = args.Rows.Pointer,
            Table = args.Table.Pointer,
            Bias = args.Bias.Pointer,
            Start = args.GroupStart.Pointer,
            Members = args.Members.Pointer,
            Candidates = args.Candidates.Pointer,
            Nearest = args.Nearest.Pointer,
            Best = args.Best.Pointer,
            Count = args.Rows.Shape[0],
            Dim = dim,
            Columns = columns,
            Panels = (columns + TTile.Columns - 1) / TTile.Columns,
        };
        if (hasGroups)
        {
            workers.Run(ref work, (int)args.Candidates.Shape[0]);
            return;
        }
        work.Packed = (float*)ThreadMemory.ForCaller(work.PackedBytes);
        var pack = new PackWork { Of = work };
        workers.Run(ref pack, work.Panels);
        workers.Run(ref work, checked((int)((work.Count + BlockRows - 1) / BlockRows)));
    }

    struct PackWork : IChunkedWork
    {
        public Work Of;

        public readonly void Run(int panel) => Of.Pack(panel, null, Of.Packed);
    }

    struct Work : IChunkedWork
    {
        public float* Rows;
        public float* Table;
        public float* Bias;
        public int* Start;
        public int* Members;
        public int* Candidates;
        public int* Nearest;
        public float* Best;
        public long Count;
        public int Dim;
        public int Columns;
        public int Panels;

        /// <summary>The whole table; null when each group packs its own candidates.</summary>
        public float* Packed;

        public readonly long PackedBytes => ThreadMemory.Aligned((long)Panels * (Dim + 1) * TTile.Columns * sizeof(float));

        public readonly void Run(int chunk)
        {
            long blockBytes = ThreadMemory.Aligned((long)BlockRows * Dim * sizeof(float));
            long stateBytes = (long)BlockRows * TTile.Lanes * sizeof(float);
            byte* memory = ThreadMemory.ForChunk(blockBytes + (2 * stateBytes) + (Packed == null ? PackedBytes : 0));
            var block = new Block
            {
                Copy = (float*)memory,
                Best = (float*)(memory + blockBytes),
                Found = (int*)(memory + blockBytes + stateBytes),
                Packed = Packed,
            };
            if (Packed != null)
            {
                long first = (long)chunk * BlockRows;
                FindBlock(ref block, null, first, (int)Math.Min(BlockRows, Count - first));
                return;
            }
            int start = Start[chunk], end = Start[chunk + 1];
            if (start == end) return;
            block.Candidates = Candidates + (long)chunk * Columns;
            block.Packed = (float*)(memory + blockBytes + (2 * stateBytes));
            for (int p = 0; p < Panels; p++) Pack(p, block.Candidates, block.Packed);
            for (int first = start; first < end; first += BlockRows)
            {
                FindBlock(ref block, Members + first, 0, Math.Min(BlockRows, end - first));
            }
        }

        /// <summary>Finds for some rows: those that are listed, or <paramref name="first"/> and the next.</summary>
        readonly void FindBlock(ref Block block, int* listed, long first, int rows)
        {
            int tiles = (rows + TTile.Rows - 1) / TTile.Rows, padded = tiles * TTile.Rows;
            float* values = Rows + first * Dim;
            if (listed != null || padded != rows) values = CopyRows(block.Copy, listed, first, (rows, padded));
            new Span<float>(block.Best, padded * TTile.Lanes).Fill(float.NegativeInfinity);
            new Span<int>(block.Found, padded * TTile.Lanes).Clear();
            for (int p = 0; p < Panels; p++)
            {
                float* panel = block.Packed + ((long)p * (Dim + 1) * TTile.Columns);
                for (int t = 0; t < tiles; t++)
                {
                    int state = t * TTile.Rows * TTile.Lanes;
                    TTile.Raise(
                        values + ((long)t * TTile.Rows * Dim), panel, Dim, p * TTile.Columns, block.Best + state, block.Found + state);
                }
            }
            for (int r = 0; r < rows; r++) Write(block, r, listed == null ? first + r : listed[r]);
        }

        readonly float* CopyRows(float* copy, int* listed, long first, (int Rows, int Padded) count)
        {
            for (int r = 0; r < count.Padded; r++)
            {
                var to = new Span<float>(copy + ((long)r * Dim), Dim);
                if (r >= count.Rows) to.Clear();
                else new ReadOnlySpan<float>(Rows + ((listed == null ? first + r : listed[r]) * Dim), Dim).CopyTo(to);
            }
            return copy;
        }

        /// <summary>The largest of the lanes; of equal ones the lowest table row.</summary>
        readonly void Write(in Block block, int r, long row)
        {
            float* best = block.Best + (r * TTile.Lanes);
            int* found = block.Found + (r * TTile.Lanes);
            int at = 0;
            for (int lane = 1; lane < TTile.Lanes; lane++)
            {
                if (best[lane] > best[at] || (best[lane] == best[at] && found[lane] < found[at])) at = lane;
            }
            Nearest[row] = block.Candidates == null ? found[at] : block.Candidates[found[at]];
            if (Best != null) Best[row] = best[at];
        }

        /// <summary>Writes one panel of the table, or of the candidates; columns past the end get a bias that never wins.</summary>
        public readonly void Pack(int panel, int* candidates, float* packed)
        {
            float* to = packed + ((long)panel * (Dim + 1) * TTile.Columns);
            float** rows = stackalloc float*[4];
            for (int c = 0; c < TTile.Columns; c += 4)
            {
                for (int i = 0; i < 4; i++)
                {
                    int column = (panel * TTile.Columns) + c + i;
                    // Past the end any row will do, as its bias never wins.
                    int row = column >= Columns ? 0 : candidates == null ? column : candidates[column];
                    rows[i] = Table + ((long)row * Dim);
                    to[(Dim * TTile.Columns) + c + i] = column >= Columns ? float.NegativeInfinity : Bias == null ? 0f : Bias[row];
                }
                TransposeFour(rows, to + c);
            }
        }

        readonly void TransposeFour(float** rows, float* to)
        {
            int d = 0;
            for (; d + 4 <= Dim; d += 4)
            {
                var (r0, r1) = (Sse.LoadVector128(rows[0] + d), Sse.LoadVector128(rows[1] + d));
                var (r2, r3) = (Sse.LoadVector128(rows[2] + d), Sse.LoadVector128(rows[3] + d));
                var (low01, low23) = (Sse.UnpackLow(r0, r1), Sse.UnpackLow(r2, r3));
                var (high01, high23) = (Sse.UnpackHigh(r0, r1), Sse.UnpackHigh(r2, r3));
                float* at = to + (d * TTile.Columns);
                Sse.Store(at, Sse.MoveLowToHigh(low01, low23));
                Sse.Store(at + TTile.Columns, Sse.MoveHighToLow(low23, low01));
                Sse.Store(at + (2 * TTile.Columns), Sse.MoveLowToHigh(high01, high23));
                Sse.Store(at + (3 * TTile.Columns), Sse.MoveHighToLow(high23, high01));
            }
            for (; d < Dim; d++)
            {
                for (int i = 0; i < 4; i++) to[(d * TTile.Columns) + i] = rows[i][d];
            }
        }
    }

    /// <summary>Working memory of a chunk.</summary>
    struct Block
    {
        public float* Copy;
        public float* Best;
        public int* Found;
        public float* Packed;
        public int* Candidates;
    }
}
