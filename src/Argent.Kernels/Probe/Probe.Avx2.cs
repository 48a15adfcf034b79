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

    /// <summary>With fewer tiles than this, and many lists, the lists are divided too.</summary>
    const int TilesFew = 8;

    /// <summary>Lists of a part: for one query some 10 microseconds or more, well above the cost of handing it to a thread.</summary>
    const int PartLists = 4096;

    const int PartsMax = 16;

    /// <summary>Lists that are kept where lists are divided; with more, choosing among the parts costs too much.</summary>
    const int PartsKeptMax = 1024;

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
            Parts = 1,
        };
        int tiles = (queries + work.TileQueries - 1) / work.TileQueries;
        if (tiles >= TilesFew || kept > PartsKeptMax || lists < 2 * PartLists) workers.Run(ref work, tiles);
        else RunParts(work, tiles, workers);
    }

    /// <summary>Every part of the lists gives its best, then each query chooses among them.</summary>
    static void RunParts(TileWork work, int tiles, Workers workers)
    {
        work.Parts = Math.Min(work.ListCount / PartLists, PartsMax);
        long keysEach = ListSelection.RoomForParts(work.Kept, work.Parts);
        long counts = ThreadMemory.Aligned((long)work.QueryCount * work.Parts * sizeof(int));
        byte* memory = ThreadMemory.ForCaller(counts + (work.QueryCount * keysEach * sizeof(long)));
        work.PartCounts = (int*)memory;
        work.PartKeys = (long*)(memory + counts);
        work.KeysEach = keysEach;
        workers.Run(ref work, tiles * work.Parts);
        var choice = new ChoiceWork { Tiles = work };
        workers.Run(ref choice, work.QueryCount);
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

        /// <summary>Parts of the lists; with several, what each query keeps of each goes to the fields below.</summary>
        public int Parts;
        public int* PartCounts; // [Q, Parts]
        public long* PartKeys; // [Q, KeysEach]
        public long KeysEach;

        public readonly void Run(int chunk)
        {
            int part = chunk % Parts;
            int first = chunk / Parts * TileQueries, count = Math.Min(TileQueries, QueryCount - first);
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
            var (start, end) = PartOf(part);
            for (int list = start; list < end; list += BlockLists)
            {
                int lists = Math.Min(BlockLists, end - list);
                Multiply((first, count), (list, lists), scores);
                for (int q = 0; q < count; q++) selections[q].Add(scores + ((long)q * BlockLists), list, lists, spare);
            }
            for (int q = 0; q < count; q++)
            {
                if (Parts == 1) Finish(ref selections[q], first + q, spare);
                else Keep(ref selections[q], first + q, part, spare);
            }
        }

        /// <summary>Writes a query's lists.</summary>
        public readonly void Finish(ref ListSelection selection, int query, long* spare)
        {
            long at = (long)query * Kept;
            selection.Finish(Lists + at, Scores == null ? null : Scores + at, spare);
        }

        readonly void Keep(ref ListSelection selection, int query, int part, long* spare)
        {
            long* keys = PartKeys + (query * KeysEach) + ((long)part * Kept);
            PartCounts[(long)query * Parts + part] = selection.Take(keys, spare);
        }

        /// <summary>Whole blocks, the last part with what is left over.</summary>
        readonly (int Start, int End) PartOf(int part)
        {
            int blocks = (ListCount + BlockLists - 1) / BlockLists;
            int start = (int)((long)blocks * part / Parts) * BlockLists, end = (int)((long)blocks * (part + 1) / Parts) * BlockLists;
            return (start, Math.Min(end, ListCount));
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

    /// <summary>Chooses a query's lists among the best of each part.</summary>
    struct ChoiceWork : IChunkedWork
    {
        public TileWork Tiles;

        public readonly void Run(int query)
        {
            int kept = Tiles.Kept, count = 0;
            long* keys = Tiles.PartKeys + (query * Tiles.KeysEach);
            for (int part = 0; part < Tiles.Parts; part++)
            {
                int taken = Tiles.PartCounts[(long)query * Tiles.Parts + part];
                new Span<long>(keys + ((long)part * kept), taken).CopyTo(new Span<long>(keys + count, taken));
                count += taken;
            }
            var selection = ListSelection.From(keys, count, kept);
            Tiles.Finish(ref selection, query, (long*)ThreadMemory.ForChunk(Tiles.KeysEach * sizeof(long)));
        }
    }
}
