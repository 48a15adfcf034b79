using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// The candidates of a request go into a small hash table, and each neighbour of each past item is looked up there: 60 past
/// items with 200 neighbours each are 12,000 look-ups. Most are of no candidate: a bit set over the hashes, which stays in
/// the first-level cache, rules them out eight at a time.
/// </summary>
static unsafe class SumNeighboursAvx2
{
    // Neighbours that are looked at before those that may be candidates are added.
    const int PieceLength = 256;

    public static void Run(in SumNeighboursArgs args, Workers workers)
    {
        SumNeighboursReference.Check(in args);
        var work = new Work
        {
            RowStart = args.RowStart.Pointer,
            Neighbours = args.Neighbours.Pointer,
            Weights = args.Weights.Pointer,
            History = args.History.Pointer,
            HistoryStart = args.HistoryStart.Pointer,
            Candidates = args.Candidates.Pointer,
            CandidateStart = args.CandidateStart.Pointer,
            Output = args.Output.Pointer + args.Column,
            Columns = args.Output.Shape[1],
        };
        workers.Run(ref work, (int)args.CandidateStart.Count - 1);
    }

    [StructLayout(LayoutKind.Sequential)]
    struct Entry
    {
        public int Candidate;
        public float Sum;
    }

    struct Work : IChunkedWork
    {
        public long* RowStart;
        public int* Neighbours;
        public BFloat16* Weights;
        public int* History;
        public int* HistoryStart;
        public int* Candidates;
        public int* CandidateStart;
        public float* Output;
        public long Columns;

        public readonly void Run(int chunk)
        {
            int first = CandidateStart[chunk], count = CandidateStart[chunk + 1] - first;
            if (count == 0) return;
            var table = new Table(count);
            for (int c = 0; c < count; c++) table.Add(Candidates[first + c]);
            for (int h = HistoryStart[chunk]; h < HistoryStart[chunk + 1]; h++)
            {
                long row = RowStart[History[h]];
                AddRow(in table, Neighbours + row, (ushort*)Weights + row, RowStart[History[h] + 1] - row);
            }
            for (int c = 0; c < count; c++) Output[(first + c) * Columns] = table.Find(Candidates[first + c])->Sum;
        }

        // A neighbour comes once in a row, so those of a piece add to different sums: their order does not matter.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void AddRow(in Table table, int* neighbours, ushort* weights, long count)
        {
            int* orders = Compaction.Of32;
            int* ids = stackalloc int[PieceLength + 8];
            int* values = stackalloc int[PieceLength + 8];
            long n = 0;
            while (n + 8 <= count)
            {
                int kept = 0;
                for (long end = Math.Min(n + PieceLength, count - count % 8); n < end; n += 8)
                {
                    var eight = Avx.LoadVector256(neighbours + n);
                    int mask = table.MayHold(eight);
                    var order = Avx.LoadVector256(orders + mask * 8);
                    Avx.Store(ids + kept, Avx2.PermuteVar8x32(eight, order));
                    var wide = Avx2.ShiftLeftLogical(Avx2.ConvertToVector256Int32(weights + n), 16);
                    Avx.Store(values + kept, Avx2.PermuteVar8x32(wide, order));
                    kept += BitOperations.PopCount((uint)mask);
                }
                for (int i = 0; i < kept; i++) table.AddTo(ids[i], BitConverter.Int32BitsToSingle(values[i]));
            }
            for (; n < count; n++) table.AddTo(neighbours[n], BitConverter.Int32BitsToSingle(weights[n] << 16));
        }
    }

    /// <summary>Sums of candidates, in memory of the chunk.</summary>
    readonly struct Table
    {
        // Bits for each candidate: of 32 or more, a neighbour that is no candidate meets a set one in three of a hundred.
        const int BitsPerCandidate = 32;

        // The golden ratio: the upper bits of a product with it are spread best.
        const uint Spread = 2654435769;

        readonly Entry* _entries;
        readonly uint* _bits;
        readonly int _entryShift;
        readonly int _bitShift;

        public Table(int candidates)
        {
            // Entries are at most half full, so that look-ups stay short.
            long entries = BitOperations.RoundUpToPowerOf2((uint)(2 * candidates));
            long bits = (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp((long)candidates * BitsPerCandidate, 512, 1L << 30));
            _entryShift = 32 - BitOperations.Log2((ulong)entries);
            _bitShift = 32 - BitOperations.Log2((ulong)bits);
            long bytes = ThreadMemory.Aligned(entries * sizeof(Entry));
            _entries = (Entry*)ThreadMemory.ForChunk(bytes + bits / 8);
            _bits = (uint*)((byte*)_entries + bytes);
            new Span<ulong>(_bits, (int)(bits / 64)).Clear();
            for (long i = 0; i < entries; i++) _entries[i] = new Entry { Candidate = -1 };
        }

        /// <summary>Makes room for the sum of a candidate.</summary>
        public void Add(int candidate)
        {
            Find(candidate)->Candidate = candidate;
            uint bit = (uint)candidate * Spread >> _bitShift;
            _bits[bit >> 5] |= 1u << (int)(bit & 31);
        }

        /// <summary>A candidate's entry, or the free one where it would be.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Entry* Find(int candidate)
        {
            int mask = (int)(uint.MaxValue >> _entryShift), place = (int)((uint)candidate * Spread >> _entryShift);
            while (_entries[place].Candidate >= 0 && _entries[place].Candidate != candidate) place = (place + 1) & mask;
            return _entries + place;
        }

        /// <summary>Adds to the sum of what may be a candidate.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddTo(int neighbour, float weight)
        {
            // What is no candidate adds to a free entry, which nobody reads: cheaper than to ask.
            Find(neighbour)->Sum += weight;
        }

        /// <summary>A bit for each of eight neighbours: 0 where one is certainly no candidate.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int MayHold(Vector256<int> neighbours)
        {
            var spread = Avx2.MultiplyLow(neighbours, Vector256.Create(unchecked((int)Spread))).AsUInt32();
            var bit = Avx2.ShiftRightLogical(spread, Vector128.CreateScalar((uint)_bitShift));
            var words = Avx2.GatherVector256((int*)_bits, Avx2.ShiftRightLogical(bit, 5).AsInt32(), sizeof(int));
            // The bit comes to the sign's place.
            var turned = Avx2.ShiftLeftLogicalVariable(words, ~bit & Vector256.Create(31u));
            return Avx.MoveMask(turned.AsSingle());
        }
    }
}
