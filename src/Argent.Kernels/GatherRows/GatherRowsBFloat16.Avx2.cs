using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

static unsafe class GatherRowsBFloat16Avx2
{
    /// <summary>Cache lines to ask of memory ahead of their use, as the rows of candidates are anywhere.</summary>
    const int AheadLines = 64;

    public static void Run(in GatherRowsBFloat16Args args, Workers workers)
    {
        GatherRowsBFloat16Reference.Check(args);
        long columns = args.Table.Shape[1], lines = Math.Max(1, columns * sizeof(ushort) / 64);
        var work = new Work
        {
            Table = (ushort*)args.Table.Pointer,
            Indices = args.Indices.Pointer,
            Rows = args.Rows.Pointer,
            Count = args.Indices.Count,
            Columns = columns,
            AheadRows = Math.Max(1, AheadLines / lines),
        };
        workers.Run(ref work, Chunks.RowCount(work.Count, columns));
    }

    struct Work : IChunkedWork
    {
        public ushort* Table;
        public int* Indices;
        public float* Rows;
        public long Count;
        public long Columns;
        public long AheadRows;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Count, Columns);
            for (long i = first; i < Math.Min(first + AheadRows, last); i++) Ask(Indices[i]);
            for (long i = first; i < last; i++)
            {
                // The first rows of the next chunk are asked for here as well: one thread takes chunks in order.
                if (i + AheadRows < Count) Ask(Indices[i + AheadRows]);
                float* row = Rows + (i * Columns);
                if (Indices[i] < 0) NativeMemory.Clear(row, (nuint)Columns * sizeof(float));
                else BFloat16Rows.Widen(Table + (Indices[i] * Columns), row, Columns);
            }
        }

        readonly void Ask(long index)
        {
            byte* row = (byte*)(Table + (Math.Max(index, 0) * Columns));
            for (long at = 0; at < Columns * sizeof(ushort); at += 64) Sse.Prefetch0(row + at);
        }
    }
}
