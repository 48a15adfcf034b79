using Argent.Tensors;

namespace Argent.Model;

/// <summary>The composition of the final list: the best values first, or what the request's blend makes of them.</summary>
/// <param name="program">The model's own blend.</param>
/// <param name="forward">Where classes and conditions are read.</param>
/// <param name="cache">Where embeddings are read.</param>
public sealed class Blend(BlendProgram program, ForwardIndex forward, EmbeddingCache cache) : Module
{
    /// <summary>The model's own blend.</summary>
    public BlendProgram Program { get; } = program;

    /// <summary>Composes the list of each request.</summary>
    /// <param name="queries">The requests, whose blends may differ.</param>
    /// <param name="found">Their candidates.</param>
    /// <param name="valued">The candidates' values.</param>
    /// <param name="pass">What it runs with; what is returned is rented from it.</param>
    internal BlendedLists Compose(
        ReadOnlySpan<RetrievalQuery> queries, in SearchResult found, in ValuedCandidates valued, in ForwardPass pass)
    {
        int most = 0;
        bool isIdentity = true;
        foreach (var query in queries)
        {
            most = Math.Max(most, query.Blend.Candidates(query.K));
            isIdentity &= query.Blend.IsIdentity;
        }
        var shape = new Shape(queries.Length, Math.Min(most, valued.Values.Shape[1]));
        var positions = pass.Scratch.Rent<int>(shape);
        var ranks = isIdentity ? default : pass.Scratch.Rent<int>(shape);
        var reasons = isIdentity ? default : pass.Scratch.Rent<int>(shape);
        valued.Select(positions, pass);
        var lists = new BlendedLists(positions, ranks, reasons);
        for (int r = 0; r < queries.Length && !isIdentity; r++)
        {
            if (!queries[r].Blend.IsIdentity) Compose(queries[r], r, found.Slots.Row(r), valued.Values.Row(r), in lists, pass);
        }
        return lists;
    }

    /// <summary>Composes one list out of the best values, which are replaced by it.</summary>
    void Compose(
        RetrievalQuery query, int request, ReadOnlySpan<int> slots, ReadOnlySpan<float> values, in BlendedLists lists, in ForwardPass pass)
    {
        var (blend, scratch) = (query.Blend, pass.Scratch);
        var positions = lists.Positions.Row(request);
        int pool = Math.Min(blend.Candidates(query.K), positions.Length);
        int end = positions[..pool].IndexOf(-1);
        if (end >= 0) pool = end;
        var mark = scratch.Mark();
        var best = scratch.Rent<int>(new Shape(pool));
        var own = scratch.Rent<int>(new Shape(pool)).Span;
        var qualities = scratch.Rent<float>(new Shape(pool));
        positions[..pool].CopyTo(best.Span);
        for (int i = 0; i < pool; i++) (own[i], qualities[i]) = (slots[best[i]], values[best[i]]);
        BlendInputs.Qualities(blend.Config.Quality, qualities.Span);
        var args = new ComposeArgs
        {
            Quality = qualities,
            Vectors = blend.NeedsVectors ? BlendInputs.Vectors(cache, own, pass) : default,
            Classes = BlendInputs.Classes(blend, forward.Values, own, scratch),
            Conditions = BlendInputs.Conditions(blend, forward.Values, own, scratch),
            Plan = blend.Plan,
            Positions = scratch.Rent<int>(new Shape(Math.Min(query.K, pool))),
            Reasons = scratch.Rent<int>(new Shape(pool)),
        };
        int count = ListComposer.Compose(in args, scratch);
        positions.Fill(-1);
        for (int i = 0; i < count; i++)
        {
            positions[i] = best[args.Positions[i]];
            lists.Ranks.Row(request)[i] = args.Positions[i] + 1;
        }
        args.Reasons.Span.CopyTo(lists.Reasons.Row(request));
        lists.Reasons.Row(request)[pool..].Fill(-1);
        scratch.Release(mark);
    }
}

/// <summary>The lists of a group of requests.</summary>
/// <param name="Positions">[B, P] int32 positions among the candidates, -1 behind the end of a list.</param>
/// <param name="Ranks">[B, P] int32 places by value from 1, parallel to the positions; written for composed lists only.</param>
/// <param name="Reasons">
/// [B, P] int32, by place by value: the part that a candidate was passed over for, -1 for none; written for composed lists
/// only.
/// </param>
readonly record struct BlendedLists(Tensor<int> Positions, Tensor<int> Ranks, Tensor<int> Reasons);
