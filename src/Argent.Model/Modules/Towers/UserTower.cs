using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Users to query vectors: x = pooled histories, hashed id, features and, where there is one, the row of the history read
/// in its order, side by side [B, X]; queries = x Wᵀ + b, plus hidden layers where there are any; one head of D numbers per
/// task.
/// </summary>
public sealed class UserTower : Module
{
    readonly TowerConfig _config;
    readonly Tensor<float>[] _histories; // [R, D] each
    readonly Tensor<float> _ids;         // [buckets, D], or no tensor
    readonly FeatureTable[] _features;
    readonly SequenceEncoder? _sequence;
    readonly int _sequenceHistory;
    readonly HiddenLayers? _hidden;
    readonly DenseLayer _heads;          // [T * D, X]

    UserTower(TowerConfig config, ItemIds items, in Parts parts)
    {
        (_config, HistoryItems) = (config, items);
        (_histories, _ids, _features) = (parts.Histories, parts.Ids, parts.Features);
        (_sequence, _hidden, _heads) = (parts.Sequence, parts.Hidden, parts.Heads);
        _sequenceHistory = config.Histories.ToList().IndexOf(config.Sequence?.History ?? "");
        Encoder = new UserEncoder(config, items, _features);
    }

    /// <summary>Tasks in head order.</summary>
    public IReadOnlyList<string> Tasks => _config.Tasks;

    /// <summary>Tasks whose events the tower reads; a history without a name is the first's.</summary>
    public IReadOnlyList<string> Histories => _config.Histories;

    /// <summary>D.</summary>
    public int Dim => _config.Dim;

    /// <summary>The items that histories may hold: row r of every history table is item r.</summary>
    public ItemIds HistoryItems { get; }

    /// <summary>Tables of the features, in the order of the configuration.</summary>
    public IReadOnlyList<FeatureTable> Features => _features;

    /// <summary>Turns requests' users into batches.</summary>
    public UserEncoder Encoder { get; }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Module Child)> Children
    {
        get
        {
            foreach (var table in _features) yield return ("features." + table.Feature.Name, table);
            if (_sequence is not null) yield return ("sequence", _sequence);
            if (_hidden is not null) yield return ("hidden", _hidden);
            yield return ("heads", _heads);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, AnyTensor Tensor)> Tensors
    {
        get
        {
            // "items.ids" of the catalogue is "item_ids" here: the items that were trained, not those that are served.
            foreach (var (name, tensor) in HistoryItems.Tensors) yield return (TrainedName(name), tensor);
            for (int i = 0; i < _histories.Length; i++)
            {
                yield return ($"history.{_config.Histories[i]}.weight", AnyTensor.From(_histories[i]));
            }
            if (_ids.IsPresent) yield return ("id.weight", AnyTensor.From(_ids));
        }
    }

    /// <summary>A tower of zeros, for training to fill.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="items">Rows of the history tables.</param>
    /// <param name="features">Tables of the user features, in the order of the configuration.</param>
    public static UserTower Zeros(TowerConfig config, ItemIds items, IReadOnlyList<FeatureTable> features)
    {
        config.Check();
        int inputs = config.UserParts() * config.Dim, outputs = config.Tasks.Count * config.Dim;
        return new UserTower(config, items, new Parts
        {
            Histories = [.. config.Histories.Select(_ => Tensor.Zeros<float>(new Shape(items.Count, config.Dim)))],
            Ids = config.UserIdBuckets > 0 ? Tensor.Zeros<float>(new Shape(config.UserIdBuckets, config.Dim)) : default,
            Features = [.. features],
            Sequence = config.Sequence is { } sequence ? SequenceEncoder.Zeros(sequence, items.Count, config.Dim) : null,
            Hidden = config.UserHidden.Count > 0 ? HiddenLayers.Zeros(inputs, config.UserHidden, outputs) : null,
            Heads = DenseLayer.Zeros(inputs, outputs),
        });
    }

    /// <summary>Binds weights.</summary>
    /// <param name="config">The tower's shape.</param>
    /// <param name="tensors">The tensor of a path such as <c>user_tower.heads.weight</c>, or null; see docs/weights.md.</param>
    /// <param name="historyItems">Rows of the history tables.</param>
    /// <param name="origin">What errors call the weights: a file's path.</param>
    /// <exception cref="InvalidDataException">A tensor is missing or has another type or shape.</exception>
    public static UserTower FromTensors(
        TowerConfig config, Func<string, AnyTensor?> tensors, ItemIds historyItems, string origin = "the model")
    {
        config.Check();
        var source = new TensorSource(tensors, origin);
        int dim = config.Dim, inputs = config.UserParts() * dim, outputs = config.Tasks.Count * dim;
        return new UserTower(config, historyItems, new Parts
        {
            Histories = [.. config.Histories.Select(
                task => source.Get<float>($"user_tower.history.{task}.weight", [historyItems.Count, dim]))],
            Ids = config.UserIdBuckets > 0 ? source.Get<float>("user_tower.id.weight", [config.UserIdBuckets, dim]) : default,
            Features = [.. config.UserFeatures.Select(
                f => FeatureTable.FromTensors(f, "user_tower.features." + f.Name, dim, source))],
            Sequence = config.Sequence is { } sequence
                ? SequenceEncoder.FromTensors(sequence, new Shape(historyItems.Count, dim), "user_tower.sequence", source)
                : null,
            Hidden = config.UserHidden.Count > 0
                ? HiddenLayers.FromTensors("user_tower.hidden", inputs, config.UserHidden, outputs, source)
                : null,
            Heads = DenseLayer.FromTensors("user_tower.heads", inputs, outputs, source),
        });
    }

    /// <summary>This tower with its weights laid out for many passes, which give the same bits. They must not change afterwards.</summary>
    public UserTower Frozen()
    {
        _sequence?.Freeze();
        _hidden?.Freeze();
        _heads.Freeze();
        return this;
    }

    /// <summary>The trained items from the tensors that <see cref="Tensors"/> gives below <c>user_tower</c>.</summary>
    /// <exception cref="InvalidDataException">There are neither numbers nor texts.</exception>
    public static ItemIds ItemIdsFrom(Func<string, AnyTensor?> tensors, string origin = "the model")
    {
        var source = new TensorSource(tensors, origin);
        return tensors("user_tower.item_id_start") is null
            ? ItemIds.FromTensors(source.Get<long>("user_tower.item_ids", [-1]), default, default)
            : source.GetTexts("user_tower.item_id_start", "user_tower.item_id_text");
    }

    /// <summary>Query vectors of a batch.</summary>
    /// <returns>[B * T, D], rented: the heads of user 0, then those of user 1, ...</returns>
    public Tensor<float> Forward(in UserBatch users, in ForwardPass pass)
    {
        var x = Pooled(users, 0, pass);
        for (int bag = 1; bag < users.Bags.Count; bag++) x = Rows.Concat(x, Pooled(users, bag, pass), pass);
        if (_sequence is not null)
        {
            var row = _sequence.Forward(users.Bags[_sequenceHistory], pass);
            x = Rows.Concat(x, row, pass);
        }
        var queries = _heads.Forward(x, Activation.None, pass);
        if (_hidden is not null)
        {
            var learned = _hidden.Forward(x, pass);
            pass.Kernels.Elementwise(
                new ElementwiseArgs { Op = ElementwiseOp.Add, Left = queries, Right = learned, Output = queries });
        }
        return queries.Reshape(new Shape((long)users.Count * Tasks.Count, Dim));
    }

    Tensor<float> Pooled(in UserBatch users, int bag, in ForwardPass pass)
    {
        int histories = _histories.Length, ids = _ids.IsPresent ? 1 : 0;
        if (bag < histories) return FeatureTable.Pool(_histories[bag], users.Bags[bag], _config.HistoryPooling, pass);
        if (bag < histories + ids) return FeatureTable.Pool(_ids, users.Bags[bag], Pooling.Sum, pass);
        return _features[bag - histories - ids].Forward(users.Bags[bag], pass);
    }

    static string TrainedName(string name) => name switch
    {
        "items.ids" => "item_ids",
        "items.id_start" => "item_id_start",
        "items.id_text" => "item_id_text",
        _ => throw new ArgumentException($"Unknown tensor of item ids '{name}'."),
    };

    readonly struct Parts
    {
        public required Tensor<float>[] Histories { get; init; }

        public required Tensor<float> Ids { get; init; }

        public required FeatureTable[] Features { get; init; }

        public required SequenceEncoder? Sequence { get; init; }

        public required HiddenLayers? Hidden { get; init; }

        public required DenseLayer Heads { get; init; }
    }
}
