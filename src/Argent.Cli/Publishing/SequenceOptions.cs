using System.CommandLine;
using Argent.Kernels;
using Argent.Training;

namespace Argent.Cli;

/// <summary>The options of <c>argent train</c> for events with times: a tower of sequences, a trend of the items.</summary>
sealed class SequenceOptions
{
    static readonly TrainOptions _defaults = new() { Out = "" };

    readonly Option<int> _length = Numbers.AtLeast(0, Numbers.Create(
        "--sequence",
        "Last events that the user tower reads in their order, by attention; 0 is none.",
        _defaults.SequenceLength));

    readonly Option<int> _blocks = Numbers.AtLeast(1, Numbers.Create(
        "--sequence-blocks", "Blocks of attention and hidden layer.", _defaults.SequenceBlocks));

    readonly Option<int> _heads = Numbers.AtLeast(1, Numbers.Create(
        "--sequence-heads", "Heads of the attention.", _defaults.SequenceHeads));

    readonly Option<int> _hidden = Numbers.AtLeast(0, Numbers.Create(
        "--sequence-hidden", "Width of a block's hidden layer; 0 is none.", _defaults.SequenceHidden));

    readonly Option<AttentionWeighting> _weighting = new("--sequence-weighting")
    {
        Description = "Weights of attention: softmax, or pointwise silu.",
        HelpName = "softmax|silu",
        DefaultValueFactory = _ => _defaults.SequenceWeighting,
    };

    readonly Option<float> _rate = Numbers.Create(
        "--sequence-rate",
        "Size of a step of the sequence's weights, as a share of the learning rate.",
        _defaults.SequenceRate);

    readonly Option<double> _trend = Numbers.Create(
        "--trend-days",
        "Days after which an event counts 1 / e in its item's trend, which is part of the bias; 0 is no trend.",
        _defaults.TrendDays);

    readonly Option<double> _target = Numbers.Create(
        "--target-days",
        "With a sequence or a trend: days from a moment on whose events are wanted.",
        _defaults.TargetDays);

    /// <summary>For the command.</summary>
    public IEnumerable<Option> All => [_length, _blocks, _heads, _hidden, _weighting, _rate, _trend, _target];

    /// <summary>What was asked for.</summary>
    public TrainOptions Apply(TrainOptions options, CommandRun run) => options with
    {
        SequenceLength = run.Get(_length),
        SequenceBlocks = run.Get(_blocks),
        SequenceHeads = run.Get(_heads),
        SequenceHidden = run.Get(_hidden),
        SequenceWeighting = run.Get(_weighting),
        SequenceRate = run.Get(_rate),
        TrendDays = run.Get(_trend),
        TargetDays = run.Get(_target),
    };
}
