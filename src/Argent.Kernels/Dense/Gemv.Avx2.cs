using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// One row times a matrix whose columns are contiguous (weights of a dense layer). Blocks of 8 x 8 are transposed in
/// registers instead of packed, and every sum runs in the order of the tiles: one request gives the bits of a batch.
/// </summary>
static unsafe class GemvAvx2
{
    /// <summary>Multiply-adds of a chunk: some 20 microseconds.</summary>
    const int ChunkWork = 1 << 18;

    public static void Run(in Gemm g, Workers workers)
    {
        int groups = (g.N + 7) / 8;
        var work = new Work { Gemm = g, GroupsPerChunk = Math.Max(1, ChunkWork / (8 * g.K)) };
        workers.Run(ref work, (groups + work.GroupsPerChunk - 1) / work.GroupsPerChunk);
    }

    /// <summary>All columns, on the calling thread.</summary>
    public static void Columns(in Gemm g) => new Work { Gemm = g, GroupsPerChunk = (g.N + 7) / 8 }.Run(0);

    struct Work : IChunkedWork
    {
        public Gemm Gemm;
        public int GroupsPerChunk;

        public readonly void Run(int chunk)
        {
            int n = chunk * GroupsPerChunk * 8;
            int last = (int)Math.Min(Gemm.N, n + (GroupsPerChunk * 8L));
            // Two groups at a time: one chain of dependent additions would wait for itself.
            for (; n + 16 <= last; n += 16) Groups(n, n + 8);
            if (n + 8 <= last)
            {
                Groups(n, n);
                n += 8;
            }
            if (n < last) Rest(n, last - n);
        }

        readonly void Groups(int n0, int n1)
        {
            var total0 = Gemm.Accumulate ? Avx.LoadVector256(Gemm.C + n0) : Vector256<float>.Zero;
            var total1 = Gemm.Accumulate ? Avx.LoadVector256(Gemm.C + n1) : Vector256<float>.Zero;
            for (int k = 0; k < Gemm.K; k += Gemm.DepthBlock)
            {
                bool adds = k > 0 || Gemm.Accumulate;
                int depth = Math.Min(Gemm.DepthBlock, Gemm.K - k);
                var (sum0, sum1) = Sums(Gemm.A + (k * Gemm.AColumn), n0, n1, (k, depth));
                total0 = adds ? Avx.Add(total0, sum0) : sum0;
                total1 = adds ? Avx.Add(total1, sum1) : sum1;
            }
            Finish(n0, total0);
            if (n1 != n0) Finish(n1, total1);
        }

        readonly void Finish(int n, Vector256<float> total)
        {
            if (Gemm.Bias != null) total = Avx.Add(total, Avx.LoadVector256(Gemm.Bias + n));
            Avx.Store(Gemm.C + n, Exponentials.Apply(Gemm.Activation, total));
        }

        /// <summary>Fewer than eight columns: the same sums on a copy, padded with its last column.</summary>
        readonly void Rest(int n, int count)
        {
            float* columns = stackalloc float[8];
            for (int i = 0; i < count; i++)
            {
                float* b = Gemm.B + ((n + i) * Gemm.BColumn);
                float total = Gemm.Accumulate ? Gemm.C[n + i] : 0f;
                for (int k = 0; k < Gemm.K; k += Gemm.DepthBlock)
                {
                    float sum = 0;
                    int end = Math.Min(k + Gemm.DepthBlock, Gemm.K);
                    for (int d = k; d < end; d++) sum = MathF.FusedMultiplyAdd(Gemm.A[d * Gemm.AColumn], b[d], sum);
                    total = k == 0 && !Gemm.Accumulate ? sum : total + sum;
                }
                columns[i] = Gemm.Bias == null ? total : total + Gemm.Bias[n + i];
            }
            var result = Exponentials.Apply(Gemm.Activation, Avx.LoadVector256(columns));
            for (int i = 0; i < count; i++) Gemm.C[n + i] = result[i];
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly (Vector256<float> Sum0, Vector256<float> Sum1) Sums(
            float* a, int n0, int n1, (int Start, int Count) depth)
        {
            long step = Gemm.BColumn, next = Gemm.AColumn;
            float* b0 = Gemm.B + (n0 * step) + depth.Start;
            float* b1 = Gemm.B + (n1 * step) + depth.Start;
            Vector256<float> sum0 = default, sum1 = default;
            int k = 0;
            for (; k + 8 <= depth.Count; k += 8)
            {
                sum0 = AddEight(a, next, b0 + k, step, sum0);
                sum1 = AddEight(a, next, b1 + k, step, sum1);
                a += 8 * next;
            }
            for (; k < depth.Count; k++)
            {
                sum0 = Fma.MultiplyAdd(Vector256.Create(*a), Column(b0 + k, step), sum0);
                sum1 = Fma.MultiplyAdd(Vector256.Create(*a), Column(b1 + k, step), sum1);
                a += next;
            }
            return (sum0, sum1);
        }

        static Vector256<float> Column(float* b, long step) => Vector256.Create(
            b[0], b[step], b[2 * step], b[3 * step], b[4 * step], b[5 * step], b[6 * step], b[7 * step]);

        /// <summary>Eight depths of eight columns.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<float> AddEight(float* a, long next, float* b, long step, Vector256<float> sum)
        {
            var (r0, r4) = GemmPacking.Pair(b, 4 * step);
            var (r1, r5) = GemmPacking.Pair(b + step, 4 * step);
            var (r2, r6) = GemmPacking.Pair(b + (2 * step), 4 * step);
            var (r3, r7) = GemmPacking.Pair(b + (3 * step), 4 * step);
            sum = AddFour(a, next, (r0, r1, r2, r3), sum);
            return AddFour(a + (4 * next), next, (r4, r5, r6, r7), sum);
        }

        /// <summary>Four depths of eight columns, given as rows 0 and 4, 1 and 5, 2 and 6, 3 and 7 of four floats.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<float> AddFour(
            float* a,
            long next,
            (Vector256<float> R0, Vector256<float> R1, Vector256<float> R2, Vector256<float> R3) b,
            Vector256<float> sum)
        {
            var low01 = Avx.UnpackLow(b.R0, b.R1);
            var low23 = Avx.UnpackLow(b.R2, b.R3);
            var high01 = Avx.UnpackHigh(b.R0, b.R1);
            var high23 = Avx.UnpackHigh(b.R2, b.R3);
            sum = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(a), Avx.Shuffle(low01, low23, 0x44), sum);
            sum = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(a + next), Avx.Shuffle(low01, low23, 0xEE), sum);
            sum = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(a + (2 * next)), Avx.Shuffle(high01, high23, 0x44), sum);
            return Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(a + (3 * next)), Avx.Shuffle(high01, high23, 0xEE), sum);
        }
    }
}
