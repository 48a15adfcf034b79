using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

static unsafe class ScoreCandidatesAvx2
{
    // Rows at a time; for several heads they are widened into the first-level cache, then dotted with each.
    const int TileRows = 8;

    const int ChunkCandidates = 512;

    // Rows to ask of memory ahead of their use: the slots of candidates are anywhere.
    const int AheadRows = 24;

    public static void Run(in ScoreCandidatesArgs args, Workers workers)
    {
        ScoreCandidatesReference.Check(in args);
        var work = new CandidateWork
        {
            Queries = args.Queries.Pointer,
            Embeddings = (ushort*)args.Embeddings.Pointer,
            Bias = args.Bias.Pointer,
            Slots = args.Slots.Pointer,
            Scores = args.Scores.Pointer,
            Candidates = (int)args.Slots.Shape[1],
            Heads = (int)args.Scores.Shape[2],
            Dim = (int)args.Queries.Shape[1],
        };
        workers.Run(ref work, checked((int)args.Slots.Shape[0] * work.Parts));
    }

    struct CandidateWork : IChunkedWork
    {
        public float* Queries;
        public ushort* Embeddings;
        public float* Bias;
        public int* Slots;
        public float* Scores;
        public int Candidates;
        public int Heads;
        public int Dim;

        public readonly int Parts => (Candidates + ChunkCandidates - 1) / ChunkCandidates;

        public readonly void Run(int chunk)
        {
            long request = chunk / Parts;
            int first = chunk % Parts * ChunkCandidates, end = Math.Min(first + ChunkCandidates, Candidates);
            int* slots = Slots + request * Candidates;
            float* tile = (float*)ThreadMemory.ForChunk((long)TileRows * Dim * sizeof(float));
            Prefetch(slots, first, Math.Min(first + AheadRows, end));
            for (int c = first; c < end; c += TileRows)
            {
                int count = Math.Min(TileRows, end - c);
                Prefetch(slots, c + AheadRows, Math.Min(c + AheadRows + TileRows, end));
                var at = (request, request * Candidates + c);
                if (Heads == 1) ScoreRows(slots + c, count, at);
                else ScoreTile(tile, slots + c, count, at);
            }
        }

        readonly void Prefetch(int* slots, int first, int end)
        {
            for (int c = first; c < end; c++)
            {
                long slot = Math.Max(slots[c], 0);
                byte* row = (byte*)(Embeddings + slot * Dim);
                for (int line = 0; line < Dim * sizeof(ushort); line += 64) Sse.Prefetch0(row + line);
                if (Bias != null) Sse.Prefetch0(Bias + slot);
            }
        }

        /// <summary>One head: rows are widened on the way to the dot.</summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void ScoreRows(int* slots, int count, (long Request, long Candidate) at)
        {
            ushort** rows = stackalloc ushort*[TileRows];
            float* eight = stackalloc float[TileRows];
            // Past the last candidate, and where there is none, some row: its dot is not stored.
            for (int i = 0; i < TileRows; i++) rows[i] = Embeddings + (long)Math.Max(slots[Math.Min(i, count - 1)], 0) * Dim;
            Avx.Store(eight, FloatRows.Dots(Queries + at.Request * Dim, rows, Dim));
            for (int i = 0; i < count; i++)
            {
                int slot = slots[i];
                float bias = Bias == null || slot < 0 ? 0f : Bias[slot];
                Scores[at.Candidate + i] = slot < 0 ? float.NegativeInfinity : eight[i] + bias;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void ScoreTile(float* tile, int* slots, int count, (long Request, long Candidate) at)
        {
            float** rows = stackalloc float*[TileRows];
            float* eight = stackalloc float[TileRows];
            for (int i = 0; i < TileRows; i++)
            {
                rows[i] = tile + (long)i * Dim;
                int slot = slots[Math.Min(i, count - 1)];
                BFloat16Rows.Widen(Embeddings + (long)Math.Max(slot, 0) * Dim, rows[i], slot < 0 ? 0 : Dim);
            }
            for (int h = 0; h < Heads; h++)
            {
                Avx.Store(eight, FloatRows.Dots(Queries + (at.Request * Heads + h) * Dim, rows, Dim));
                float* scores = Scores + at.Candidate * Heads + h;
                for (int i = 0; i < count; i++)
                {
                    int slot = slots[i];
                    float bias = Bias == null || slot < 0 ? 0f : Bias[slot];
                    scores[(long)i * Heads] = slot < 0 ? float.NegativeInfinity : eight[i] + bias;
                }
            }
        }
    }
}
