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
            Seconds = args.Seconds.Pointer,
            Ties = args.Ties.Pointer,
            Top = args.Top.Pointer,
            Positions = args.Positions.Pointer,
            Columns = (int)args.Scores.Shape[1],
            Kept = (int)args.Top.Shape[1],
        };
        workers.Run(ref work, (int)args.Scores.Shape[0]);
    }

    struct RowWork : IChunkedWork
    {
        public float* Scores;
        public float* Seconds;
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
            long first = (long)row * Columns;
            new TieOrder
            {
                Seconds = Seconds == null ? null : Seconds + first,
                Ties = Ties == null ? null : Ties + first,
                Spare = spare,
            }.PutBestFirst(keys, count, kept, TieOrder.ByScore);
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
    }
}
