using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// What a candidate and a user have to do with each other, as numbers that no embedding holds: [C, F] columns named in
/// <see cref="OverArchConfig.Features"/>, brought to mean 0 and variance 1 of the training.
/// </summary>
public sealed unsafe class CrossFeatures
{
    /// <summary>Before the task of a head's score.</summary>
    public const string Score = "score.";

    /// <summary>Before the history whose items' neighbour weights are summed.</summary>
    public const string Neighbours = "neighbours.";

    /// <summary>Before the history of the square root of such a sum, which is 0 where the sum is negative.</summary>
    public const string NeighbourRoots = "neighbourRoots.";

    /// <summary>Before the history whose length is counted: log(1 + items).</summary>
    public const string Count = "count.";

    /// <summary>The item's bias: log popularity, as training moved it.</summary>
    public const string Bias = "bias";

    readonly Column[] _columns;
    readonly float[] _means;
    readonly float[] _factors;

    /// <summary>The features of a configuration.</summary>
    /// <param name="config">Their names, means and factors.</param>
    /// <param name="towers">Tasks and histories.</param>
    /// <param name="neighbours">Item-to-item weights; null where no feature needs them.</param>
    /// <exception cref="InvalidDataException">A feature is unknown, or there are not as many means as features.</exception>
    public CrossFeatures(OverArchConfig config, TowerConfig towers, ItemNeighbours? neighbours)
    {
        _columns = [.. config.Features.Select(name => Parse(name, towers, neighbours))];
        _means = config.FeatureMeans is { } means ? [.. means] : new float[_columns.Length];
        _factors = config.FeatureFactors is { } factors ? [.. factors] : [.. Enumerable.Repeat(1f, _columns.Length)];
        if (_means.Length != _columns.Length || _factors.Length != _columns.Length)
        {
            throw new InvalidDataException(
                $"The OverArch has {_columns.Length} features, {_means.Length} means and {_factors.Length} factors.");
        }
    }

    /// <summary>All features that a model can have, in the usual order.</summary>
    public static IReadOnlyList<string> All(TowerConfig towers) =>
    [
        .. towers.Tasks.Select(task => Score + task), .. towers.Histories.Select(history => Neighbours + history),
        .. towers.Histories.Select(history => NeighbourRoots + history),
        .. towers.Histories.Select(history => Count + history), Bias,
    ];

    /// <summary>Whether a feature reads item-to-item weights.</summary>
    public static bool ReadsNeighbours(IEnumerable<string> features) => features.Any(
        f => f is not null
            && (f.StartsWith(Neighbours, StringComparison.Ordinal) || f.StartsWith(NeighbourRoots, StringComparison.Ordinal)));

    /// <summary>Computes all columns.</summary>
    /// <returns>[C, F] float32, rented.</returns>
    public Tensor<float> Compute(in CrossInputs inputs, in ForwardPass pass)
    {
        long count = inputs.Candidates.Count;
        var features = pass.Scratch.Rent<float>(new Shape(count, _columns.Length));
        if (count == 0) return features;
        for (int f = 0; f < _columns.Length; f++)
        {
            int sum = SumBefore(f);
            if (sum >= 0) TakeRoots(sum, f, features);
            else Fill(_columns[f], f, in inputs, features, pass);
        }
        Normalize(features);
        return features;
    }

    /// <summary>The earlier column whose roots column <paramref name="f"/> is, so that sums are made once; or -1.</summary>
    int SumBefore(int f)
    {
        if (_columns[f].Kind != ColumnKind.NeighbourRoot) return -1;
        for (int c = 0; c < f; c++)
        {
            if (_columns[c].Kind == ColumnKind.Neighbours && _columns[c].Index == _columns[f].Index) return c;
        }
        return -1;
    }

    void Normalize(Tensor<float> features)
    {
        float* row = features.Pointer;
        fixed (float* means = _means, factors = _factors)
        {
            for (long c = 0; c < features.Shape[0]; c++, row += _means.Length)
            {
                for (int f = 0; f < _means.Length; f++) row[f] = (row[f] - means[f]) * factors[f];
            }
        }
    }

    static void Fill(Column column, int f, in CrossInputs inputs, Tensor<float> features, in ForwardPass pass)
    {
        switch (column.Kind)
        {
            case ColumnKind.Score:
                FillScores(inputs.Scores, column.Index, f, features);
                break;
            case ColumnKind.Bias:
                FillBiases(inputs.Bias, inputs.Candidates, f, features);
                break;
            case ColumnKind.Count:
                FillCounts(inputs.Histories.Of(column.Index).Start, inputs.Start, f, features);
                break;
            default:
                var history = inputs.Histories.Of(column.Index);
                pass.Kernels.SumNeighbours(new SumNeighboursArgs
                {
                    RowStart = column.Neighbours!.Start,
                    Neighbours = column.Neighbours.Items,
                    Weights = column.Neighbours.Weights,
                    History = history.Ids,
                    HistoryStart = history.Start,
                    Candidates = inputs.Candidates,
                    CandidateStart = inputs.Start,
                    Output = features,
                    Column = f,
                });
                if (column.Kind == ColumnKind.NeighbourRoot) TakeRoots(f, f, features);
                break;
        }
    }

    static void FillScores(Tensor<float> scores, int head, int f, Tensor<float> features)
    {
        long count = features.Shape[0], width = features.Shape[1], heads = scores.Shape[1];
        float* from = scores.Pointer + head, to = features.Pointer + f;
        for (long c = 0; c < count; c++) to[c * width] = from[c * heads];
    }

    static void FillBiases(Tensor<float> biases, Tensor<int> candidates, int f, Tensor<float> features)
    {
        long count = features.Shape[0], width = features.Shape[1];
        float* bias = biases.Pointer, to = features.Pointer + f;
        int* items = candidates.Pointer;
        for (long c = 0; c < count; c++) to[c * width] = bias[items[c]];
    }

    static void TakeRoots(int sum, int f, Tensor<float> features)
    {
        long count = features.Shape[0], width = features.Shape[1];
        float* row = features.Pointer;
        for (long c = 0; c < count; c++, row += width) row[f] = MathF.Sqrt(Math.Max(0, row[sum]));
    }

    static void FillCounts(Tensor<int> historyStart, Tensor<int> start, int f, Tensor<float> features)
    {
        for (int b = 0; b + 1 < start.Count; b++)
        {
            float count = MathF.Log(1 + historyStart[b + 1] - historyStart[b]);
            float* to = features.Pointer + f;
            for (long c = start[b]; c < start[b + 1]; c++) to[c * features.Shape[1]] = count;
        }
    }

    static Column Parse(string name, TowerConfig towers, ItemNeighbours? neighbours)
    {
        if (name == Bias) return new(ColumnKind.Bias, 0, null);
        for (int t = 0; t < towers.Tasks.Count; t++)
        {
            if (name == Score + towers.Tasks[t]) return new(ColumnKind.Score, t, null);
        }
        for (int h = 0; h < towers.Histories.Count; h++)
        {
            string history = towers.Histories[h];
            if (name == Count + history) return new(ColumnKind.Count, h, null);
            if (name == Neighbours + history) return new(ColumnKind.Neighbours, h, neighbours);
            if (name == NeighbourRoots + history) return new(ColumnKind.NeighbourRoot, h, neighbours);
        }
        string[] known = [.. All(towers)];
        throw new InvalidDataException(
            $"The OverArch has the feature '{name}', which this model cannot compute; it computes {string.Join(", ", known)}." +
            Suggestion.Offer(name ?? "", known));
    }

    enum ColumnKind
    {
        Score,
        Neighbours,
        NeighbourRoot,
        Count,
        Bias,
    }

    /// <summary>One feature: of which task or history, and over which neighbours.</summary>
    sealed record Column(ColumnKind Kind, int Index, ItemNeighbours? Neighbours);
}

/// <summary>What cross features are computed of.</summary>
public readonly record struct CrossInputs
{
    /// <summary>[C] int32 candidates: slots when serving, trained rows in training.</summary>
    public required Tensor<int> Candidates { get; init; }

    /// <summary>[B + 1] int32, bounds of each request's candidates.</summary>
    public required Tensor<int> Start { get; init; }

    /// <summary>[C, H] float32, each head's exact score of each candidate.</summary>
    public required Tensor<float> Scores { get; init; }

    /// <summary>float32, item biases by the numbers of <see cref="Candidates"/>.</summary>
    public required Tensor<float> Bias { get; init; }

    /// <summary>The users' past items, in the order of the towers' histories.</summary>
    public required UserHistories Histories { get; init; }
}
