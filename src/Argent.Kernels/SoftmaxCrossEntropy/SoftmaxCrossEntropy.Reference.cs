namespace Argent.Kernels;

static unsafe class SoftmaxCrossEntropyReference
{
    public static void Run(in SoftmaxCrossEntropyArgs args)
    {
        Check(in args);
        long rows = args.Logits.Shape[0], columns = args.Logits.Shape[1];
        double loss = 0;
        for (long m = 0; m < rows; m++)
        {
            int first = args.TargetStart.Pointer[m], end = args.TargetStart.Pointer[m + 1];
            if (first == end) continue;
            double logSum = LogSum(in args, m, columns);
            for (int t = first; t < end; t++)
            {
                int target = args.Targets.Pointer[t];
                Checks.Index("SoftmaxCrossEntropy: a target", target, columns);
                loss += args.TargetWeights.Pointer[t] * (logSum - Logit(in args, m * columns, target));
            }
        }
        args.Loss.Pointer[0] = (float)loss;
    }

    public static void Check(in SoftmaxCrossEntropyArgs args)
    {
        Checks.Rank("SoftmaxCrossEntropy: Logits", args.Logits, 2);
        var logits = args.Logits.Shape;
        Checks.IsOrMissing("SoftmaxCrossEntropy: Correction", args.Correction, new(logits[1]), "Logits", logits);
        Checks.Rank("SoftmaxCrossEntropy: Targets", args.Targets, 1);
        var targets = args.Targets.Shape;
        Checks.Is("SoftmaxCrossEntropy: TargetStart", args.TargetStart, new(logits[0] + 1), "Logits", logits);
        Checks.Bounds("SoftmaxCrossEntropy: TargetStart", args.TargetStart, args.Targets.Count);
        Checks.Is("SoftmaxCrossEntropy: TargetWeights", args.TargetWeights, targets, "Targets", targets);
        Checks.Is("SoftmaxCrossEntropy: Loss", args.Loss, new(1), "Logits", logits);
    }

    static double LogSum(in SoftmaxCrossEntropyArgs args, long row, long columns)
    {
        double max = double.NegativeInfinity, sum = 0;
        for (long c = 0; c < columns; c++) max = Math.Max(max, Logit(in args, row * columns, c));
        for (long c = 0; c < columns; c++) sum += Math.Exp(Logit(in args, row * columns, c) - max);
        return max + Math.Log(sum);
    }

    static double Logit(in SoftmaxCrossEntropyArgs args, long start, long column) =>
        args.Logits.Pointer[start + column] - (args.Correction.IsPresent ? args.Correction.Pointer[column] : 0f);
}
