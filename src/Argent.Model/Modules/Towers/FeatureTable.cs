using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// The embedding table of one feature. A text feature has a row per known value; an ordered feature has a row per
/// interval between bounds. Values without a row, and missing values, add nothing.
/// </summary>
public sealed class FeatureTable : Module
{
    readonly ItemIds? _values;     // texts in ordinal byte order, or null for an ordered feature
    readonly Tensor<long> _bounds; // [V - 1] ascending keys
    VocabularyRows? _last;

    FeatureTable(TowerFeature feature, ItemIds? values, Tensor<long> bounds, Tensor<float> weight) =>
        (Feature, _values, _bounds, Weight) = (feature, values, bounds, weight);

    /// <summary>Name and type.</summary>
    public TowerFeature Feature { get; }

    /// <summary>[V, D] float32.</summary>
    public Tensor<float> Weight { get; }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, AnyTensor Tensor)> Tensors
    {
        get
        {
            yield return ("weight", AnyTensor.From(Weight));
            if (_values is null)
            {
                yield return ("bounds", AnyTensor.From(_bounds));
                yield break;
            }
            yield return ("value_start", _values.Tensors[0].Tensor);
            yield return ("value_text", _values.Tensors[1].Tensor);
        }
    }

    /// <summary>A zero table of a text feature with a row for each of <paramref name="values"/>, distinct, in any order.</summary>
    public static FeatureTable OfValues(TowerFeature feature, IEnumerable<string> values, int dim)
    {
        var sorted = values.ToList();
        sorted.Sort(CompareUtf8);
        return new(feature, ItemIds.FromSorted(sorted), default, Tensor.Zeros<float>(new Shape(sorted.Count, dim)));
    }

    /// <summary>A zero table of an ordered feature with one row more than <paramref name="bounds"/>, which ascend.</summary>
    public static FeatureTable OfBounds(TowerFeature feature, ReadOnlySpan<long> bounds, int dim) =>
        new(feature, null, Tensor.From(bounds), Tensor.Zeros<float>(new Shape(bounds.Length + 1, dim)));

    /// <summary>Binds the tensors below <paramref name="path"/>.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another type or shape.</exception>
    public static FeatureTable FromTensors(TowerFeature feature, string path, int dim, TensorSource tensors)
    {
        if (feature.IsOrdered())
        {
            var bounds = tensors.Get<long>(path + ".bounds", [-1]);
            CheckAscending(path, bounds);
            return new(feature, null, bounds, tensors.Get<float>(path + ".weight", [bounds.Count + 1, dim]));
        }
        var values = tensors.GetTexts(path + ".value_start", path + ".value_text");
        return new(feature, values, default, tensors.Get<float>(path + ".weight", [values.Count, dim]));
    }

    /// <summary>The row of a text value, or -1.</summary>
    public int Row(string value) => _values!.Find(value);

    /// <summary>The row of a key, or -1 for a missing value.</summary>
    public int Row(long key)
    {
        if (key == OrderedKey.Missing) return -1;
        int low = 0, high = (int)_bounds.Count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (_bounds[middle] <= key) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>Adds the rows of one catalogue row's values to <paramref name="bags"/> and closes the bag.</summary>
    public void Encode(FeatureColumn column, int row, IdBagsBuilder bags)
    {
        if (_values is null)
        {
            bags.Add(Row(column.Keys[row]));
        }
        else
        {
            var rows = RowsOf(column.Vocabulary!);
            foreach (int id in column.Ids(row)) bags.Add(rows[id]);
        }
        bags.Close();
    }

    /// <summary>Pooled embeddings of a batch: the mean over an item's known values.</summary>
    /// <returns>[B, D], rented.</returns>
    public Tensor<float> Forward(in IdBags bags, in ForwardPass pass) => Pool(Weight, bags, Pooling.Mean, pass);

    /// <summary>Pools rows of <paramref name="table"/>.</summary>
    internal static Tensor<float> Pool(Tensor<float> table, in IdBags bags, Pooling pooling, in ForwardPass pass)
    {
        var pooled = pass.Scratch.Rent<float>(new Shape(bags.Start.Count - 1, table.Shape[1]));
        pass.Kernels.SumEmbeddings(new SumEmbeddingsArgs
        {
            Table = table,
            Ids = bags.Ids,
            Start = bags.Start,
            Pooling = pooling,
            Output = pooled,
        });
        return pooled;
    }

    /// <summary>The table row of every id of a vocabulary; the last vocabulary is remembered, since batches share it.</summary>
    int[] RowsOf(Vocabulary vocabulary)
    {
        if (_last is { } last && ReferenceEquals(last.Vocabulary, vocabulary)) return last.Rows;
        var rows = new int[vocabulary.Count];
        for (int id = 0; id < rows.Length; id++) rows[id] = Row(vocabulary[id]);
        _last = new VocabularyRows(vocabulary, rows);
        return rows;
    }

    static int CompareUtf8(string left, string right) =>
        System.Text.Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(right));

    static void CheckAscending(string path, Tensor<long> bounds)
    {
        for (long i = 1; i < bounds.Count; i++)
        {
            if (bounds[i] <= bounds[i - 1]) throw new InvalidDataException($"The tensor '{path}.bounds' does not ascend at entry {i}.");
        }
    }

    sealed record VocabularyRows(Vocabulary Vocabulary, int[] Rows);
}
