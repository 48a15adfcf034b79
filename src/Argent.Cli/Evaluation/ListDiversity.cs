using Argent.Model;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>How unlike the items of lists are: means over the lists that were added.</summary>
sealed class ListDiversity
{
    readonly RetrievalModel _model;
    readonly Tensor<BFloat16> _embeddings;
    readonly int[] _columns;
    readonly double[] _distinct;
    double _distance;
    int _lists;

    /// <summary>No lists yet.</summary>
    /// <param name="model">Items and features.</param>
    /// <param name="embeddings">[S, D] bfloat16 by slot.</param>
    /// <param name="features">Features to count the values of; null for all that have a vocabulary.</param>
    public ListDiversity(RetrievalModel model, Tensor<BFloat16> embeddings, IReadOnlyList<string>? features)
    {
        (_model, _embeddings) = (model, embeddings);
        var schema = model.Schema;
        Features = features ?? [.. schema.Features.Where(f => !f.IsOrdered).Select(f => f.Name)];
        _columns = [.. Features.Select(schema.Find)];
        if (_columns.Contains(-1))
        {
            string wrong = Features[Array.IndexOf(_columns, -1)];
            throw new InvalidDataException(
                $"The model '{model.Name}' has no feature '{wrong}'.{Suggestion.Offer(wrong, schema.Features.Select(f => f.Name))}");
        }
        _distinct = new double[_columns.Length];
    }

    /// <summary>The features that are counted.</summary>
    public IReadOnlyList<string> Features { get; }

    /// <summary>Intra-list distance: the mean of 1 - cosine over all pairs of a list's embeddings.</summary>
    public double Distance => _distance / Math.Max(1, _lists);

    /// <summary>By feature: the different values in a list.</summary>
    public double[] Distinct => [.. _distinct.Select(sum => sum / Math.Max(1, _lists))];

    /// <summary>Forgets all lists.</summary>
    public void Clear()
    {
        (_distance, _lists) = (0, 0);
        Array.Clear(_distinct);
    }

    /// <summary>Adds a list of item rows.</summary>
    public void Add(ReadOnlySpan<int> rows)
    {
        _lists++;
        for (int f = 0; f < _columns.Length; f++)
        {
            var values = new HashSet<string>(StringComparer.Ordinal);
            foreach (int row in rows) values.UnionWith(FeatureText.Of(_model.ForwardIndex, _columns[f], _model.Index.Lists.SlotOfRow[row]));
            _distinct[f] += values.Count;
        }
        if (rows.Length < 2) return;
        // The cosines of all pairs add up to the squared length of the sum of the directions: (|sum|^2 - n) / 2.
        int dim = (int)_embeddings.Shape[1];
        var sum = new double[dim];
        int directions = 0;
        foreach (int row in rows)
        {
            var vector = _embeddings.Row(_model.Index.Lists.SlotOfRow[row]);
            double squares = 0;
            foreach (float x in vector) squares += (double)x * x;
            if (squares == 0) continue;
            directions++;
            for (int d = 0; d < dim; d++) sum[d] += (float)vector[d] / Math.Sqrt(squares);
        }
        double pairs = rows.Length * (rows.Length - 1) / 2.0;
        _distance += 1 - (sum.Sum(x => x * x) - directions) / 2 / pairs;
    }
}
