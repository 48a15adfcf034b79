using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>Means and variances of cross features, from which training takes off the one and divides by the root of the other.</summary>
sealed class FeatureStatistics(int features)
{
    // A feature that hardly varies is not blown up to variance 1.
    const double DeviationMin = 1e-4;

    readonly double[] _sums = new double[features];
    readonly double[] _squares = new double[features];
    long _count;

    /// <summary>Adds [C, F] rows.</summary>
    public void Add(Tensor<float> rows)
    {
        for (long c = 0; c < rows.Shape[0]; c++)
        {
            var row = rows.Row(c);
            for (int f = 0; f < row.Length; f++)
            {
                _sums[f] += row[f];
                _squares[f] += (double)row[f] * row[f];
            }
        }
        _count += rows.Shape[0];
    }

    /// <summary>The configuration with means and factors.</summary>
    public OverArchConfig Put(OverArchConfig config)
    {
        double count = Math.Max(1, _count);
        return config with
        {
            FeatureMeans = [.. _sums.Select(sum => (float)(sum / count))],
            FeatureFactors = [.. _sums.Select((sum, f) =>
            {
                double mean = sum / count, variance = Math.Max(0, (_squares[f] / count) - (mean * mean));
                return (float)(1 / Math.Max(DeviationMin, Math.Sqrt(variance)));
            })],
        };
    }
}
