using Argent.Data;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>Makes towers for a data set and gives their weights first values.</summary>
static class TowerBuilder
{
    /// <summary>A value of fewer items gets no row: it would say no more than the items' ids do.</summary>
    const int ItemsPerValueMin = 2;

    /// <summary>Intervals of an ordered feature, about equally full.</summary>
    const int OrderedIntervals = 16;

    /// <summary>The shape of the towers.</summary>
    /// <exception cref="ArgumentException">An option names a task or feature that the data set has not.</exception>
    public static TowerConfig Configure(Dataset dataset, TrainOptions options, string splitTask)
    {
        string[] tasks = [.. dataset.Events.Select(e => e.Task)];
        string[] features = [.. dataset.Items.Schema.Features.Select(f => f.Name)];
        var histories = Known("history", options.Histories, tasks);
        return new TowerConfig
        {
            Dim = options.Dim,
            Tasks = Known("task", options.Tasks, tasks),
            Histories = histories,
            Sequence = Sequence(options, histories.Contains(splitTask, StringComparer.Ordinal) ? splitTask : histories.FirstOrDefault("")),
            UserIdBuckets = options.UserIdBuckets,
            UserFeatures = [.. dataset.UserColumns.Select(c => c.Spec).Where(IsEmbedded).Select(Feature)],
            UserHidden = options.UserHidden,
            ItemFeatures = [.. Known("item feature", options.ItemFeatures, features)
                .Select(name => dataset.Items.Schema.Features[dataset.Items.Schema.Find(name)])
                .Where(IsEmbedded)
                .Select(Feature)],
            ItemHidden = options.ItemHidden,
        };
    }

    /// <summary>A model with first values: tables random and alike for items and histories, heads the identity.</summary>
    public static TrainedModel Create(Dataset dataset, TrainingEvents events, TrainedDescription description, TrainOptions options)
    {
        var config = description.Towers;
        var user = UserTower.Zeros(config, events.Items, [.. config.UserFeatures.Select(f => Table(f, dataset.UserColumns, options.Dim))]);
        var tables = config.ItemFeatures.Select(f => Table(f, dataset.Items.Columns, options.Dim));
        var item = ItemTower.Zeros(config, events.Items, [.. tables]);
        var model = new TrainedModel(description, user, item);
        var random = new CounterRandom(options.Seed, Purpose.Weights);
        var tensors = model.WeightTensors.Where(t => t.Tensor.Type == ElementType.F32).ToDictionary(t => t.Name, t => t.Tensor.As<float>());
        foreach (var (name, tensor) in tensors)
        {
            if (IsInnerLayer(name, tensor)) Fill(tensor, MathF.Sqrt(2f / tensor.Shape[1]), ref random);
            if (name == "user_tower.sequence.positions") Fill(tensor, options.InitialScale, ref random);
            // Numbers of the size of an embedding's go into the output, so that a step moves it as little as a table.
            if (name == "user_tower.sequence.norm.gain") tensor.Span.Fill(options.InitialScale);
        }
        Fill(tensors["item_tower.id.weight"], options.InitialScale, ref random);
        // A history that starts as the items' own vectors means from the start: more of the same.
        foreach (string task in config.Histories) tensors[$"user_tower.history.{task}.weight"].CopyFrom(tensors["item_tower.id.weight"]);
        if (config.Sequence is not null) tensors["user_tower.sequence.items.weight"].CopyFrom(tensors["item_tower.id.weight"]);
        FillHeads(tensors["user_tower.heads.weight"], config);
        if (options.TrendDays == 0) FillBias(tensors["item_tower.bias"], events.Of(config.Tasks[0]));
        return model;
    }

    static SequenceConfig? Sequence(TrainOptions options, string history) => options.SequenceLength == 0 ? null : new SequenceConfig
    {
        History = history,
        Length = options.SequenceLength,
        Blocks = options.SequenceBlocks,
        Heads = options.SequenceHeads,
        Hidden = options.SequenceHidden,
        Weighting = options.SequenceWeighting,
    };

    /// <summary>Layers that are not at the end of a path of their own start random; outputs beside a linear path at zero.</summary>
    static bool IsInnerLayer(string name, Tensor<float> tensor) =>
        tensor.Shape.Rank == 2 && name.EndsWith(".weight", StringComparison.Ordinal)
        && (name.Contains("hidden.", StringComparison.Ordinal) || name.Contains("sequence.blocks.", StringComparison.Ordinal));

    static void Fill(Tensor<float> tensor, float scale, ref CounterRandom random)
    {
        for (long i = 0; i < tensor.Count; i++) tensor[i] = scale * random.NextNormal();
    }

    /// <summary>Each head starts as the sum of all inputs.</summary>
    static void FillHeads(Tensor<float> weight, TowerConfig config)
    {
        for (int row = 0; row < weight.Shape[0]; row++)
        {
            var inputs = weight.Row(row);
            for (int bag = 0; bag < config.UserParts(); bag++) inputs[(bag * config.Dim) + (row % config.Dim)] = 1;
        }
    }

    /// <summary>log popularity, moved so that its mean is 0: a new item is taken for a typical one.</summary>
    static void FillBias(Tensor<float> bias, Interactions events)
    {
        foreach (int row in events.ItemRows) bias[row]++;
        double mean = 0;
        foreach (ref float b in bias.Span)
        {
            b = MathF.Log(b + 1);
            mean += b / bias.Count;
        }
        foreach (ref float b in bias.Span) b -= (float)mean;
    }

    static FeatureTable Table(TowerFeature feature, IReadOnlyList<FeatureColumn> columns, int dim)
    {
        var column = columns.First(c => c.Spec.Name == feature.Name);
        if (feature.IsOrdered()) return FeatureTable.OfBounds(feature, Bounds(column.Keys), dim);
        var counts = new int[column.Vocabulary!.Count];
        for (int row = 0; row < column.Count; row++)
        {
            foreach (int id in column.Ids(row)) counts[id]++;
        }
        return FeatureTable.OfValues(feature, column.Vocabulary.Values.Where((_, id) => counts[id] >= ItemsPerValueMin), dim);
    }

    static long[] Bounds(ReadOnlySpan<long> keys)
    {
        var sorted = new List<long>(keys.Length);
        foreach (long key in keys)
        {
            if (key != OrderedKey.Missing) sorted.Add(key);
        }
        sorted.Sort();
        if (sorted.Count == 0) return [];
        return [.. Enumerable.Range(1, OrderedIntervals - 1)
            .Select(i => sorted[(int)((long)sorted.Count * i / OrderedIntervals)])
            .Distinct()
            .Where(bound => bound > sorted[0])];
    }

    static bool IsEmbedded(FeatureSpec spec) => spec.Type != FeatureType.Text;

    static TowerFeature Feature(FeatureSpec spec) => new(spec.Name, spec.Type);

    static IReadOnlyList<string> Known(string kind, IReadOnlyList<string>? wanted, string[] known)
    {
        foreach (string name in wanted ?? [])
        {
            if (known.Contains(name, StringComparer.Ordinal)) continue;
            throw new ArgumentException(
                $"The data set has no {kind} '{name}'; it has {string.Join(", ", known)}.{Suggestion.Offer(name, known)}");
        }
        return wanted ?? known;
    }
}
