namespace Argent.Kernels;

/// <summary>
/// dlogits[i, j] += dloss * (w(i) * softmax(logits[i] - correction)[j] - weight of target j), with w(i) the sum of the
/// row's target weights. The softmax is computed again: it is cheaper than keeping M * C values.
/// </summary>
static unsafe class SoftmaxCrossEntropyGradient
{
    public static void Run(in SoftmaxCrossEntropyArgs args, IGradients gradients, GradientContext context)
    {
        SoftmaxCrossEntropyReference.Check(args);
        var loss = gradients.Of(args.Loss);
        var logits = gradients.Of(args.Logits);
        if (!loss.IsPresent || !logits.IsPresent || logits.Count == 0) return;
        Checks.Rows("SoftmaxCrossEntropy: a target", args.Targets, args.Logits.Shape[1]);
        var work = new Work
        {
            Values = args.Logits.Pointer,
            Correction = args.Correction.Pointer,
            Gradient = logits.Pointer,
            Targets = args.Targets.Pointer,
            TargetStart = args.TargetStart.Pointer,
            Weights = args.TargetWeights.Pointer,
            Factor = loss.Pointer[0],
            Rows = logits.Shape[0],
            Columns = logits.Shape[1],
        };
        context.Workers.Run(ref work, Chunks.RowCount(work.Rows, work.Columns));
    }

    struct Work : IChunkedWork
    {
        public float* Values;
        public float* Correction;
        public float* Gradient;
        public int* Targets;
        public int* TargetStart;
        public float* Weights;
        public float Factor;
        public long Rows;
        public long Columns;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Rows, Columns);
            for (long m = first; m < last; m++)
            {
                if (TargetStart[m] < TargetStart[m + 1]) AddRow(m);
            }
        }

        readonly void AddRow(long row)
        {
            float* values = Values + (row * Columns);
            float* gradient = Gradient + (row * Columns);
            double weight = 0, sum = 0;
            float max = float.NegativeInfinity;
            for (long c = 0; c < Columns; c++) max = MathF.Max(max, Logit(values, c));
            for (long c = 0; c < Columns; c++) sum += MathF.Exp(Logit(values, c) - max);
            for (int t = TargetStart[row]; t < TargetStart[row + 1]; t++) weight += Weights[t];
            float factor = (float)(Factor * weight / sum);
            for (long c = 0; c < Columns; c++) gradient[c] += factor * MathF.Exp(Logit(values, c) - max);
            for (int t = TargetStart[row]; t < TargetStart[row + 1]; t++) gradient[Targets[t]] -= Factor * Weights[t];
        }

        readonly float Logit(float* values, long c) => Correction == null ? values[c] : values[c] - Correction[c];
    }
}
