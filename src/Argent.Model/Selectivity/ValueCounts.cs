using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>How many items have each value id of a category, set of categories or text.</summary>
/// <param name="Counts">[V] int32, items by value id.</param>
/// <param name="WithValue">[1] int64, items that have any of them.</param>
public sealed record ValueCounts(Tensor<int> Counts, Tensor<long> WithValue) : FeatureCounts
{
    /// <summary>True when no item has two of the values.</summary>
    internal bool IsSingle { get; init; }

    /// <inheritdoc/>
    public override long Items => WithValue[0];

    /// <inheritdoc/>
    public override IEnumerable<(string Name, AnyTensor Tensor)> Tensors =>
        [("counts", AnyTensor.From(Counts)), ("with_value", AnyTensor.From(WithValue))];

    internal static unsafe ValueCounts OfColumn(ForwardColumn column, int values)
    {
        var counts = Tensor.Zeros<int>(new Shape(values));
        long withValue = 0;
        bool isSingle = true;
        for (long slot = 0; slot < column.Ranges.Count; slot++)
        {
            var ids = column.Ids(slot);
            if (ids.Length > 0) withValue++;
            isSingle &= ids.Length <= 1;
            // The ids of an item are distinct, so that each counts it once.
            foreach (int id in ids) counts[id]++;
        }
        return new ValueCounts(counts, Tensor.From<long>([withValue])) { IsSingle = isSingle };
    }

    internal static ValueCounts FromTensors(TensorSource source, string path, int values, int slots)
    {
        var found = new ValueCounts(source.Get<int>(path + ".counts", values), source.Get<long>(path + ".with_value", 1));
        if (found.Items < 0 || found.Items > slots)
        {
            throw source.Bad(path + ".with_value", $"counts {found.Items} items in {slots} slots");
        }
        long sum = 0;
        foreach (int count in found.Counts.Span)
        {
            sum += count;
            if (count < 0 || count > found.Items)
            {
                throw source.Bad(path + ".counts", $"counts {count} items of the {found.Items} that have a value");
            }
        }
        if (sum < found.Items) throw source.Bad(path + ".with_value", $"counts {found.Items} items for {sum} values");
        // As many values as items that have one: one each.
        return found with { IsSingle = sum == found.Items };
    }

    internal override MatchEstimate Matches(LeafCondition leaf) => leaf.Kind switch
    {
        LeafKind.Exists => MatchEstimate.Exactly(Items),
        LeafKind.HasAll => HasAll(leaf.Values),
        _ => HasAny(leaf.Values),
    };

    MatchEstimate HasAny(long[] values)
    {
        long sum = 0, largest = 0;
        double none = 1;
        foreach (long value in values)
        {
            long count = Counts[value];
            sum += count;
            largest = Math.Max(largest, count);
            none *= 1 - (double)count / Math.Max(1, Items);
        }
        return IsSingle || values.Length == 1
            ? MatchEstimate.Exactly(sum)
            : MatchEstimate.Between(largest, Math.Min(sum, Items), Items * (1 - none));
    }

    MatchEstimate HasAll(long[] values)
    {
        long lacking = 0, smallest = Items;
        double all = 1;
        foreach (long value in values)
        {
            long count = Counts[value];
            lacking += Items - count;
            smallest = Math.Min(smallest, count);
            all *= (double)count / Math.Max(1, Items);
        }
        if (IsSingle && values.Length > 1) return MatchEstimate.Exactly(0);
        return MatchEstimate.Between(Math.Max(0, Items - lacking), smallest, Items * all);
    }
}
