namespace Argent.Model;

/// <summary>The features of a model in order: names, types and vocabularies. What filters and formulas are checked against.</summary>
public sealed class FeatureSchema
{
    readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    /// <summary>A schema; vocabularies are parallel to features, null for ordered ones.</summary>
    /// <exception cref="ArgumentException">Two features share a name, or a vocabulary is missing.</exception>
    public FeatureSchema(IReadOnlyList<FeatureSpec> features, IReadOnlyList<Vocabulary?> vocabularies)
    {
        (Features, Vocabularies) = (features, vocabularies);
        if (features.Count != vocabularies.Count) throw new ArgumentException("Every feature needs a vocabulary or null.");
        for (int i = 0; i < features.Count; i++)
        {
            if (!_index.TryAdd(features[i].Name, i)) throw new ArgumentException($"Two features are named '{features[i].Name}'.");
            if (features[i].IsOrdered == (vocabularies[i] is not null))
            {
                throw new ArgumentException($"The feature '{features[i].Name}' of type {features[i].Type} has the wrong kind of values.");
            }
        }
    }

    /// <summary>No features.</summary>
    public static FeatureSchema Empty { get; } = new([], []);

    /// <summary>Features in column order.</summary>
    public IReadOnlyList<FeatureSpec> Features { get; }

    /// <summary>Vocabularies in column order, null for ordered features.</summary>
    public IReadOnlyList<Vocabulary?> Vocabularies { get; }

    /// <summary>The column of a feature, or -1.</summary>
    public int Find(string name) => _index.TryGetValue(name, out int i) ? i : -1;
}
