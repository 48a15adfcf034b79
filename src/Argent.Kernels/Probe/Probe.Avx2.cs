namespace Argent.Kernels;

/// <summary>
/// A tile of queries is multiplied with a block of lists, whose scores stay in the second-level cache, and each query
/// takes what it needs of them before the next block: scores never go to memory.
/// </summary>
static unsafe class ProbeAvx2
{
    /// <summary>Lists of a block: with 48 queries 192 KB of scores.</summary>
    const int BlockLists = 1024;

    /// <summary>Queries of a tile are a multiple of the rows of every tile of the product.</summary>
    const int TileUnit = 12;

    const int TileMax = 48;

    /// <summary>Tiles to aim for, so that several threads have work; a constant, as bounds must not depend on threads.</summary>
    const int TilesWanted = 16;

    /// <summary>Bytes of keys of a tile, as far as one query needs no more.</summary>
    const long KeyBytesMax = 4 << 20;

    public static void Run(in ProbeArgs args, Workers workers)
    {
        ProbeReference.Check(in args);
        int queries = (int)args.Queries.Shape[0], dim = (int)args.Queries.Shape[1], lists = (int)args.Centroids.Shape[0];
        int kept = (int)args.Lists.Shape[1];
        if (queries == 0 || kept == 0) return;
        int room = ListSelection.RoomFor(kept, Math.Min(lists, BlockLists));
        int spread = (queries / TilesWanted + TileUnit - 1) / TileUnit * TileUnit;
        int tileMax = (int)Math.Clamp(KeyBytesMax / (room * sizeof(long)), 1, TileMax);
        var work = new TileWork
        {
            Queries = args.Queries.Pointer,
            Panels = args.CentroidPanels.IsPresent ? args.CentroidPanels.Pointer : Pack(in args, workers),
            Bias = args.CentroidBias.Pointer,
            Lists = args.Lists.Pointer,
            Scores = args.Scores.Pointer,
            QueryCount = queries,
            ListCount = lists,
            Dim = dim,
            Kept = kept,
            Room = room,
            TileQueries = Math.Min(Math.Max(spread, TileUnit), tileMax),
        };
        workers.Run(ref work, (queries + work.TileQueries - 1) / work.TileQueries);
    }

    static float* Pack(in ProbeArgs args, Workers workers)
    {
        float* panels = (float*)CallerMemory.Rent(RowPanels.ShapeOf(args.Centroids.Shape).Count * sizeof(float));
        RowPanels.Pack(args.Centroids, panels, workers);
        return panels;
    }

    struct TileWork : IChunkedWork
    {
        public float* Queries;
        public float* Panels;
        public float* Bias;
        public int* Lists;
        public float* Scores;
        public int QueryCount;
        public int ListCount;
        public int Dim;
        public int Kept;
        public int Room;
        public int TileQueries;

        public readonly void Run(int chunk)
        {
            int first = chunk * TileQueries, count = Math.Min(TileQueries, QueryCount - first);
            long scoreBytes = (long)count * BlockLists * sizeof(float), keyBytes = ThreadMemory.Aligned((long)Room * sizeof(long));
            byte* memory = ThreadMemory.ForChunk(scoreBytes + ((count + 1) * keyBytes));
            float* scores = (float*)memory;
            long* spare = (long*)(memory + scoreBytes);
            var selections = stackalloc ListSelection[TileMax];
            for (int q = 0; q < count; q++)
            {
                selections[q] = new ListSelection { Keys = (long*)((byte*)spare + ((q + 1) * keyBytes)), Kept = Kept, Room = Room };
                selections[q].Clear();
            }
            for (int list = 0; list < ListCount; list += BlockLists)
            {
                int lists = Math.Min(BlockLists, ListCount - list);
                Multiply((first, count), (list, lists), scores);
                for (int q = 0; q < count; q++) selections[q].Add(scores + ((long)q * BlockLists), list, lists, spare);
            }
            for (int q = 0; q < count; q++)
            {
                long at = (long)(first + q) * Kept;
                selections[q].Finish(Lists + at, Scores == null ? null : Scores + at, spare);
            }
        }

        readonly void Multiply((int First, int Count) queries, (int First, int Count) lists, float* scores) =>
            GemmAvx2.RunHere(new Gemm
            {
                A = Queries + ((long)queries.First * Dim),
                ARow = Dim,
                AColumn = 1,
                Panels = Panels + ((long)lists.First * Dim),
                C = scores,
                CRow = BlockLists,
                Bias = Bias == null ? null : Bias + lists.First,
                M = queries.Count,
                N = lists.Count,
                K = Dim,
            });
    }
}
