using System.Security.Cryptography;
using System.Text.Json;
using Argent.Model;

namespace Argent.Training;

/// <summary>How an OverArch is trained over finished towers.</summary>
public sealed record OverArchOptions
{
    /// <summary>Name of the kind.</summary>
    public required string Kind { get; init; }

    /// <summary>What the kind is configured with; null for its defaults.</summary>
    public JsonElement? KindOptions { get; init; }

    /// <summary>Cross features; null for all that the model can have.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Candidates of each user: the hardest of the current model. Also K0 of a request.</summary>
    public int Candidates { get; init; } = 1000;

    /// <summary>The most neighbours that an item's weights are solved for.</summary>
    public int Neighbours { get; init; } = 200;

    /// <summary>Ridge of the neighbours' weights, in users.</summary>
    public float Ridge { get; init; } = 100;

    /// <summary>The most passes over its users.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Stop after this many epochs without a better validation.</summary>
    public int Patience { get; init; } = 4;

    /// <summary>Users in a step.</summary>
    public int BatchUsers { get; init; } = 64;

    /// <summary>Size of a step.</summary>
    public float LearningRate { get; init; } = 3e-3f;

    /// <summary>Decoupled weight decay.</summary>
    public float WeightDecay { get; init; } = 0.02f;

    /// <summary>Decay per step of the running average of the weights that is validated and kept; 0 for no average.</summary>
    public float Average { get; init; } = 0.98f;

    /// <summary>How often a user is asked for a task that is not the validated one.</summary>
    public float OtherTaskShare { get; init; } = 0.25f;

    /// <summary>Seed of everything random.</summary>
    public ulong Seed { get; init; } = 7;

    /// <summary>Continue from the checkpoint of the same towers and options, if there is one.</summary>
    public bool Resume { get; init; }

    /// <summary>Hash of all options that a model depends on; not the number of epochs.</summary>
    public string Hash()
    {
        var content = this with { Epochs = 0, Resume = false };
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content, StrictJson.Compact)));
    }

    /// <summary>Checks ranges.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message says which and what it may be.</exception>
    public void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(Kind);
        Require(Candidates is >= 2 and <= 100_000, nameof(Candidates), Candidates, "2 to 100,000");
        Require(Neighbours is >= 1 and <= 4096, nameof(Neighbours), Neighbours, "1 to 4,096");
        Require(Ridge > 0 && float.IsFinite(Ridge), nameof(Ridge), Ridge, "above 0");
        Require(Epochs is >= 1 and <= 10_000, nameof(Epochs), Epochs, "1 to 10,000");
        Require(Patience >= 1, nameof(Patience), Patience, "1 or more");
        Require(BatchUsers is >= 1 and <= 1 << 16, nameof(BatchUsers), BatchUsers, "1 to 65,536");
        Require(LearningRate > 0 && float.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "above 0");
        Require(WeightDecay >= 0 && LearningRate * WeightDecay < 1, nameof(WeightDecay), WeightDecay, "0 to 1 / learningRate");
        Require(Average is >= 0 and < 1, nameof(Average), Average, "0 to below 1");
        Require(OtherTaskShare is >= 0 and <= 1, nameof(OtherTaskShare), OtherTaskShare, "0 to 1");
    }

    static void Require(bool holds, string name, IFormattable value, string range)
    {
        if (holds) return;
        string text = value.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
        throw new ArgumentException($"{name} of the OverArch is {text}; it may be {range}.");
    }
}
