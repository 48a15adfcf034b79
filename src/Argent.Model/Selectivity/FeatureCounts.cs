using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// How many items have the values of a feature, counted when the model was published. Items that were taken out since are
/// still counted.
/// </summary>
public abstract record FeatureCounts
{
    /// <summary>Items with a value.</summary>
    public abstract long Items { get; }

    /// <summary>What an artifact keeps, by name below the feature's.</summary>
    public abstract IEnumerable<(string Name, AnyTensor Tensor)> Tensors { get; }

    /// <summary>Counts of a column.</summary>
    /// <param name="column">Values by slot; a slot without values counts for nothing.</param>
    /// <param name="values">V, the values of its vocabulary; not read for an ordered column.</param>
    public static FeatureCounts Of(ForwardColumn column, int values)
    {
        ArgumentNullException.ThrowIfNull(column);
        return column.IsOrdered ? KeyCounts.OfKeys(column.Keys.Span) : ValueCounts.OfColumn(column, values);
    }

    /// <summary>Binds the counts of the feature at <paramref name="path"/>.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or inconsistent.</exception>
    internal static FeatureCounts FromTensors(TensorSource source, string path, Vocabulary? vocabulary, int slots) =>
        vocabulary is null
            ? KeyCounts.FromTensors(source, path, slots)
            : ValueCounts.FromTensors(source, path, vocabulary.Count, slots);

    /// <summary>How many items a leaf about this feature matches.</summary>
    internal abstract MatchEstimate Matches(LeafCondition leaf);
}
