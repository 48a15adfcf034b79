using System.Text.Json;

namespace Argent.Model;

/// <summary>A learned scorer of candidates: its kind, options and inputs, as <c>model.json</c> and the manifest hold it.</summary>
public sealed record OverArchConfig
{
    /// <summary>Name of the kind among <see cref="OverArchKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>What the kind is configured with; null for its defaults.</summary>
    public JsonElement? Options { get; init; }

    /// <summary>
    /// Cross features in column order: <c>score.TASK</c>, <c>neighbours.HISTORY</c>,
    /// <c>neighbourRoots.HISTORY</c>, <c>count.HISTORY</c>, <c>bias</c>; see docs/overarch.md.
    /// </summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>[F] mean of each feature before it is scaled; null for 0.</summary>
    public IReadOnlyList<float>? FeatureMeans { get; init; }

    /// <summary>[F] what each feature is multiplied by after its mean is taken off; null for 1.</summary>
    public IReadOnlyList<float>? FeatureFactors { get; init; }

    /// <summary>K0 of a request that does not say how many candidates it wants rescored: as many as training gave each user.</summary>
    public int Candidates { get; init; } = 1000;

    /// <summary>Checks ranges.</summary>
    /// <exception cref="InvalidDataException">Something is out of range; the message says what.</exception>
    public void Check()
    {
        if (string.IsNullOrEmpty(Kind)) throw new InvalidDataException("The OverArch has no kind.");
        if (Candidates is < 1 or > 1_000_000) throw new InvalidDataException($"candidates is {Candidates}; it is 1 to 1,000,000.");
        if (Features.Distinct(StringComparer.Ordinal).Count() != Features.Count)
        {
            throw new InvalidDataException("The OverArch names a feature twice.");
        }
    }
}

/// <summary>The sizes that a kind of OverArch is built for.</summary>
/// <param name="Dim">D, numbers in an embedding.</param>
/// <param name="Heads">H, query vectors of a user.</param>
/// <param name="Tasks">T, logits of a candidate.</param>
/// <param name="Features">F, cross features of a candidate.</param>
/// <param name="Options">What the kind is configured with; null for its defaults.</param>
public sealed record OverArchShape(int Dim, int Heads, int Tasks, int Features, JsonElement? Options)
{
    /// <summary>Numbers in a row of [user's heads, embedding, features].</summary>
    public int Inputs => (Heads * Dim) + Dim + Features;

    /// <summary>The options as a record of their own.</summary>
    /// <exception cref="InvalidDataException">There is an unknown key or a value of another type.</exception>
    public TOptions Read<TOptions>() where TOptions : class, new() => Options is { } json
        ? StrictJson.Read<TOptions>(System.Text.Encoding.UTF8.GetBytes(json.GetRawText()), "the options of the OverArch")
        : new TOptions();
}
