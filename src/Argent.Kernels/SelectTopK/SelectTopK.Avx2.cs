using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

static unsafe class SelectTopKAvx2
{
    public static void Run(in SelectTopKArgs args, Workers workers)
    {
        SelectTopKReference.Check(in args);
        var work = new RowWork
        {
            Scores = args.Scores.Pointer,
            Ties = args.Ties.Pointer,
            Top = args.Top.Pointer,
            Positions = args.Positions.Pointer,
            Columns = (int)args.Scores.Shape[1],
            Kept = (int)args.Top.Shape[1],
        };
        workers.Run(ref work, (int)args.Scores.Shape[0]);
    }

    /// <summary>What orders equal scores of one row, and room for as many keys as it has columns.</summary>
    struct TieOrder
    {
        public int* Ties;
        public long* Spare;
    }

    struct RowWork : IChunkedWork
    {
        public float* Scores;
        public int* Ties;
        public float* Top;
        public int* Positions;
        public int Columns;
        public int Kept;

        public readonly void Run(int row)
        {
            // Whole vectors are stored behind the last key.
            long bytes = ThreadMemory.Aligned((Columns + 8L) * sizeof(long));
            long* keys = (long*)ThreadMemory.ForChunk(2 * bytes);
            long* spare = (long*)((byte*)keys + bytes);
            float* scores = Scores + (long)row * Columns;
            int count = MakeKeys(scores, keys, Columns);
            int kept = Math.Min(Kept, count);
            KeySelection.Partition(keys, count, kept, spare);
            var order = new TieOrder { Ties = Ties + (long)row * Columns, Spare = spare };
            if (Ties != null && kept > 0) ChooseLastTies(keys, count, kept, in order);
            KeySort.Sort(keys, kept, spare);
            if (Ties != null) OrderTies(keys, kept, in order);
            float* top = Top + (long)row * Kept;
            int* positions = Positions + (long)row * Kept;
            for (int k = 0; k < kept; k++)
            {
                positions[k] = (int)RankKey.Tie(keys[k]);
                top[k] = scores[positions[k]];
            }
            new Span<float>(top + kept, Kept - kept).Fill(float.NegativeInfinity);
            new Span<int>(positions + kept, Kept - kept).Fill(-1);
        }

        /// <summary>Keys of score and position, without empty places; returns their number.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static int MakeKeys(float* scores, long* keys, int count)
        {
            int* orders = Compaction.Of32;
            var lowest = Vector256.Create(float.NegativeInfinity);
            var positions = Vector256<int>.Indices;
            int made = 0, i = 0;
            for (; i + 8 <= count; i += 8, positions = Avx2.Add(positions, Vector256.Create(8)))
            {
                var eight = Avx.LoadVector256(scores + i);
                int mask = Avx.MoveMask(Avx.CompareGreaterThan(eight, lowest));
                var order = Avx.LoadVector256(orders + mask * 8);
                // The sum turns -0 into 0, which it equals.
                var upper = RankKey.Upper(Avx.Add(eight, Vector256<float>.Zero));
                RankKey.Store(keys + made, Avx2.PermuteVar8x32(upper, order), Avx2.PermuteVar8x32(positions, order));
                made += BitOperations.PopCount((uint)mask);
            }
            for (; i < count; i++)
            {
                if (scores[i] > float.NegativeInfinity) keys[made++] = RankKey.Of(scores[i] + 0f, (uint)i);
            }
            return made;
        }

        /// <summary>
        /// The kept keys are the best by score and position. Of those with the last kept score, chooses again, by tie.
        /// </summary>
        static void ChooseLastTies(long* keys, int count, int kept, in TieOrder order)
        {
            long last = KeySelection.Largest(keys, kept) >> 32;
            int better = MoveFirst(keys, kept, last), equal = better;
            for (int i = better; i < count; i++)
            {
                if (keys[i] >> 32 == last) (keys[equal], keys[i], equal) = (keys[i], keys[equal], equal + 1);
            }
            if (equal <= kept) return;
            ByTie(keys + better, equal - better, order.Ties);
            KeySelection.Partition(keys + better, equal - better, kept - better, order.Spare);
            ByScore(keys + better, kept - better, last);
        }

        /// <summary>Moves the keys better than upper half <paramref name="last"/> to the front; returns their number.</summary>
        static int MoveFirst(long* keys, int count, long last)
        {
            int better = 0;
            for (int i = 0; i < count; i++)
            {
                if (keys[i] >> 32 < last) (keys[better], keys[i], better) = (keys[i], keys[better], better + 1);
            }
            return better;
        }

        /// <summary>Orders each run of equal scores by tie, then position.</summary>
        static void OrderTies(long* keys, int count, in TieOrder order)
        {
            for (int start = 0; start < count;)
            {
                long upper = keys[start] >> 32;
                int end = start + 1;
                while (end < count && keys[end] >> 32 == upper) end++;
                if (end - start > 1)
                {
                    ByTie(keys + start, end - start, order.Ties);
                    KeySort.Sort(keys + start, end - start, order.Spare);
                    ByScore(keys + start, end - start, upper);
                }
                start = end;
            }
        }

        static void ByTie(long* keys, int count, int* ties)
        {
            for (int i = 0; i < count; i++)
            {
                uint position = RankKey.Tie(keys[i]);
                keys[i] = ((long)ties[position] << 32) | position;
            }
        }

        static void ByScore(long* keys, int count, long upper)
        {
            for (int i = 0; i < count; i++) keys[i] = (upper << 32) | RankKey.Tie(keys[i]);
        }
    }
}
