namespace Argent.Model;

/// <summary>Builds an OverArch of given sizes over weights that are new or loaded.</summary>
public delegate OverArch OverArchFactory(OverArchShape shape, OverArchWeights weights);

/// <summary>
/// The kinds of OverArch of this process by name. An artifact names its kind and holds no code: a kind of one's own is
/// registered by whoever trains, publishes or serves it, before the model is opened.
/// </summary>
public static class OverArchKinds
{
    static readonly Lock _lock = new();

    static readonly SortedDictionary<string, OverArchFactory> _kinds = new(StringComparer.Ordinal)
    {
        ["attention"] = (shape, weights) => new AttentionOverArch(shape, weights),
        ["mlp"] = (shape, weights) => new MlpOverArch(shape, weights),
        ["mol"] = (shape, weights) => new MolOverArch(shape, weights),
    };

    /// <summary>Adds a kind, or replaces it.</summary>
    /// <param name="kind">Its name in configurations.</param>
    /// <param name="factory">Builds it.</param>
    public static void Register(string kind, OverArchFactory factory)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        ArgumentNullException.ThrowIfNull(factory);
        lock (_lock) _kinds[kind] = factory;
    }

    /// <summary>Names of all kinds.</summary>
    public static IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock) return [.. _kinds.Keys];
        }
    }

    /// <summary>Builds an OverArch of the kind that <paramref name="config"/> names.</summary>
    /// <param name="config">Kind and options.</param>
    /// <param name="towers">The towers below it.</param>
    /// <param name="weights">New or loaded.</param>
    /// <exception cref="InvalidDataException">The kind is unknown, an option is wrong, or a weight is missing or misshapen.</exception>
    public static OverArch Create(OverArchConfig config, TowerConfig towers, OverArchWeights weights)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(towers);
        config.Check();
        OverArchFactory? factory;
        lock (_lock) _kinds.TryGetValue(config.Kind, out factory);
        if (factory is null)
        {
            throw new InvalidDataException(
                $"The OverArch is of the kind '{config.Kind}', which this program does not know; it knows " +
                $"{string.Join(", ", Names)}. Register it in OverArchKinds.{Suggestion.Offer(config.Kind, Names)}");
        }
        return factory(
            new OverArchShape(towers.Dim, towers.Tasks.Count, towers.Tasks.Count, config.Features.Count, config.Options), weights);
    }
}
