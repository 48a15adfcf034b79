using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// With w = softmax of the gates, k = keep and v = scale * sum of w k x: dx += scale * sum over t of dv w k, and for each of
/// the three that add up to a gate, dgate += dv * w * (scale * k x - v), summed over the candidates of a request for the user.
/// </summary>
static unsafe class MixLogitsGradient
{
    public static void Run(in MixLogitsArgs args, IGradients gradients, GradientContext context)
    {
        MixLogitsReference.Check(args);
        var outer = gradients.Of(args.Values);
        if (!outer.IsPresent || outer.Count == 0) return;
        var (user, item, pair) = (gradients.Of(args.UserGates), gradients.Of(args.Items), gradients.Of(args.PairGates));
        var mark = context.Scratch.Mark();
        var gates = context.Scratch.Rent<float>(args.PairGates.Shape);
        var work = new Work
        {
            Gate = new GateSum(args),
            LogitValues = args.Logits.Pointer,
            Keep = args.Keep.Pointer,
            Scale = args.Scale,
            Candidates = args.Logits.Shape[0],
            Tasks = args.Values.Shape[1],
            Count = args.Logits.Shape[1],
            Outer = outer.Pointer,
            Logits = gradients.Of(args.Logits).Pointer,
            Gates = gates.Pointer,
            Items = item.IsPresent ? item.Pointer + args.ItemColumn : null,
            Pairs = pair.Pointer,
        };
        context.Workers.Run(ref work, Chunks.RowCount(args.Logits.Shape[0], gates.Shape[1]));
        if (user.IsPresent) AddToUsers(args, gates, user, context);
        context.Scratch.Release(mark);
        if (mark == default) context.Scratch.Reset();
    }

    static void AddToUsers(in MixLogitsArgs args, in Tensor<float> gates, in Tensor<float> users, GradientContext context)
    {
        var work = new UserWork
        {
            Gates = gates.Pointer,
            Users = users.Pointer,
            Request = args.Request.Pointer,
            Count = args.Request.Count,
            Columns = gates.Shape[1],
        };
        context.Workers.Run(ref work, ScatterColumns.Chunks(work.Columns));
    }

    struct Work : IChunkedWork
    {
        public GateSum Gate;
        public float* LogitValues;
        public float* Keep;
        public float Scale;
        public long Candidates;
        public long Tasks;
        public long Count;
        public float* Outer;

        /// <summary>Gradients that are added to; null for those that nobody wants.</summary>
        public float* Logits;
        public float* Items;
        public float* Pairs;

        /// <summary>[C, T * L] the gradient of the gates, overwritten.</summary>
        public float* Gates;

        public readonly void Run(int chunk)
        {
            long width = Tasks * Count;
            var (first, last) = Chunks.RowBounds(chunk, Candidates, width);
            for (long c = first; c < last; c++)
            {
                for (long t = 0; t < Tasks; t++) AddTask(c, t);
                float* gates = Gates + (c * width);
                if (Items != null) ScatterColumns.Add(Items + (c * Gate.ItemStep), gates, 1, (int)width);
                if (Pairs != null) ScatterColumns.Add(Pairs + (c * width), gates, 1, (int)width);
            }
        }

        readonly void AddTask(long c, long t)
        {
            long at = ((c * Tasks) + t) * Count;
            float* x = LogitValues + (c * Count);
            float* gates = Gates + at;
            float outer = Outer[(c * Tasks) + t];
            float max = float.NegativeInfinity;
            for (long l = 0; l < Count; l++)
            {
                gates[l] = Gate.At(c, (t * Count) + l);
                max = MathF.Max(max, gates[l]);
            }
            double sum = 0, mixed = 0;
            for (long l = 0; l < Count; l++)
            {
                gates[l] = MathF.Exp(gates[l] - max);
                sum += gates[l];
                mixed += (double)gates[l] * KeptAt(at + l) * x[l];
            }
            float mean = (float)(mixed / sum), factor = (float)(Scale * outer / sum);
            for (long l = 0; l < Count; l++)
            {
                float weight = gates[l] * factor, keep = KeptAt(at + l);
                gates[l] = weight * ((keep * x[l]) - mean);
                if (Logits != null) Logits[(c * Count) + l] += weight * keep;
            }
        }

        readonly float KeptAt(long at) => Keep == null ? 1f : Keep[at];
    }

    /// <summary>Adds the gates' gradients to those of the users, some columns a chunk.</summary>
    struct UserWork : IChunkedWork
    {
        public float* Gates;
        public float* Users;
        public int* Request;
        public long Count;
        public long Columns;

        public readonly void Run(int chunk)
        {
            var (first, count) = ScatterColumns.Bounds(chunk, Columns);
            for (long c = 0; c < Count; c++)
            {
                ScatterColumns.Add(Users + (Request[c] * Columns) + first, Gates + (c * Columns) + first, 1, count);
            }
        }
    }
}
