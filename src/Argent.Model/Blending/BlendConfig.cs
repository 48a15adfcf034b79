using System.Text.Json;
using System.Text.Json.Serialization;

namespace Argent.Model;

/// <summary>
/// How a list is composed of candidates: greedily, place by place, by quality + diversity - spacing, among the candidates that
/// no rule forbids there. Without any of them it is the candidates in the order of their values.
/// </summary>
public sealed record BlendConfig
{
    /// <summary>The largest <see cref="Pool"/>.</summary>
    public const int PoolMax = 10_000;

    /// <summary>The longest window of anything.</summary>
    public const int WindowMax = 200;

    /// <summary>The most spacings, and the most rules.</summary>
    public const int PartsMax = 64;

    /// <summary>The most values that a spacing or a rule names.</summary>
    public const int ValuesMax = 1_000;

    /// <summary>Characters of a name.</summary>
    public const int NameMax = 200;

    /// <summary>Characters of a configuration.</summary>
    public const int LengthMax = 65_536;

    /// <summary>Candidates that are considered, best first; K of a longer list.</summary>
    public int Pool { get; init; } = 500;

    /// <summary>What a value counts as.</summary>
    public BlendQuality Quality { get; init; } = BlendQuality.Spread;

    /// <summary>What draws unlike items together; null for nothing.</summary>
    public DiversityConfig? Diversity { get; init; }

    /// <summary>What keeps items of a class apart, at a price.</summary>
    public IReadOnlyList<SpacingConfig> Spacing { get; init; } = [];

    /// <summary>What always holds.</summary>
    public IReadOnlyList<BlendRule> Rules { get; init; } = [];

    /// <summary>Whether the order of values is the list.</summary>
    [JsonIgnore]
    public bool IsIdentity => Diversity is null or { Weight: 0 } && Spacing.Count == 0 && Rules.Count == 0;

    /// <summary>A configuration from JSON; <c>{}</c> is none.</summary>
    /// <exception cref="ArgumentException">A key is unknown or a number out of range; the message says which.</exception>
    public static BlendConfig Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > LengthMax) throw new ArgumentException($"The blend has {json.Length} characters; at most {LengthMax} are read.");
        try
        {
            var config = StrictJson.Read<BlendConfig>(System.Text.Encoding.UTF8.GetBytes(json), "the blend");
            config.Check();
            return config;
        }
        catch (InvalidDataException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }

    /// <summary>Demands that the numbers are within their ranges and that the rules can hold together.</summary>
    /// <exception cref="ArgumentException">They are not, or cannot.</exception>
    public void Check()
    {
        In(Pool, 1, PoolMax, "pool");
        In(Spacing.Count, 0, PartsMax, "the number of spacings");
        In(Rules.Count, 0, PartsMax, "the number of rules");
        Diversity?.Check();
        foreach (var spacing in Spacing) NotNull(spacing, "spacing").Check();
        for (int i = 0; i < Rules.Count; i++)
        {
            NotNull(Rules[i], "rules").Check();
            for (int j = 0; j < i; j++)
            {
                if (Rules[i].Slot is { } slot && Rules[j].Slot == slot)
                {
                    throw new ArgumentException($"Two rules fill slot {slot}: no list can hold both.");
                }
            }
        }
    }

    /// <summary>For a person: the names of its parts.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Diversity is { Weight: > 0 }) parts.Add(Diversity.Label);
        parts.AddRange(Spacing.Select(s => s.Label));
        parts.AddRange(Rules.Select(r => r.Label));
        return parts.Count == 0 ? "identity" : string.Join(", ", parts);
    }

    internal static T NotNull<T>(T? item, string list) where T : class =>
        item ?? throw new ArgumentException($"The blend's {list} hold null.");

    internal static void CheckNames(string? name, string? feature, IReadOnlyList<string>? values)
    {
        In(name?.Length ?? 0, 0, NameMax, "longest name");
        In(feature?.Length ?? 0, 0, NameMax, "longest feature name");
        if (values is null) return;
        In(values.Count, 1, ValuesMax, "number of values");
        foreach (string value in values) NotNull(value, "values");
    }

    internal static void In(double value, double low, double high, string what)
    {
        if (!(value >= low && value <= high)) throw new ArgumentException($"The blend's {what} is {value}; it must be {low} to {high}.");
    }
}

/// <summary>What a candidate's value counts as when it is weighed against diversity and spacing.</summary>
public enum BlendQuality
{
    /// <summary>The value, from 0 for the worst of the pool to 1 for the best.</summary>
    Spread,

    /// <summary>The value itself.</summary>
    Value,

    /// <summary>The place in the pool, from 0 for the last to 1 for the first.</summary>
    Rank,
}

/// <summary>How unlike items are drawn together.</summary>
public sealed record DiversityConfig
{
    /// <summary>What is measured.</summary>
    public required DiversityKind Kind { get; init; }

    /// <summary>What it counts beside quality; 0 leaves the order alone.</summary>
    public required double Weight { get; init; }

    /// <summary>Places back that are looked at.</summary>
    public int Window { get; init; } = 10;

    /// <summary>What makes two items alike; the embedding alone when nothing is said.</summary>
    public IReadOnlyList<SimilarityConfig> Similarity { get; init; } = [new() { Kind = SimilarityKind.Embedding }];

    /// <summary>Its name in explanations.</summary>
    internal string Label => $"diversity ({JsonNamingPolicy.CamelCase.ConvertName(Kind.ToString())})";

    internal void Check()
    {
        BlendConfig.In(Weight, 0, 1e6, "diversity weight");
        BlendConfig.In(Window, 1, BlendConfig.WindowMax, "diversity window");
        BlendConfig.In(Similarity.Count, 1, 8, "number of similarities");
        foreach (var similarity in Similarity) BlendConfig.NotNull(similarity, "similarities").Check();
        if (!(Similarity.Sum(s => s.Weight) > 0)) throw new ArgumentException("The blend's similarities have no weight.");
    }
}

/// <summary>Measures of diversity.</summary>
public enum DiversityKind
{
    /// <summary>Minus the largest similarity to an item of the window (maximal marginal relevance, Carbonell and Goldstein 1998).</summary>
    Mmr,

    /// <summary>The volume that the item spans with the window (sliding spectrum decomposition, Huang et al. 2021).</summary>
    Ssd,

    /// <summary>
    /// The logarithm of the squared distance from what the window spans (greedy inference for determinantal point
    /// processes, Chen et al. 2018).
    /// </summary>
    Dpp,
}

/// <summary>What makes two items alike, from -1 or 0 to 1.</summary>
public sealed record SimilarityConfig
{
    /// <summary>What is compared.</summary>
    public required SimilarityKind Kind { get; init; }

    /// <summary>The feature of <see cref="SimilarityKind.Overlap"/>.</summary>
    public string? Feature { get; init; }

    /// <summary>What it counts; weights are divided by their sum.</summary>
    public double Weight { get; init; } = 1;

    internal void Check()
    {
        BlendConfig.In(Weight, 0, 1e6, "similarity weight");
        if (Kind == SimilarityKind.Embedding == Feature is not null)
        {
            throw new ArgumentException("A similarity of the kind overlap needs a feature, and one of the kind embedding has none.");
        }
    }
}

/// <summary>What is compared of two items.</summary>
public enum SimilarityKind
{
    /// <summary>The cosine of their embeddings.</summary>
    Embedding,

    /// <summary>The values that they share, over the geometric mean of how many each has; 0 when one has none.</summary>
    Overlap,
}

/// <summary>A price for items of one class that stand close together.</summary>
public sealed record SpacingConfig
{
    /// <summary>Its name in explanations; the feature's when nothing is said.</summary>
    public string? Name { get; init; }

    /// <summary>Where an item's classes come from: its values of this feature.</summary>
    public required string Feature { get; init; }

    /// <summary>The classes that count; null for all.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    /// <summary>How the price falls with the distance.</summary>
    public SpacingKernel Kernel { get; init; } = SpacingKernel.Inverse;

    /// <summary>Places back that are looked at.</summary>
    public int Window { get; init; } = 10;

    /// <summary>The price of a neighbour of the same class.</summary>
    public required double Weight { get; init; }

    /// <summary>The distance over which an exponential price falls to its e-th part.</summary>
    public double Scale { get; init; } = ScaleDefault;

    /// <summary>The prices at distance 1, 2, ... of <see cref="SpacingKernel.Steps"/>, times the weight.</summary>
    public IReadOnlyList<double>? Steps { get; init; }

    /// <summary>A filter: only items that match it pay; null for all.</summary>
    public string? When { get; init; }

    const double ScaleDefault = 3;

    /// <summary>Its name in explanations.</summary>
    internal string Label => Name ?? $"spacing of {Feature}";

    /// <summary>The price at a distance of 1 or more, without the weight.</summary>
    internal double At(int distance) => Kernel switch
    {
        SpacingKernel.Inverse => 1.0 / distance,
        SpacingKernel.Exponential => Math.Exp(-(distance - 1) / Scale),
        _ => distance <= Steps!.Count ? Steps[distance - 1] : 0,
    };

    internal void Check()
    {
        BlendConfig.CheckNames(Name, Feature, Values);
        BlendConfig.In(Window, 1, BlendConfig.WindowMax, "spacing window");
        BlendConfig.In(Weight, 0, 1e6, "spacing weight");
        BlendConfig.In(Scale, 1e-3, 1e6, "spacing scale");
        if (Kernel == SpacingKernel.Steps != Steps is not null)
        {
            throw new ArgumentException("A spacing has steps when its kernel is 'steps', and only then.");
        }
        if (Kernel != SpacingKernel.Exponential && Scale != ScaleDefault)
        {
            throw new ArgumentException("A spacing has a scale only when its kernel is 'exponential'.");
        }
        if (Steps is null) return;
        BlendConfig.In(Steps.Count, 1, Window, "number of spacing steps");
        foreach (double step in Steps) BlendConfig.In(step, 0, 1e6, "spacing step");
    }
}

/// <summary>How a price falls with the distance d.</summary>
public enum SpacingKernel
{
    /// <summary>1 / d.</summary>
    Inverse,

    /// <summary>e^-((d - 1) / scale).</summary>
    Exponential,

    /// <summary>As listed.</summary>
    Steps,
}

/// <summary>
/// What always holds: at most <see cref="Count"/> items of a class of <see cref="Feature"/> in any <see cref="Window"/> places,
/// or an item that matches <see cref="Filter"/> at <see cref="Slot"/>.
/// </summary>
public sealed record BlendRule
{
    /// <summary>Its name in explanations.</summary>
    public string? Name { get; init; }

    /// <summary>Where an item's classes come from; null for a rule about a slot.</summary>
    public string? Feature { get; init; }

    /// <summary>The classes that count; null for all.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    /// <summary>Items of a class; a minimum gap of g is 1 in a window of g.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Places in a row that the count is about; null for the whole list.</summary>
    public int? Window { get; init; }

    /// <summary>The place that is filled, from 1; null for a rule about classes.</summary>
    public int? Slot { get; init; }

    /// <summary>Who may fill it.</summary>
    public string? Filter { get; init; }

    /// <summary>Its name in explanations.</summary>
    internal string Label => Name
        ?? (Slot is { } slot ? $"slot {slot}" : $"at most {Count} per {Feature}" + (Window is { } window ? $" in {window}" : ""));

    internal void Check()
    {
        BlendConfig.CheckNames(Name, Feature, Values);
        bool isMixed = Slot is not null && (Count != 1 || Window is not null || Values is not null);
        if (isMixed || Slot is null == Feature is null || Slot is null != Filter is null)
        {
            throw new ArgumentException("A rule has either a feature and a count, or a slot and a filter.");
        }
        BlendConfig.In(Count, 1, BlendConfig.WindowMax, "rule's count");
        if (Window is { } window)
        {
            BlendConfig.In(window, 1, BlendConfig.WindowMax, "rule's window");
            if (Count >= window)
            {
                throw new ArgumentException($"A rule allows {Count} items of a class in {window} places, which forbids nothing.");
            }
        }
        if (Slot is { } slot) BlendConfig.In(slot, 1, PoolSlotMax, "rule's slot");
    }

    const int PoolSlotMax = 1000;
}
