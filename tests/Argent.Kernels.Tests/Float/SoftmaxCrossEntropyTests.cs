using Argent.Tensors;

namespace Argent.Kernels.Tests;

public sealed class SoftmaxCrossEntropyTests
{
    [Fact]
    public void The_loss_equals_float64()
    {
        foreach (int columns in new[] { 1, 7, 63, 64, 65, 127, 4095 })
        {
            foreach (int rows in new[] { 0, 1, 37 })
            {
                foreach (bool corrected in new[] { false, true })
                {
                    var args = Arguments(rows, columns, corrected);
                    double expected = Oracle(args);
                    FloatCase.Check(
                        $"SoftmaxCrossEntropy {rows}x{columns} corrected {corrected}",
                        new(1),
                        (kernels, loss) => kernels.SoftmaxCrossEntropy(args with { Loss = loss }),
                        _ => (expected, 2e-6 * (1 + Math.Abs(expected))));
                }
            }
        }
    }

    [Fact]
    public void Masked_columns_take_no_part_and_targets_outside_are_refused()
    {
        using var workers = new Workers(2);
        var args = Arguments(5, 130, corrected: false);
        foreach (var kernels in CpuKernels.All(workers))
        {
            var masked = FloatCase.Random(new(5, 130), 1);
            for (int m = 0; m < 5; m++)
            {
                for (int c = 0; c < 130; c++) masked.Row(m)[c] = c < 2 ? 1f : float.NegativeInfinity;
            }
            var one = Tensor.From<int>(0);
            var call = args with
            {
                Logits = masked.Rows(0, 1),
                Targets = one,
                TargetStart = Tensor.From<int>(0, 1),
                TargetWeights = Tensor.From<float>(1f),
            };
            kernels.SoftmaxCrossEntropy(call);
            Assert.Equal(Math.Log(2), call.Loss[0], 1e-6);
            var outside = call with { Targets = Tensor.From<int>(130) };
            Assert.Throws<ArgumentOutOfRangeException>(() => kernels.SoftmaxCrossEntropy(outside));
            outside = call with { Targets = Tensor.From<int>(-1) };
            Assert.Throws<ArgumentOutOfRangeException>(() => kernels.SoftmaxCrossEntropy(outside));
        }
    }

    public static SoftmaxCrossEntropyArgs Arguments(int rows, int columns, bool corrected)
    {
        int count = rows * 3;
        var start = FloatCase.RandomStart(rows, count, 4);
        var targets = FloatCase.RandomIds(count, columns, 5);
        foreach (ref int t in targets.Span) t = Math.Max(0, t);
        return new()
        {
            Logits = FloatCase.Random(new(rows, columns), 1, scale: 5),
            Correction = corrected ? FloatCase.Random(new(columns), 2, scale: 3) : default,
            Targets = targets,
            TargetStart = start,
            TargetWeights = FloatCase.Random(new(count), 3),
            Loss = Tensor.Zeros<float>(new(1)),
        };
    }

    static double Oracle(SoftmaxCrossEntropyArgs args)
    {
        double loss = 0;
        for (int m = 0; m < args.Logits.Shape[0]; m++)
        {
            var row = args.Logits.Row(m).ToArray()
                .Select((x, c) => (double)(x - (args.Correction.IsPresent ? args.Correction[c] : 0f))).ToArray();
            double max = row.Max(), logSum = max + Math.Log(row.Sum(x => Math.Exp(x - max)));
            for (int t = args.TargetStart[m]; t < args.TargetStart[m + 1]; t++)
            {
                loss += args.TargetWeights[t] * (logSum - row[args.Targets[t]]);
            }
        }
        return loss;
    }
}
