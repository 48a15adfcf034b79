using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>How much of the exact best an index finds with a number of probes.</summary>
/// <param name="NProbe">Lists probed.</param>
/// <param name="At10">Share of the exact best 10 that are found, 0 to 1.</param>
/// <param name="At100">Share of the exact best 100.</param>
/// <param name="ScannedShare">Items in the probed lists as a share of all items.</param>
public sealed record RecallPoint(int NProbe, double At10, double At100, double ScannedShare);

/// <summary>
/// Measures an index against exact search. An item counts as found when its exact score reaches that of the exact k-th:
/// which of several equal items is returned does not matter.
/// </summary>
sealed unsafe class RecallMeasure : IDisposable
{
    const int Few = 10, Many = 100;

    readonly EmbeddedItems _items;
    readonly Tensor<float> _bias;
    readonly SampleQueries _queries;
    readonly IndexSearch _index;
    readonly IKernels _kernels;
    readonly Tensor<int> _exact;

    /// <summary>Searches exactly, once.</summary>
    public RecallMeasure(EmbeddedItems items, Metric metric, SampleQueries queries, IndexSearch index, IKernels kernels)
    {
        (_items, _queries, _index, _kernels) = (items, queries, index, kernels);
        int findable = (int)items.Rows.Shape[0] - (queries.SelfRows is null ? 0 : 1);
        _bias = ExactBias(items, metric, kernels.Workers);
        _exact = ExactSearch.Run(items.Rows, _bias, queries, Math.Min(Many, findable), kernels);
    }

    /// <summary>Recall with <paramref name="nprobe"/> probes; 1 where there is nothing to find.</summary>
    public RecallPoint At(int nprobe, Progress progress)
    {
        int k = (int)_exact.Shape[1];
        double at10 = 1, at100 = 1;
        if (k > 0)
        {
            var found = _index.Run(_queries, k, nprobe, _kernels);
            (at10, at100) = (Share(found, Math.Min(Few, k)), Share(found, k));
            found.Storage.Dispose();
        }
        progress.Advance(1);
        return new RecallPoint(nprobe, at10, at100, _index.ScannedShare(_queries, nprobe, _kernels));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _exact.Storage.Dispose();
        if (_bias.IsPresent) _bias.Storage.Dispose();
    }

    double Share(in Tensor<int> found, int k)
    {
        long hits = 0, queries = _exact.Shape[0];
        for (int q = 0; q < queries; q++)
        {
            double least = double.PositiveInfinity;
            foreach (int row in _exact.Row(q)[..k]) least = Math.Min(least, Score(q, row));
            foreach (int row in found.Row(q)[..k])
            {
                if (row >= 0 && Score(q, row) >= least) hits++;
            }
        }
        return (double)hits / (queries * k);
    }

    double Score(int query, int row)
    {
        double sum = _bias.IsPresent ? _bias.Pointer[row] : 0;
        float* a = _queries.Vectors.Pointer + (long)query * _items.Dim, b = _items.Rows.Pointer + (long)row * _items.Dim;
        for (int d = 0; d < _items.Dim; d++) sum += (double)a[d] * b[d];
        return sum;
    }

    static Tensor<float> ExactBias(EmbeddedItems items, Metric metric, Workers workers)
    {
        if (metric != Metric.L2 && !items.Bias.IsPresent) return default;
        var bias = Tensor.Zeros<float>(new Shape(items.Rows.Shape[0]));
        if (metric == Metric.L2) ListCentroids.EuclideanBias(items.Rows, bias, workers);
        for (long r = 0; items.Bias.IsPresent && r < bias.Count; r++) bias.Pointer[r] += items.Bias.Pointer[r];
        return bias;
    }
}
