using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

static unsafe class ProbeAvx2
{
    // Queries whose vectors stay in the first-level cache while centroids stream past.
    const int TileQueries = 16;

    // Multiply-adds of a chunk: some 20 microseconds, well above the cost of handing it to a thread.
    const long ChunkWork = 1 << 20;

    public static void Run(in ProbeArgs args, Workers workers)
    {
        ProbeReference.Check(in args);
        int queries = (int)args.Queries.Shape[0], dim = (int)args.Queries.Shape[1], lists = (int)args.Centroids.Shape[0];
        if (queries == 0 || lists == 0) return;
        int tileQueries = Math.Min(TileQueries, queries);
        long perList = Math.Max(1, (long)tileQueries * dim);
        var dots = new DotWork
        {
            Queries = args.Queries.Pointer,
            Centroids = args.Centroids.Pointer,
            Bias = args.CentroidBias.Pointer,
            Scores = args.ListScores.Pointer,
            QueryCount = queries,
            ListCount = lists,
            Dim = dim,
            TileLists = (int)Math.Clamp((ChunkWork / perList + 7) / 8 * 8, 8, (lists + 7) / 8 * 8),
        };
        workers.Run(ref dots, (queries + TileQueries - 1) / TileQueries * dots.Columns);
        var select = new SelectWork
        {
            Scores = args.ListScores.Pointer,
            Lists = args.Lists.Pointer,
            ListCount = lists,
            Kept = (int)args.Lists.Shape[1],
        };
        workers.Run(ref select, queries);
    }

    struct DotWork : IChunkedWork
    {
        public float* Queries;
        public float* Centroids;
        public float* Bias;
        public float* Scores;
        public int QueryCount;
        public int ListCount;
        public int Dim;
        public int TileLists;

        public readonly int Columns => (ListCount + TileLists - 1) / TileLists;

        public readonly void Run(int chunk)
        {
            int firstQuery = chunk / Columns * TileQueries, endQuery = Math.Min(firstQuery + TileQueries, QueryCount);
            int firstList = chunk % Columns * TileLists, endList = Math.Min(firstList + TileLists, ListCount);
            float** rows = stackalloc float*[8];
            for (int list = firstList; list < endList; list += 8)
            {
                // Past the end, the last row again; its dots are not stored.
                for (int r = 0; r < 8; r++) rows[r] = Centroids + Math.Min(list + r, endList - 1) * (long)Dim;
                ScoreEight(rows, (list, Math.Min(8, endList - list)), (firstQuery, endQuery));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void ScoreEight(float** rows, (int First, int Count) lists, (int First, int End) queries)
        {
            float* eight = stackalloc float[8];
            for (int q = queries.First; q < queries.End; q++)
            {
                Avx.Store(eight, FloatRows.Dots(Queries + (long)q * Dim, rows, Dim));
                float* scores = Scores + (long)q * ListCount + lists.First;
                for (int i = 0; i < lists.Count; i++)
                {
                    scores[i] = Bias == null ? eight[i] : eight[i] + Bias[lists.First + i];
                }
            }
        }
    }

    struct SelectWork : IChunkedWork
    {
        public float* Scores;
        public int* Lists;
        public int ListCount;
        public int Kept;

        public readonly void Run(int query)
        {
            long bytes = ThreadMemory.Aligned((long)ListCount * sizeof(long));
            long* keys = (long*)ThreadMemory.ForChunk(2 * bytes);
            long* spare = (long*)((byte*)keys + bytes);
            MakeKeys(Scores + (long)query * ListCount, keys, ListCount);
            KeySelection.Partition(keys, ListCount, Kept, spare);
            KeySort.Sort(keys, Kept, spare);
            int* lists = Lists + (long)query * Kept;
            for (int p = 0; p < Kept; p++) lists[p] = (int)RankKey.Tie(keys[p]);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void MakeKeys(float* scores, long* keys, int count)
        {
            var lists = Vector256<int>.Indices;
            var worst = Vector256.Create(float.NegativeInfinity);
            int i = 0;
            for (; i + 8 <= count; i += 8)
            {
                // The maximum turns what is not a number into the worst score, the sum -0 into 0.
                var eight = Avx.Add(Avx.Max(Avx.LoadVector256(scores + i), worst), Vector256<float>.Zero);
                RankKey.Store(keys + i, RankKey.Upper(eight), lists);
                lists = Avx2.Add(lists, Vector256.Create(8));
            }
            for (; i < count; i++)
            {
                keys[i] = RankKey.Of(float.IsNaN(scores[i]) ? float.NegativeInfinity : scores[i] + 0f, (uint)i);
            }
        }
    }
}
