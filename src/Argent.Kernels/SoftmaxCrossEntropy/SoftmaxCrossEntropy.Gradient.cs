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
            Fast = context.Fast,
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
        public bool Fast;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Rows, Columns);
            for (long m = first; m < last; m++)
            {
                if (TargetStart[m] < TargetStart[m + 1]) AddRow(m);
            }
        }

        readonly void AddRow(long m)
        {
            float* gradient = Gradient + (m * Columns);
            double weight = 0;
            for (int t = TargetStart[m]; t < TargetStart[m + 1]; t++) weight += Weights[t];
            var row = new SoftmaxRow { Logits = Values + (m * Columns), Correction = Correction, Columns = Columns };
            if (Fast)
            {
                float max = row.Max();
                row.Write(max, (float)(Factor * weight / row.Sum(max)), gradient, adds: true);
            }
            else
            {
                AddPlainly(row, Factor * weight, gradient);
            }
            for (int t = TargetStart[m]; t < TargetStart[m + 1]; t++) gradient[Targets[t]] -= Factor * Weights[t];
        }

        static void AddPlainly(in SoftmaxRow row, double factor, float* gradient)
        {
            double max = double.NegativeInfinity, sum = 0;
            for (long c = 0; c < row.Columns; c++) max = Math.Max(max, Logit(row, c));
            for (long c = 0; c < row.Columns; c++) sum += Math.Exp(Logit(row, c) - max);
            for (long c = 0; c < row.Columns; c++) gradient[c] += (float)(factor * Math.Exp(Logit(row, c) - max) / sum);
        }

        static double Logit(in SoftmaxRow row, long c) =>
            row.Logits[c] - (row.Correction == null ? 0f : row.Correction[c]);
    }
}
