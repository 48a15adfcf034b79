using System.Security.Cryptography;
using System.Text.Json;
using Argent.Kernels;
using Argent.Model;

namespace Argent.Training;

/// <summary>Which items a user's targets compete with.</summary>
public enum Negatives
{
    /// <summary>All items up to <see cref="TrainOptions.AllNegativesMax"/> of them, else sampled ones.</summary>
    Auto,

    /// <summary>Every item: softmax over the whole catalogue.</summary>
    All,

    /// <summary>The targets of the batch and uniform draws, with logQ correction (Yi et al. 2019).</summary>
    Sampled,
}

/// <summary>The rule that moves the weights.</summary>
public enum OptimizerKind
{
    /// <summary><see cref="Training.Adam"/>.</summary>
    Adam,

    /// <summary><see cref="RowwiseAdagrad"/>: little state, for very large tables.</summary>
    Adagrad,
}

/// <summary>How a two-tower model is trained. The defaults were measured on the goodbooks data.</summary>
public sealed record TrainOptions
{
    /// <summary>With at most this many items, <see cref="Negatives.Auto"/> means all of them.</summary>
    public const int AllNegativesMax = 20_000;

    /// <summary>Where the trained model is written.</summary>
    public required string Out { get; init; }

    /// <summary>Tasks to learn, in head order; null for all tasks of the data set.</summary>
    public IReadOnlyList<string>? Tasks { get; init; }

    /// <summary>Tasks whose events describe a user; null for all tasks of the data set.</summary>
    public IReadOnlyList<string>? Histories { get; init; }

    /// <summary>
    /// Weight of each task by name: how often a user is asked for it. 1 for the task that is validated and 0.25 for others
    /// where it is not said.
    /// </summary>
    public IReadOnlyDictionary<string, float>? TaskWeights { get; init; }

    /// <summary>Item features of the towers; null for all that have values to embed (not texts).</summary>
    public IReadOnlyList<string>? ItemFeatures { get; init; }

    /// <summary>D, numbers in an embedding.</summary>
    public int Dim { get; init; } = 128;

    /// <summary>Rows of the table of hashed user ids; 0 for none.</summary>
    public int UserIdBuckets { get; init; }

    /// <summary>Widths of hidden layers of the user tower.</summary>
    public IReadOnlyList<int> UserHidden { get; init; } = [];

    /// <summary>Widths of hidden layers of the item tower.</summary>
    public IReadOnlyList<int> ItemHidden { get; init; } = [];

    /// <summary>The last events that the user tower reads in their order; 0 for a tower of pooled histories alone.</summary>
    public int SequenceLength { get; init; }

    /// <summary>Blocks of attention over the sequence.</summary>
    public int SequenceBlocks { get; init; } = 1;

    /// <summary>Heads of the attention.</summary>
    public int SequenceHeads { get; init; } = 2;

    /// <summary>Width of a block's hidden layer; 0 for none.</summary>
    public int SequenceHidden { get; init; }

    /// <summary>How an event of a sequence weighs those before it.</summary>
    public AttentionWeighting SequenceWeighting { get; init; }

    /// <summary>Size of a step of the sequence's layers, as a share of <see cref="LearningRate"/>.</summary>
    public float SequenceRate { get; init; } = 0.02f;

    /// <summary>
    /// After how many days an event counts 1 / e in the trend of its item, which is part of the item's bias; 0 for biases
    /// that know no time.
    /// </summary>
    public double TrendDays { get; init; }

    /// <summary>With a sequence or a trend: the days from a moment on whose events are wanted there.</summary>
    public double TargetDays { get; init; } = 14;

    /// <summary>The most passes over all users.</summary>
    public int Epochs { get; init; } = 18;

    /// <summary>Stop after this many epochs without a better validation.</summary>
    public int Patience { get; init; } = 3;

    /// <summary>The most users that are validated on part of their training events; 0 for no validation.</summary>
    public int ValidationUsers { get; init; } = 4000;

    /// <summary>
    /// The most further users of whom events are kept back, at most a third of those that could be: an OverArch learns from
    /// them what the scores of finished towers are worth.
    /// </summary>
    public int ScoredUsers { get; init; }

    /// <summary>Users in a step.</summary>
    public int BatchUsers { get; init; } = 1024;

    /// <summary>The rule that moves the weights.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>Size of a step.</summary>
    public float LearningRate { get; init; } = 5e-3f;

    /// <summary>
    /// True: every task moves all weights. False: a task that is not the validated one learns its own head over the tables
    /// that the validated task learns, and takes nothing from it.
    /// </summary>
    public bool JointTasks { get; init; }

    /// <summary>Decoupled weight decay.</summary>
    public float WeightDecay { get; init; } = 0.5f;

    /// <summary>Share of a user's events that are input; the others are targets. Drawn anew in each epoch.</summary>
    public float InputShare { get; init; } = 0.5f;

    /// <summary>Share of the input that is dropped.</summary>
    public float InputDropout { get; init; } = 0.2f;

    /// <summary>Share of the items that a step sees without their id embedding, so that features learn to stand alone.</summary>
    public float IdDropout { get; init; } = 0.1f;

    /// <summary>A target counts 1 / (targets of its user)^power: 0 for all alike, 1 for all users alike.</summary>
    public float TargetPower { get; init; }

    /// <summary>Decay per step of the running average of the weights that is validated and kept; 0 for no average.</summary>
    public float Average { get; init; } = 0.99f;

    /// <summary>Which items targets compete with.</summary>
    public Negatives Negatives { get; init; }

    /// <summary>Uniform draws per step with <see cref="Negatives.Sampled"/>.</summary>
    public int UniformNegatives { get; init; } = 4096;

    /// <summary>Standard deviation of the first weights of the tables.</summary>
    public float InitialScale { get; init; } = 0.05f;

    /// <summary>Seed of everything random.</summary>
    public ulong Seed { get; init; } = 7;

    /// <summary>Continue from the checkpoint in <see cref="Out"/> when there is one of the same data and options.</summary>
    public bool Resume { get; init; }

    /// <summary>
    /// Whether users are asked from moments on: input is what was before, targets what follows, and validation is the last
    /// part of the time. Without, input and targets are random halves.
    /// </summary>
    public bool IsTemporal() => SequenceLength > 0 || TrendDays > 0;

    /// <summary>Hash of all options that a model depends on; not the folder, nor the number of epochs.</summary>
    public string Hash()
    {
        var content = this with { Out = "", Epochs = 0, Resume = false };
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content, StrictJson.Compact)));
    }

    /// <summary>Checks ranges.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message says which and what it may be.</exception>
    public void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(Out);
        Require(Dim is >= 1 and <= 4096, nameof(Dim), Dim, "1 to 4096");
        Require(SequenceLength is >= 0 and <= SequenceConfig.LengthMax, nameof(SequenceLength), SequenceLength, "0 to 1024");
        Require(SequenceBlocks is >= 1 and <= SequenceConfig.BlocksMax, nameof(SequenceBlocks), SequenceBlocks, "1 to 16");
        Require(SequenceHeads >= 1 && Dim % SequenceHeads == 0, nameof(SequenceHeads), SequenceHeads, "a divisor of the dimension");
        Require(SequenceHidden >= 0, nameof(SequenceHidden), SequenceHidden, "0 or more");
        Require(SequenceRate is > 0 and <= 1, nameof(SequenceRate), SequenceRate, "above 0 to 1");
        Require(TrendDays is >= 0 and <= 36_500, nameof(TrendDays), TrendDays, "0 to 36,500");
        Require(TargetDays is > 0 and <= 36_500, nameof(TargetDays), TargetDays, "above 0 to 36,500");
        Require(Epochs is >= 1 and <= 10_000, nameof(Epochs), Epochs, "1 to 10,000");
        Require(Patience >= 1, nameof(Patience), Patience, "1 or more");
        Require(ValidationUsers >= 0, nameof(ValidationUsers), ValidationUsers, "0 or more");
        Require(ScoredUsers >= 0, nameof(ScoredUsers), ScoredUsers, "0 or more");
        Require(BatchUsers is >= 1 and <= 1 << 20, nameof(BatchUsers), BatchUsers, "1 to 1,048,576");
        Require(UserIdBuckets >= 0, nameof(UserIdBuckets), UserIdBuckets, "0 or more");
        Require(UniformNegatives >= 1, nameof(UniformNegatives), UniformNegatives, "1 or more");
        Require(LearningRate > 0 && float.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "above 0");
        Require(WeightDecay >= 0 && LearningRate * WeightDecay < 1, nameof(WeightDecay), WeightDecay, "0 to 1 / learningRate");
        Require(InputShare is > 0 and < 1, nameof(InputShare), InputShare, "between 0 and 1");
        Require(InputDropout is >= 0 and < 1, nameof(InputDropout), InputDropout, "0 to below 1");
        Require(IdDropout is >= 0 and < 1, nameof(IdDropout), IdDropout, "0 to below 1");
        Require(TargetPower is >= 0 and <= 1, nameof(TargetPower), TargetPower, "0 to 1");
        Require(Average is >= 0 and < 1, nameof(Average), Average, "0 to below 1");
        Require(InitialScale is >= 0 and <= 10, nameof(InitialScale), InitialScale, "0 to 10");
        foreach (var (task, weight) in TaskWeights ?? new Dictionary<string, float>())
        {
            Require(weight > 0 && float.IsFinite(weight), $"The weight of the task '{task}'", weight, "above 0");
        }
    }

    static void Require(bool holds, string name, IFormattable value, string range)
    {
        if (holds) return;
        string text = value.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
        throw new ArgumentException($"{name} is {text}; it may be {range}.");
    }
}
