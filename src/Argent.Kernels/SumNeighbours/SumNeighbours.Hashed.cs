using System.Numerics;
using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// The candidates of a request go into a small table, and each neighbour of each past item is looked up there: a history of
/// 60 items with 200 neighbours each is 12,000 look-ups in a table that stays in the first level of the cache.
/// </summary>
static unsafe class SumNeighboursHashed
{
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
            // At most half full, so that look-ups stay short.
            int places = (int)BitOperations.RoundUpToPowerOf2((uint)(2 * count)), shift = 32 - BitOperations.Log2((uint)places);
            var table = (Entry*)ThreadMemory.ForChunk((long)places * sizeof(Entry));
            for (int i = 0; i < places; i++) table[i] = new Entry { Candidate = -1 };
            for (int c = 0; c < count; c++)
            {
                int candidate = Candidates[first + c];
                table[Place(table, candidate, shift)].Candidate = candidate;
            }
            for (int h = HistoryStart[chunk]; h < HistoryStart[chunk + 1]; h++) AddRow(table, shift, History[h]);
            for (int c = 0; c < count; c++)
            {
                Output[(first + c) * Columns] = table[Place(table, Candidates[first + c], shift)].Sum;
            }
        }

        readonly void AddRow(Entry* table, int shift, int row)
        {
            for (long n = RowStart[row]; n < RowStart[row + 1]; n++)
            {
                int place = Place(table, Neighbours[n], shift);
                if (table[place].Candidate >= 0) table[place].Sum += (float)Weights[n];
            }
        }

        /// <summary>Where a candidate is, or the free place where it would be.</summary>
        static int Place(Entry* table, int candidate, int shift)
        {
            // Fibonacci hashing: the upper bits of the product are spread best.
            int mask = (int)(uint.MaxValue >> shift), place = (int)((uint)candidate * 2654435769u >> shift);
            while (table[place].Candidate >= 0 && table[place].Candidate != candidate) place = (place + 1) & mask;
            return place;
        }
    }
}
