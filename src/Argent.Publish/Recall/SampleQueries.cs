using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>The queries that recall is measured with.</summary>
/// <param name="Vectors">[Q, D] float32.</param>
/// <param name="SelfRows">The row of the item that each query is, which does not count as found; null for user queries.</param>
sealed record SampleQueries(Tensor<float> Vectors, int[]? SelfRows)
{
    /// <summary>Queries of a sample: the standard error of a recall of .95 is then below .005 at 100 results each.</summary>
    public const int CountMax = 256;

    /// <summary>What the report calls them.</summary>
    public string Origin => SelfRows is null ? "users" : "items";

    /// <summary>The source's queries, or items in their place.</summary>
    /// <exception cref="ArgumentException">The queries have another dimension than the items.</exception>
    public static SampleQueries Of(PublishSource source, EmbeddedItems items, ulong seed, IKernels kernels)
    {
        var random = new SeededRandom(seed);
        if (!source.Queries.IsPresent || source.Queries.Shape[0] == 0)
        {
            int[] rows = random.Rows((int)items.Rows.Shape[0], CountMax);
            return new SampleQueries(SampleRows.Copy(items.Rows, rows, kernels.Workers), rows);
        }
        var given = source.Queries;
        if (given.Shape.Rank != 2 || given.Shape[1] != items.Dim)
        {
            throw new ArgumentException($"The sample queries are {given.Shape} where [Q, {items.Dim}] is expected.");
        }
        var sample = SampleRows.Copy(given, random.Rows((int)given.Shape[0], CountMax), kernels.Workers);
        if (source.Metric == Metric.Cosine) kernels.NormalizeRows(new NormalizeRowsArgs { Input = sample, Output = sample });
        return new SampleQueries(sample, null);
    }
}
