using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

static unsafe class SumEmbeddingsAvx2
{
    /// <summary>Columns whose sums stay in registers while the ids of a bag are walked.</summary>
    const int Block = 64;

    public static void Run(in SumEmbeddingsArgs args, Workers workers)
    {
        SumEmbeddingsReference.Check(args);
        Checks.Rows("SumEmbeddings: an id", args.Ids, args.Table.Shape[0]);
        long bags = args.Output.Shape[0];
        if (bags == 0) return;
        var work = new Work
        {
            Table = args.Table.Pointer,
            Ids = args.Ids.Pointer,
            Start = args.Start.Pointer,
            Output = args.Output.Pointer,
            Pooling = args.Pooling,
            Bags = bags,
            Columns = args.Table.Shape[1],
            BagWork = args.Table.Shape[1] * ((args.Ids.Count / bags) + 1),
        };
        workers.Run(ref work, Chunks.RowCount(bags, work.BagWork));
    }

    struct Work : IChunkedWork
    {
        public float* Table;
        public int* Ids;
        public int* Start;
        public float* Output;
        public Pooling Pooling;
        public long Bags;
        public long Columns;

        /// <summary>Elements that a bag of the mean length sums.</summary>
        public long BagWork;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Bags, BagWork);
            for (long b = first; b < last; b++)
            {
                int count = 0;
                for (int j = Start[b]; j < Start[b + 1]; j++) count += Ids[j] >= 0 ? 1 : 0;
                float factor = SumEmbeddingsReference.Factor(Pooling, count);
                float* output = Output + (b * Columns);
                long d = 0;
                for (; d + Block <= Columns; d += Block) PoolBlock(b, d, factor, output + d);
                for (; d + 8 <= Columns; d += 8) PoolEight(b, d, factor, output + d);
                for (; d < Columns; d++) PoolOne(b, d, factor, output + d);
            }
        }

        readonly void PoolBlock(long b, long column, float factor, float* output)
        {
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            Vector256<float> s4 = default, s5 = default, s6 = default, s7 = default;
            for (int j = Start[b]; j < Start[b + 1]; j++)
            {
                if (Ids[j] < 0) continue;
                float* row = Table + (Ids[j] * Columns) + column;
                s0 = Avx.Add(s0, Avx.LoadVector256(row));
                s1 = Avx.Add(s1, Avx.LoadVector256(row + 8));
                s2 = Avx.Add(s2, Avx.LoadVector256(row + 16));
                s3 = Avx.Add(s3, Avx.LoadVector256(row + 24));
                s4 = Avx.Add(s4, Avx.LoadVector256(row + 32));
                s5 = Avx.Add(s5, Avx.LoadVector256(row + 40));
                s6 = Avx.Add(s6, Avx.LoadVector256(row + 48));
                s7 = Avx.Add(s7, Avx.LoadVector256(row + 56));
            }
            var f = Vector256.Create(factor);
            Avx.Store(output, Avx.Multiply(s0, f));
            Avx.Store(output + 8, Avx.Multiply(s1, f));
            Avx.Store(output + 16, Avx.Multiply(s2, f));
            Avx.Store(output + 24, Avx.Multiply(s3, f));
            Avx.Store(output + 32, Avx.Multiply(s4, f));
            Avx.Store(output + 40, Avx.Multiply(s5, f));
            Avx.Store(output + 48, Avx.Multiply(s6, f));
            Avx.Store(output + 56, Avx.Multiply(s7, f));
        }

        readonly void PoolEight(long b, long column, float factor, float* output)
        {
            var sum = Vector256<float>.Zero;
            for (int j = Start[b]; j < Start[b + 1]; j++)
            {
                if (Ids[j] >= 0) sum = Avx.Add(sum, Avx.LoadVector256(Table + (Ids[j] * Columns) + column));
            }
            Avx.Store(output, Avx.Multiply(sum, Vector256.Create(factor)));
        }

        readonly void PoolOne(long b, long column, float factor, float* output)
        {
            float sum = 0;
            for (int j = Start[b]; j < Start[b + 1]; j++)
            {
                if (Ids[j] >= 0) sum += Table[(Ids[j] * Columns) + column];
            }
            *output = sum * factor;
        }
    }
}
