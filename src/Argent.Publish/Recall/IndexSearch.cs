using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>The index as requests use it: probe, scan, rescore from the cache, best K.</summary>
/// <param name="Lists">The lists.</param>
/// <param name="Probes">What queries are compared with to choose lists.</param>
/// <param name="Cache">[S, D] bfloat16.</param>
sealed unsafe record IndexSearch(IvfTensors Lists, ListCentroids Probes, Tensor<BFloat16> Cache)
{
    const int MarginMin = 64;

    /// <summary>Finds the best K of each query among the items of its <paramref name="nprobe"/> nearest lists.</summary>
    /// <returns>[Q, K] int32 rows, best first, -1 where there are fewer.</returns>
    public Tensor<int> Run(SampleQueries queries, int k, int nprobe, IKernels kernels)
    {
        long count = queries.Vectors.Shape[0];
        int kept = (int)Math.Min(k + Math.Max(MarginMin, k), Lists.Rows.Count);
        using var scratch = new Scratch();
        var slots = Scan(queries, kept, nprobe, new ForwardPass(kernels, scratch));
        var exact = scratch.Rent<float>(new Shape(count, kept, 1));
        kernels.ScoreCandidates(new ScoreCandidatesArgs
        {
            Queries = queries.Vectors,
            Embeddings = Cache,
            Bias = Lists.Bias,
            Slots = slots,
            Scores = exact,
        });
        var positions = scratch.Rent<int>(new Shape(count, k));
        kernels.SelectTopK(new SelectTopKArgs
        {
            Scores = exact.Reshape(new Shape(count, kept)),
            Top = scratch.Rent<float>(new Shape(count, k)),
            Positions = positions,
        });
        var found = Tensor.Zeros<int>(new Shape(count, k));
        for (long i = 0; i < found.Count; i++)
        {
            int position = positions.Pointer[i];
            found.Pointer[i] = position < 0 ? -1 : Lists.Rows.Pointer[slots.Pointer[i / k * kept + position]];
        }
        return found;
    }

    /// <summary>Items in the lists that a query probes, as a share of all items, averaged over the queries.</summary>
    public double ScannedShare(SampleQueries queries, int nprobe, IKernels kernels)
    {
        using var scratch = new Scratch();
        var lists = Probe(queries, nprobe, new ForwardPass(kernels, scratch));
        long scanned = 0;
        for (long i = 0; i < lists.Count; i++) scanned += Lists.ListCount.Pointer[lists.Pointer[i]];
        return (double)scanned / queries.Vectors.Shape[0] / Lists.SlotOfRow.Count;
    }

    Tensor<int> Probe(SampleQueries queries, int nprobe, in ForwardPass pass)
    {
        long count = queries.Vectors.Shape[0];
        var lists = pass.Scratch.Rent<int>(new Shape(count, nprobe));
        pass.Kernels.Probe(new ProbeArgs
        {
            Queries = queries.Vectors,
            Centroids = Probes.Centroids,
            CentroidBias = Probes.Bias,
            Lists = lists,
        });
        return lists;
    }

    Tensor<int> Scan(SampleQueries queries, int kept, int nprobe, in ForwardPass pass)
    {
        long count = queries.Vectors.Shape[0];
        var codes = pass.Scratch.Rent<sbyte>(new Shape(count, Lists.PaddedDim));
        var scales = pass.Scratch.Rent<float>(new Shape(count));
        pass.Kernels.QuantizeRows(new QuantizeRowsArgs { Rows = queries.Vectors, Codes = codes, Scales = scales });
        var slots = pass.Scratch.Rent<int>(new Shape(count, kept));
        pass.Kernels.FusedScan(new FusedScanArgs
        {
            Queries = codes,
            QueryScales = scales,
            Lists = Probe(queries, nprobe, pass),
            Index = Lists,
            Words = null,
            Forward = null,
            Filters = Filters(queries),
            Scores = pass.Scratch.Rent<float>(new Shape(count, kept)),
            Slots = slots,
            Found = pass.Scratch.Rent<int>(new Shape(count)),
            EligibleSeen = pass.Scratch.Rent<long>(new Shape(count)),
        });
        return slots;
    }

    static QueryFilter?[] Filters(SampleQueries queries)
    {
        var filters = new QueryFilter?[queries.Vectors.Shape[0]];
        for (int q = 0; queries.SelfRows is { } rows && q < filters.Length; q++) filters[q] = new QueryFilter(null, [rows[q]]);
        return filters;
    }
}
