using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

static unsafe class QuantizeRowsAvx2
{
    const int ChunkRows = 256;
    const int FiniteBitsMax = 0x7F7FFFFF;

    public static void Run(in QuantizeRowsArgs args, Workers workers)
    {
        QuantizeRowsReference.Check(in args);
        long notFinite = long.MaxValue;
        var work = new RowWork
        {
            Rows = args.Rows.Pointer,
            Center = args.Center.Pointer,
            Codes = args.Codes.Pointer,
            Scales = args.Scales.Pointer,
            RowCount = args.Rows.Shape[0],
            Dim = args.Rows.Shape[1],
            PaddedDim = args.Codes.Shape[1],
            FixedScale = args.Scale,
            NotFinite = &notFinite,
        };
        workers.Run(ref work, checked((int)((work.RowCount + ChunkRows - 1) / ChunkRows)));
        if (notFinite != long.MaxValue) throw QuantizeRowsReference.NotFinite(notFinite, args.Rows.Shape);
        for (long r = 0; r < args.Clamped.Count; r++)
        {
            args.Clamped.Pointer[r] = QuantizeRowsReference.Clamped(in args, work.Rows + r * work.Dim, args.Scale);
        }
    }

    struct RowWork : IChunkedWork
    {
        public float* Rows;
        public float* Center;
        public sbyte* Codes;
        public float* Scales;
        public long RowCount;
        public long Dim;
        public long PaddedDim;
        public float FixedScale;
        public long* NotFinite;

        public readonly void Run(int chunk)
        {
            long first = (long)chunk * ChunkRows, end = Math.Min(first + ChunkRows, RowCount);
            for (long r = first; r < end; r++)
            {
                float* row = Rows + r * Dim;
                int maxBits = LargestBits(row);
                if (maxBits > FiniteBitsMax)
                {
                    Lower(r);
                    return;
                }
                float scale = FixedScale > 0 ? FixedScale : BitConverter.Int32BitsToSingle(maxBits) / QuantizeRowsReference.CodeMax;
                Scales[r] = scale;
                Encode(row, scale, Codes + r * PaddedDim);
            }
        }

        /// <summary>Notes the first row that is not finite, whichever thread sees it first.</summary>
        readonly void Lower(long row)
        {
            ref long first = ref Unsafe.AsRef<long>(NotFinite);
            for (long seen = first; row < seen; seen = first)
            {
                if (Interlocked.CompareExchange(ref first, row, seen) == seen) return;
            }
        }

        /// <summary>
        /// The largest absolute value, as bits: absolute values order as integers do, with what is not finite on top.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly int LargestBits(float* row)
        {
            var largest = Vector256<int>.Zero;
            var absolute = Vector256.Create(int.MaxValue);
            long d = 0;
            for (; d + 8 <= Dim; d += 8) largest = Avx2.Max(largest, Avx2.And(Centered(row, d).AsInt32(), absolute));
            int max = 0;
            for (int lane = 0; lane < 8; lane++) max = Math.Max(max, largest.GetElement(lane));
            for (; d < Dim; d++) max = Math.Max(max, BitConverter.SingleToInt32Bits(CenteredAt(row, d)) & int.MaxValue);
            return max;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Encode(float* row, float scale, sbyte* codes)
        {
            long d = 0;
            if (scale > 0)
            {
                var scales = Vector256.Create(scale);
                var max = Vector256.Create(QuantizeRowsReference.CodeMax);
                for (; d + 8 <= Dim; d += 8)
                {
                    var values = Avx.Divide(Centered(row, d), scales);
                    values = Avx.Min(Avx.Max(values, -max), max);
                    // Rounds half to even, as the processor does unless told otherwise.
                    var whole = Avx.ConvertToVector256Int32(values);
                    var words = Sse2.PackSignedSaturate(whole.GetLower(), whole.GetUpper());
                    *(long*)(codes + d) = Sse2.PackSignedSaturate(words, words).AsInt64().ToScalar();
                }
                for (; d < Dim; d++)
                {
                    float value = CenteredAt(row, d) / scale;
                    codes[d] = QuantizeRowsReference.Code(value);
                }
            }
            new Span<sbyte>(codes + d, (int)(PaddedDim - d)).Clear();
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly Vector256<float> Centered(float* row, long d)
        {
            var values = Avx.LoadVector256(row + d);
            return Center == null ? values : Avx.Subtract(values, Avx.LoadVector256(Center + d));
        }

        readonly float CenteredAt(float* row, long d) => Center == null ? row[d] : row[d] - Center[d];
    }
}
