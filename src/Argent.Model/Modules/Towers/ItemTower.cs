using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Items to vectors: embedding = id embedding + mean embedding of each feature, plus hidden layers where there are any;
/// bias = the item's bias. The id embedding is what an item is beyond its features, so an item that training never saw
/// gets the vector of its features, and the bias 0, which training makes the bias of a typical item.
/// </summary>
public sealed class ItemTower : Module
{
    readonly TowerConfig _config;
    readonly Tensor<float> _ids;  // [R, D]
    readonly Tensor<float> _bias; // [R]
    readonly FeatureTable[] _features;
    readonly HiddenLayers? _hidden;

    ItemTower(TowerConfig config, ItemIds items, in Parts parts)
    {
        (_config, Items) = (config, items);
        (_ids, _bias, _features, _hidden) = (parts.Ids, parts.Bias, parts.Features, parts.Hidden);
    }

    /// <summary>The items that training saw: row r of the id table is item r.</summary>
    public ItemIds Items { get; }

    /// <summary>D.</summary>
    public int Dim => _config.Dim;

    /// <summary>Tables of the features, in the order of the configuration.</summary>
    public IReadOnlyList<FeatureTable> Features => _features;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Module Child)> Children
    {
        get
        {
            foreach (var table in _features) yield return ("features." + table.Feature.Name, table);
            if (_hidden is not null) yield return ("hidden", _hidden);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, AnyTensor Tensor)> Tensors =>
        [("id.weight", AnyTensor.From(_ids)), ("bias", AnyTensor.From(_bias))];

    /// <summary>A tower of zeros, for training to fill.</summary>
    public static ItemTower Zeros(TowerConfig config, ItemIds items, IReadOnlyList<FeatureTable> features)
    {
        config.Check();
        return new ItemTower(config, items, new Parts
        {
            Ids = Tensor.Zeros<float>(new Shape(items.Count, config.Dim)),
            Bias = Tensor.Zeros<float>(new Shape(items.Count)),
            Features = [.. features],
            Hidden = config.ItemHidden.Count > 0 ? HiddenLayers.Zeros(config.Dim, config.ItemHidden, config.Dim) : null,
        });
    }

    /// <summary>Binds weights.</summary>
    /// <param name="config">The tower's shape.</param>
    /// <param name="tensors">The tensor of a path such as <c>item_tower.id.weight</c>, or null; see docs/weights.md.</param>
    /// <param name="items">Rows of the id table.</param>
    /// <param name="origin">What errors call the weights: a file's path.</param>
    /// <exception cref="InvalidDataException">A tensor is missing or has another type or shape.</exception>
    public static ItemTower FromTensors(
        TowerConfig config, Func<string, AnyTensor?> tensors, ItemIds items, string origin = "the model")
    {
        config.Check();
        var source = new TensorSource(tensors, origin);
        int dim = config.Dim;
        return new ItemTower(config, items, new Parts
        {
            Ids = source.Get<float>("item_tower.id.weight", [items.Count, dim]),
            Bias = source.Get<float>("item_tower.bias", [items.Count]),
            Features = [.. config.ItemFeatures.Select(
                f => FeatureTable.FromTensors(f, "item_tower.features." + f.Name, dim, source))],
            Hidden = config.ItemHidden.Count > 0
                ? HiddenLayers.FromTensors("item_tower.hidden", dim, config.ItemHidden, dim, source)
                : null,
        });
    }

    /// <summary>Rows of a catalogue as a batch; features that the catalogue lacks are missing values.</summary>
    /// <param name="catalogue">Any items, trained or not.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="scratch">Memory of the batch.</param>
    /// <exception cref="ArgumentException">A feature of the catalogue has another type than it had in training.</exception>
    public ItemBatch Encode(Catalogue catalogue, int firstRow, int count, Scratch scratch)
    {
        var rows = scratch.Rent<int>(new Shape(count));
        bool numbers = !catalogue.Ids.IsText && !Items.IsText;
        for (int i = 0; i < count; i++)
        {
            int row = firstRow + i;
            rows[i] = numbers ? Items.Find(catalogue.Ids.Number(row)) : Items.Find(catalogue.Ids.Text(row));
        }
        var features = new IdBags[_features.Length];
        var builder = new IdBagsBuilder();
        for (int f = 0; f < features.Length; f++)
        {
            builder.Clear();
            var column = Column(catalogue, _features[f]);
            for (int row = firstRow; row < firstRow + count; row++)
            {
                if (column is null) builder.Close();
                else _features[f].Encode(column, row, builder);
            }
            features[f] = Copy(builder.Build(), scratch);
        }
        return new ItemBatch(count, rows, features);
    }

    /// <summary>Embeddings and biases of a batch.</summary>
    /// <returns>[n, D] and [n], rented.</returns>
    public (Tensor<float> Embeddings, Tensor<float> Bias) Forward(in ItemBatch items, in ForwardPass pass)
    {
        var embeddings = Rows.Gather(_ids, items.Rows, pass);
        for (int f = 0; f < _features.Length; f++)
        {
            embeddings = Rows.Add(embeddings, _features[f].Forward(items.Features[f], pass), pass);
        }
        if (_hidden is not null) embeddings = Rows.Add(embeddings, _hidden.Forward(embeddings, pass), pass);
        var bias = Rows.Gather(_bias.Reshape(new Shape(_bias.Count, 1)), items.Rows, pass);
        return (embeddings, bias.Reshape(new Shape(items.Count)));
    }

    static FeatureColumn? Column(Catalogue catalogue, FeatureTable table)
    {
        int index = catalogue.Schema.Find(table.Feature.Name);
        if (index < 0) return null;
        var column = catalogue.Columns[index];
        return column.Spec.Type == table.Feature.Type
            ? column
            : throw new ArgumentException(
                $"The feature '{table.Feature.Name}' is {column.Spec.Type} in the catalogue, but was {table.Feature.Type} in training.");
    }

    static IdBags Copy(in IdBags bags, Scratch scratch)
    {
        var (ids, start) = (scratch.Rent<int>(bags.Ids.Shape), scratch.Rent<int>(bags.Start.Shape));
        ids.CopyFrom(bags.Ids);
        start.CopyFrom(bags.Start);
        return new IdBags(ids, start);
    }

    readonly struct Parts
    {
        public required Tensor<float> Ids { get; init; }

        public required Tensor<float> Bias { get; init; }

        public required FeatureTable[] Features { get; init; }

        public required HiddenLayers? Hidden { get; init; }
    }
}
