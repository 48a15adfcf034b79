using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>
/// First centroids by k-means++ (Arthur and Vassilvitskii 2007): each is a row drawn with a chance proportional to its
/// weight times its squared distance from those before it.
/// </summary>
static unsafe class Seeding
{
    // The draw costs points * L * D operations. 16 points a list is what it takes to see most regions of the data; past
    // 2,048 lists fewer keep the points inside a third-level cache (32,768 * 128 * 4 bytes = 16 MB), down to 4 a list.
    const int PointsPerList = 16, PointsPerListMin = 4, CachedPoints = 32768;

    /// <summary>Rows that are drawn from.</summary>
    public static int Points(int lists) => checked(lists * Math.Clamp(CachedPoints / lists, PointsPerListMin, PointsPerList));

    /// <summary>Writes a first centroid for every list.</summary>
    /// <param name="sample">What the lists are made from.</param>
    /// <param name="rows">The rows that are drawn from, at least L.</param>
    /// <param name="centroids">[L, D] float32, overwritten.</param>
    /// <param name="random">Chance.</param>
    /// <param name="workers">Threads.</param>
    public static void Draw(
        KMeansSample sample, int[] rows, in Tensor<float> centroids, ref SeededRandom random, Workers workers)
    {
        int lists = (int)centroids.Shape[0];
        var points = SampleRows.Copy(sample.Vectors, rows, workers);
        float[] pointWeights = new float[rows.Length];
        for (int i = 0; i < rows.Length; i++) pointWeights[i] = sample.Weights.IsPresent ? sample.Weights[rows[i]] : 1f;
        var nearest = Tensor.Zeros<float>(new Shape(rows.Length));
        nearest.Span.Fill(float.MaxValue);
        double[] sums = new double[Distances.Chunks(rows.Length)];
        int drawn = random.Below(rows.Length);
        for (int l = 0; l < lists; l++)
        {
            if (l > 0) drawn = Next(nearest, sums, ref random);
            points.Row(drawn).CopyTo(centroids.Row(l));
            if (l + 1 == lists) break;
            Distances.Lower(points, pointWeights, centroids.Pointer + l * centroids.Shape[1], nearest, sums, workers);
        }
        points.Storage.Dispose();
        nearest.Storage.Dispose();
    }

    static int Next(in Tensor<float> nearest, double[] sums, ref SeededRandom random)
    {
        double total = 0;
        foreach (double sum in sums) total += sum;
        // Fewer different points than lists: repeat any. The lists that come out empty are seeded again later.
        if (!(total > 0) || !double.IsFinite(total)) return random.Below((int)nearest.Count);
        double wanted = random.Unit() * total;
        int chunk = 0;
        while (chunk < sums.Length - 1 && wanted >= sums[chunk]) wanted -= sums[chunk++];
        var (first, last) = Distances.Bounds(chunk, nearest.Count);
        long far = first;
        for (long i = first; i < last; i++)
        {
            if (nearest.Pointer[i] > nearest.Pointer[far]) far = i;
            wanted -= nearest.Pointer[i];
            if (wanted < 0) return (int)i;
        }
        // Rounding let the sum run out: the farthest point of the chunk is a fair draw.
        return (int)far;
    }
}
