using Argent.Data;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>
/// The upper of two levels: about sqrt(L) centroids that divide the rows into regions. A region's lists are drawn from its
/// rows, and a row looks for its list among those near its region only.
/// </summary>
/// <param name="Centroids">[G, D] float32.</param>
/// <param name="Bias">[G] float32, or no tensor.</param>
sealed record CoarseCentroids(Tensor<float> Centroids, Tensor<float> Bias)
{
    // Rounds that the regions take: their borders need not be good, as rows look beyond them.
    const int Rounds = 6;

    /// <summary>Regions of a sample.</summary>
    /// <param name="sample">[n, D] float32.</param>
    /// <param name="options">How the lists are made.</param>
    /// <param name="kernels">Arithmetic.</param>
    public static CoarseCentroids Of(in Tensor<float> sample, KMeansOptions options, IKernels kernels)
    {
        var regions = options with { NList = (int)Math.Sqrt(options.NList), Rounds = Rounds, TwoLevelsFrom = int.MaxValue };
        var clustering = KMeans.Train(sample, regions, kernels, Progress.None);
        return new CoarseCentroids(clustering.Centroids, clustering.Bias);
    }

    /// <summary>Draws a first centroid for every list, from each region in proportion to its rows.</summary>
    /// <param name="sample">What the lists are made from, at least L rows.</param>
    /// <param name="centroids">[L, D] float32, overwritten.</param>
    /// <param name="random">Chance.</param>
    /// <param name="kernels">Arithmetic.</param>
    public void Seed(KMeansSample sample, in Tensor<float> centroids, ref SeededRandom random, IKernels kernels)
    {
        int regions = (int)Centroids.Shape[0];
        var regionOf = Tensor.Zeros<int>(new Shape(sample.Count));
        kernels.NearestRows(new NearestRowsArgs { Rows = sample.Vectors, Table = Centroids, Bias = Bias, Nearest = regionOf });
        var members = new ListMembers(regionOf, regions);
        regionOf.Storage.Dispose();
        int[] shares = Shares(members, (int)centroids.Shape[0]);
        int first = 0;
        for (int g = 0; g < regions; g++)
        {
            if (shares[g] == 0) continue;
            int[] points = random.Rows(members.Count(g), Seeding.Points(shares[g]));
            for (int i = 0; i < points.Length; i++) points[i] = members.Rows[members.Start[g] + points[i]];
            Seeding.Draw(sample, points, centroids.Rows(first, shares[g]), ref random, kernels.Workers);
            first += shares[g];
        }
    }

    /// <summary>
    /// Lists of each region by the largest remainder. None gets more than it has rows, as there are not more lists than rows.
    /// </summary>
    static int[] Shares(ListMembers members, int lists)
    {
        int regions = members.NList, rows = members.Rows.Length, given = 0;
        int[] shares = new int[regions];
        for (int g = 0; g < regions; g++) given += shares[g] = (int)((long)lists * members.Count(g) / rows);
        var byRemainder = Enumerable.Range(0, regions)
            .OrderByDescending(g => (long)lists * members.Count(g) % rows).ThenBy(g => g).Take(lists - given);
        foreach (int g in byRemainder) shares[g]++;
        return shares;
    }
}
