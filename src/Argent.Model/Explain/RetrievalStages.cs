using Argent.Kernels;

namespace Argent.Model;

/// <summary>The modules of a model's pass, for who computes a stage of it beside the pass.</summary>
/// <param name="Parts">Index, filter index, forward values.</param>
/// <param name="Merge">From the heads' candidates to the request's.</param>
/// <param name="Search">From query vectors to candidates.</param>
/// <param name="Scorer">Scores of candidates.</param>
/// <param name="Values">Task values and the one that orders the list.</param>
/// <param name="Blend">From values to the list.</param>
sealed record RetrievalStages(
    RetrievalParts Parts, MergeHeads Merge, CandidateSearch Search, CandidateScorer Scorer, CandidateValues Values,
    Blend Blend)
{
    /// <summary>The lists.</summary>
    public IvfIndex Index => Parts.Index;

    /// <summary>The list that a slot lies in.</summary>
    public int ListOf(int slot)
    {
        var starts = Index.Lists.ListStart.Span;
        int place = starts.BinarySearch(slot);
        int list = place >= 0 ? place : ~place - 1;
        // A list without slots starts where the next one does.
        while (starts[list + 1] == slot) list++;
        return list;
    }

    /// <summary>A slot's score as the scan computes it, from the same codes in the same order of roundings.</summary>
    public unsafe float CodeScore(in QuantizedQueries codes, long query, long slot)
    {
        var lists = Index.Lists;
        int dim = lists.PaddedDim, dot = 0;
        sbyte* code = codes.Codes.Pointer + query * dim, item = lists.Codes.Pointer + slot * dim;
        for (int d = 0; d < dim; d++) dot += code[d] * item[d];
        float scale = lists.Scales[slot] * codes.Scales[query];
        return dot * scale + lists.Bias[slot] + 0f;
    }

    /// <summary>Scans lists for the heads of one request.</summary>
    /// <param name="codes">Its heads' queries.</param>
    /// <param name="lists">[H, P] lists.</param>
    /// <param name="filter">Who is eligible.</param>
    /// <param name="found">[H, K] what is kept.</param>
    /// <param name="pass">What it runs with.</param>
    public void Scan(
        in QuantizedQueries codes, Tensors.Tensor<int> lists, QueryFilter? filter, in HeadCandidates found, in ForwardPass pass)
    {
        var filters = new QueryFilter?[lists.Shape[0]];
        Array.Fill(filters, filter);
        pass.Kernels.FusedScan(new FusedScanArgs
        {
            Queries = codes.Codes,
            QueryScales = codes.Scales,
            Lists = lists,
            Index = Index.Lists,
            Words = Parts.Filter?.Words,
            Forward = Parts.Forward.Values,
            Filters = filters,
            Scores = found.Scores,
            Slots = found.Slots,
            Found = found.Found,
            EligibleSeen = found.EligibleSeen,
        });
    }
}
