namespace Argent.Model;

/// <summary>Every item of a data set in id order: ids, titles and feature columns. Row r everywhere is the same item.</summary>
public sealed class Catalogue
{
    /// <summary>A catalogue; titles may be null.</summary>
    /// <exception cref="ArgumentException">The parts have different numbers of rows.</exception>
    public Catalogue(ItemIds ids, string[]? titles, IReadOnlyList<FeatureColumn> columns)
    {
        (Ids, Titles, Columns) = (ids, titles, columns);
        if (titles is not null && titles.Length != ids.Count)
        {
            throw new ArgumentException($"{titles.Length} titles for {ids.Count} items.");
        }
        foreach (var column in columns)
        {
            if (column.Count != ids.Count)
            {
                throw new ArgumentException($"The feature '{column.Spec.Name}' has {column.Count} rows for {ids.Count} items.");
            }
        }
        Schema = new FeatureSchema([.. columns.Select(c => c.Spec)], [.. columns.Select(c => c.Vocabulary)]);
    }

    /// <summary>Number of items.</summary>
    public int Count => Ids.Count;

    /// <summary>Ids, ascending.</summary>
    public ItemIds Ids { get; }

    /// <summary>Titles by row, or null.</summary>
    public string[]? Titles { get; }

    /// <summary>Feature columns in schema order.</summary>
    public IReadOnlyList<FeatureColumn> Columns { get; }

    /// <summary>The features.</summary>
    public FeatureSchema Schema { get; }
}
