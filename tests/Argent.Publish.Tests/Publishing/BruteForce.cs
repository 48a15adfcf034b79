using Argent.Model;

namespace Argent.Publish.Tests.Publishing;

/// <summary>Scores of every item in float64, by definition.</summary>
static class BruteForce
{
    public static double[] Scores(PublishSource source, float[] query)
    {
        double[] scores = new double[source.Catalogue.Count];
        for (int row = 0; row < scores.Length; row++)
        {
            float[] item = source.Embeddings.Row(row).ToArray();
            double dot = item.Zip(query, (a, b) => (double)a * b).Sum();
            scores[row] = source.Metric switch
            {
                Metric.L2 => dot - Square(item) / 2,
                Metric.Cosine => dot / Math.Sqrt(Square(item) * Square(query)),
                _ => dot,
            };
        }
        return scores;
    }

    static double Square(float[] values) => values.Sum(v => (double)v * v);
}
