using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

static unsafe class MixLogitsAvx2
{
    const int Lanes = 8;

    public static void Run(in MixLogitsArgs args, Workers workers)
    {
        MixLogitsReference.Check(args);
        var work = new Work
        {
            Logits = args.Logits.Pointer,
            UserGates = args.UserGates.Pointer,
            Request = args.Request.Pointer,
            Items = args.Items.Pointer + args.ItemColumn,
            ItemStep = args.Items.Shape[1],
            PairGates = args.PairGates.Pointer,
            Keep = args.Keep.Pointer,
            Values = args.Values.Pointer,
            Scale = args.Scale,
            Candidates = args.Logits.Shape[0],
            Tasks = args.Values.Shape[1],
            Count = checked((int)args.Logits.Shape[1]),
        };
        workers.Run(ref work, Chunks.RowCount(work.Candidates, work.Tasks * work.Count));
    }

    struct Work : IChunkedWork
    {
        public float* Logits;
        public float* UserGates;
        public int* Request;
        public float* Items;
        public long ItemStep;
        public float* PairGates;
        public float* Keep;
        public float* Values;
        public float Scale;
        public long Candidates;
        public long Tasks;
        public int Count;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Candidates, Tasks * Count);
            float* gates = (float*)ThreadMemory.ForChunk((Count + Lanes) * sizeof(float));
            long width = Tasks * Count;
            for (long c = first; c < last; c++)
            {
                for (long t = 0; t < Tasks; t++)
                {
                    long at = t * Count;
                    float* user = UserGates + (Request[c] * width) + at;
                    var max = Add(user, Items + (c * ItemStep) + at, PairGates + (c * width) + at, gates);
                    float* keep = Keep == null ? null : Keep + (c * width) + at;
                    Values[(c * Tasks) + t] = Scale * Mix(gates, max, Logits + (c * Count), keep);
                }
            }
        }

        /// <summary>
        /// Writes the sums of the gates, -infinity past the last up to whole vectors, and returns the largest in all lanes.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly Vector256<float> Add(float* user, float* item, float* pair, float* gates)
        {
            var lowest = Vector256.Create(float.NegativeInfinity);
            var max = lowest;
            int l = 0;
            for (; l + Lanes <= Count; l += Lanes)
            {
                var sum = Avx.Add(Avx.Add(Avx.LoadVector256(user + l), Avx.LoadVector256(item + l)), Avx.LoadVector256(pair + l));
                Avx.Store(gates + l, sum);
                max = Avx.Max(max, sum);
            }
            if (l < Count)
            {
                var mask = Mask(Count - l);
                var sum = Avx.Add(Avx.MaskLoad(user + l, mask), Avx.MaskLoad(item + l, mask));
                sum = Avx.BlendVariable(lowest, Avx.Add(sum, Avx.MaskLoad(pair + l, mask)), mask);
                Avx.Store(gates + l, sum);
                max = Avx.Max(max, sum);
            }
            max = Avx.Max(max, Avx.Permute2x128(max, max, 1));
            max = Avx.Max(max, Avx.Shuffle(max, max, 0x4E));
            return Avx.Max(max, Avx.Shuffle(max, max, 0xB1));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly float Mix(float* gates, Vector256<float> max, float* logits, float* keep)
        {
            Vector256<float> sum = default, mixed = default;
            for (int l = 0; l < Count; l += Lanes)
            {
                var weight = Exponentials.Exp(Avx.Subtract(Avx.LoadVector256(gates + l), max));
                sum = Avx.Add(sum, weight);
                bool isWhole = l + Lanes <= Count;
                var mask = isWhole ? default : Mask(Count - l);
                if (keep != null) weight = Avx.Multiply(weight, isWhole ? Avx.LoadVector256(keep + l) : Avx.MaskLoad(keep + l, mask));
                mixed = Fma.MultiplyAdd(weight, isWhole ? Avx.LoadVector256(logits + l) : Avx.MaskLoad(logits + l, mask), mixed);
            }
            return Vector256.Sum(mixed) / Vector256.Sum(sum);
        }

        /// <summary>Ones in the first lanes.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<float> Mask(int count) =>
            Avx2.CompareGreaterThan(Vector256.Create(count), Vector256<int>.Indices).AsSingle();
    }
}
