using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Nearest-neighbour search over the lists alone: probe, scan, optional exact rescoring, best K. It is what a request's
/// scan does, without towers, heads, formulas and refilling.
/// </summary>
/// <param name="index">The lists.</param>
/// <param name="cache">Item embeddings for rescoring; null when no search rescores.</param>
/// <param name="filter">The filter index, or null.</param>
/// <param name="forward">Exact values that filters are verified against, or null.</param>
public sealed class VectorSearch(
    IvfIndex index, EmbeddingCache? cache, FilterWords? filter = null, ForwardValues? forward = null)
{
    QueryFilter?[] _noFilters = [];

    /// <summary>Writes the best K items of each query.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit, or rescoring is asked for without a cache.</exception>
    public void Run(in VectorSearchArgs args, in ForwardPass pass)
    {
        Check(in args);
        long queries = args.Queries.Shape[0];
        int k = (int)args.Rows.Shape[1];
        if (queries == 0) return;
        var mark = pass.Scratch.Mark();
        if (args.Rescore > 0) ScanAndRescore(in args, k, pass);
        else Scan(in args, default, args.Rows, args.Scores, pass);
        pass.Scratch.Release(mark);
    }

    void Scan(in VectorSearchArgs args, Tensor<int> slots, Tensor<int> rows, Tensor<float> scores, in ForwardPass pass)
    {
        long queries = args.Queries.Shape[0];
        var codes = index.Quantize(args.Queries, pass);
        pass.Kernels.FusedScan(new FusedScanArgs
        {
            Queries = codes.Codes,
            QueryScales = codes.Scales,
            Lists = index.Probe(args.Queries, Math.Min(args.NProbe, index.NList), pass),
            Index = index.Lists,
            Words = filter,
            Forward = forward,
            Filters = args.Filters ?? NoFilters(queries),
            Scores = scores,
            Slots = slots,
            ItemRows = rows,
            Found = pass.Scratch.Rent<int>(new Shape(queries)),
            EligibleSeen = pass.Scratch.Rent<long>(new Shape(queries)),
            Path = args.Path,
        });
    }

    void ScanAndRescore(in VectorSearchArgs args, int k, in ForwardPass pass)
    {
        long queries = args.Queries.Shape[0];
        int kept = (int)Math.Min((long)k + args.Rescore, Math.Max(k, index.Slots));
        var slots = pass.Scratch.Rent<int>(new Shape(queries, kept));
        var rows = pass.Scratch.Rent<int>(slots.Shape);
        var exact = pass.Scratch.Rent<float>(slots.Shape);
        Scan(in args, slots, rows, exact, pass);
        pass.Kernels.ScoreCandidates(new ScoreCandidatesArgs
        {
            Queries = args.Queries,
            Embeddings = cache!.Embeddings,
            Bias = index.Lists.Bias,
            Slots = slots,
            Scores = exact.Reshape(new Shape(queries, kept, 1)),
        });
        pass.Kernels.SelectTopK(new SelectTopKArgs
        {
            Scores = exact,
            Ties = rows,
            Top = args.Scores,
            Positions = args.Rows,
        });
        for (long q = 0; q < queries; q++)
        {
            var candidates = rows.Row(q);
            foreach (ref int place in args.Rows.Row(q))
            {
                if (place >= 0) place = candidates[place];
            }
        }
    }

    QueryFilter?[] NoFilters(long queries)
    {
        // Nothing ever writes to it, so searches on several threads may share it.
        if (_noFilters.Length < queries) _noFilters = new QueryFilter?[queries];
        return _noFilters;
    }

    void Check(in VectorSearchArgs args)
    {
        if (args.Queries.Shape[1] != index.Dim)
        {
            throw new ArgumentException($"Queries are {args.Queries.Shape}, the index has {index.Dim} dimensions.");
        }
        var answers = new Shape(args.Queries.Shape[0], args.Rows.Shape[1]);
        if (args.Rows.Shape != answers || args.Scores.Shape != answers)
        {
            throw new ArgumentException(
                $"Answers of shape {args.Rows.Shape} and {args.Scores.Shape} for {args.Queries.Shape[0]} queries.");
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(args.NProbe, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(args.Rescore);
        if (args.Rescore > 0 && cache is null) throw new ArgumentException("Rescoring needs the embedding cache.");
    }
}

/// <summary>One batch of <see cref="VectorSearch"/>.</summary>
public readonly record struct VectorSearchArgs
{
    /// <summary>[Q, D] float32.</summary>
    public required Tensor<float> Queries { get; init; }

    /// <summary>Lists to scan for each query, at least 1; more than there are means all.</summary>
    public required int NProbe { get; init; }

    /// <summary>
    /// Candidates that the scan keeps beyond K; K and they are scored again from the bfloat16 cache and the best K of
    /// them returned. 0 returns the scan's own int8 scores.
    /// </summary>
    public int Rescore { get; init; }

    /// <summary>The filter of each query, at least Q entries; null when no query has one.</summary>
    public QueryFilter?[]? Filters { get; init; }

    /// <summary>The scan's way through the lists; every way gives equal bits.</summary>
    public ScanPath Path { get; init; }

    /// <summary>[Q, K] int32, overwritten: item rows, best first, equal scores by row; -1 where there are fewer.</summary>
    public required Tensor<int> Rows { get; init; }

    /// <summary>[Q, K] float32, overwritten: their scores, -infinity where there are fewer.</summary>
    public required Tensor<float> Scores { get; init; }
}
