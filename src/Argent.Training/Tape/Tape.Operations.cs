using Argent.Kernels;

namespace Argent.Training;

public sealed partial class Tape
{
    /// <inheritdoc/>
    public void Dense(in DenseArgs args)
    {
        var copy = args;
        var step = new TapeStep
        {
            Operation = nameof(Dense),
            Inputs = [args.Input, args.Weight, args.Bias],
            Output = args.Output,
            KeptValues = [new(args.Input), new(args.Weight)],
            KeepsOutput = args.Activation is Activation.Relu or Activation.Sigmoid,
            Gradient = () => _gradientKernels.Dense(copy, _store),
        };
        Run(step, () => _inner.Dense(copy));
    }

    /// <inheritdoc/>
    public void SumEmbeddings(in SumEmbeddingsArgs args)
    {
        var copy = args;
        var step = new TapeStep
        {
            Operation = nameof(SumEmbeddings),
            Inputs = [args.Table],
            Output = args.Output,
            KeptValues = [new(args.Ids), new(args.Start)],
            IsSparse = true,
            Gradient = () => _gradientKernels.SumEmbeddings(copy, _store),
        };
        Run(step, () => _inner.SumEmbeddings(copy));
    }

    /// <inheritdoc/>
    public void GatherRows(in GatherRowsArgs args)
    {
        var copy = args;
        var step = new TapeStep
        {
            Operation = nameof(GatherRows),
            Inputs = [args.Table],
            Output = args.Rows,
            KeptValues = [new(args.Indices)],
            IsSparse = true,
            Gradient = () => _gradientKernels.GatherRows(copy, _store),
        };
        Run(step, () => _inner.GatherRows(copy));
    }

    /// <inheritdoc/>
    public void Elementwise(in ElementwiseArgs args)
    {
        var copy = args;
        var step = new TapeStep
        {
            Operation = nameof(Elementwise) + "." + args.Op,
            Inputs = [args.Left, args.Right],
            Output = args.Output,
            KeptValues = args.Op == ElementwiseOp.Multiply ? [new(args.Left), new(args.Right)] : [],
            KeepsOutput = args.Op is ElementwiseOp.Relu or ElementwiseOp.Sigmoid,
            Gradient = () => _gradientKernels.Elementwise(copy, _store),
        };
        Run(step, () => _inner.Elementwise(copy));
    }

    /// <inheritdoc/>
    public void NormalizeRows(in NormalizeRowsArgs args)
    {
        var copy = args;
        var step = new TapeStep
        {
            Operation = nameof(NormalizeRows),
            Inputs = [args.Input],
            Output = args.Output,
            KeptValues = [new(args.Input)],
            Gradient = () => _gradientKernels.NormalizeRows(copy, _store),
        };
        Run(step, () => _inner.NormalizeRows(copy));
    }

    /// <inheritdoc/>
    public void LayerNorm(in LayerNormArgs args)
    {
        var copy = args;
        var step = new TapeStep
        {
            Operation = nameof(LayerNorm),
            Inputs = [args.Input, args.Gain, args.Shift],
            Output = args.Output,
            KeptValues = [new(args.Input), new(args.Gain)],
            Gradient = () => _gradientKernels.LayerNorm(copy, _store),
        };
        Run(step, () => _inner.LayerNorm(copy));
    }

    /// <inheritdoc/>
    public void ConcatColumns(in ConcatColumnsArgs args)
    {
        var copy = args;
        var step = new TapeStep
        {
            Operation = nameof(ConcatColumns),
            Inputs = [args.Left, args.Right],
            Output = args.Output,
            Gradient = () => _gradientKernels.ConcatColumns(copy, _store),
        };
        Run(step, () => _inner.ConcatColumns(copy));
    }

    /// <inheritdoc/>
    public void Softmax(in SoftmaxArgs args)
    {
        var copy = args;
        var step = new TapeStep
        {
            Operation = nameof(Softmax),
            Inputs = [args.Input],
            Output = args.Output,
            KeepsOutput = true,
            Gradient = () => _gradientKernels.Softmax(copy, _store),
        };
        Run(step, () => _inner.Softmax(copy));
    }

    /// <inheritdoc/>
    public void SoftmaxCrossEntropy(in SoftmaxCrossEntropyArgs args)
    {
        var copy = args;
        var step = new TapeStep
        {
            Operation = nameof(SoftmaxCrossEntropy),
            Inputs = [args.Logits],
            Output = args.Loss,
            KeptValues =
            [
                new(args.Logits), new(args.Correction), new(args.Targets), new(args.TargetStart), new(args.TargetWeights),
            ],
            Gradient = () => _gradientKernels.SoftmaxCrossEntropy(copy, _store),
        };
        Run(step, () => _inner.SoftmaxCrossEntropy(copy));
    }

    /// <inheritdoc/>
    public void Attention(in AttentionArgs args)
    {
        var copy = args;
        var step = new TapeStep
        {
            Operation = nameof(Attention),
            Inputs = [args.Queries, args.Keys, args.Values, args.Bias],
            Output = args.Output,
            KeptValues =
            [
                new(args.Queries), new(args.Keys), new(args.Values), new(args.Bias), new(args.QueryStart), new(args.KeyStart),
                new(args.BiasBounds), new(args.QueryPlaces), new(args.KeyPlaces),
            ],
            Gradient = () => _gradientKernels.Attention(copy, _store),
        };
        Run(step, () => _inner.Attention(copy));
    }

    /// <inheritdoc/>
    public void ComponentDots(in ComponentDotsArgs args)
    {
        var copy = args;
        var step = new TapeStep
        {
            Operation = nameof(ComponentDots),
            Inputs = [args.Users, args.Items],
            Output = args.Dots,
            KeptValues = [new(args.Users), new(args.Items), new(args.Request)],
            Gradient = () => _gradientKernels.ComponentDots(copy, _store),
        };
        Run(step, () => _inner.ComponentDots(copy));
    }

    /// <inheritdoc/>
    public void MixLogits(in MixLogitsArgs args)
    {
        var copy = args;
        var step = new TapeStep
        {
            Operation = nameof(MixLogits),
            Inputs = [args.Logits, args.UserGates, args.Items, args.PairGates],
            Output = args.Values,
            KeptValues =
            [
                new(args.Logits), new(args.UserGates), new(args.Items), new(args.PairGates), new(args.Keep), new(args.Request),
            ],
            Gradient = () => _gradientKernels.MixLogits(copy, _store),
        };
        Run(step, () => _inner.MixLogits(copy));
    }
}
