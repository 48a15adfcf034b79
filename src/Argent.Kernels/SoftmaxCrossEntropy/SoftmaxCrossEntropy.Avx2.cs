namespace Argent.Kernels;

static unsafe class SoftmaxCrossEntropyAvx2
{
    public static void Run(in SoftmaxCrossEntropyArgs args, Workers workers)
    {
        SoftmaxCrossEntropyReference.Check(args);
        long rows = args.Logits.Shape[0];
        for (long t = 0; t < args.Targets.Count; t++)
        {
            Checks.Index("SoftmaxCrossEntropy: a target", args.Targets.Pointer[t], args.Logits.Shape[1]);
        }
        var work = new Work
        {
            Logits = args.Logits.Pointer,
            Correction = args.Correction.Pointer,
            Targets = args.Targets.Pointer,
            TargetStart = args.TargetStart.Pointer,
            Weights = args.TargetWeights.Pointer,
            Losses = (double*)CallerMemory.Rent(rows * sizeof(double)),
            Rows = rows,
            Columns = args.Logits.Shape[1],
        };
        workers.Run(ref work, Chunks.RowCount(work.Rows, work.Columns));
        double loss = 0;
        for (long m = 0; m < rows; m++) loss += work.Losses[m];
        args.Loss.Pointer[0] = (float)loss;
    }

    struct Work : IChunkedWork
    {
        public float* Logits;
        public float* Correction;
        public int* Targets;
        public int* TargetStart;
        public float* Weights;
        public double* Losses;
        public long Rows;
        public long Columns;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Rows, Columns);
            for (long m = first; m < last; m++) Losses[m] = TargetStart[m] == TargetStart[m + 1] ? 0 : Loss(m);
        }

        readonly double Loss(long m)
        {
            var row = new SoftmaxRow { Logits = Logits + (m * Columns), Correction = Correction, Columns = Columns };
            float max = row.Max();
            double logSum = max + Math.Log(row.Sum(max));
            double loss = 0;
            for (int t = TargetStart[m]; t < TargetStart[m + 1]; t++)
            {
                int target = Targets[t];
                double logit = row.Logits[target] - (Correction == null ? 0f : Correction[target]);
                loss += Weights[t] * (logSum - logit);
            }
            return loss;
        }
    }
}
