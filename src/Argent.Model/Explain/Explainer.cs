using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>Explains requests of one model on one thread.</summary>
sealed class Explainer
{
    readonly RetrievalModel _model;
    readonly RetrievalStages _stages;
    readonly IKernels _kernels;
    readonly Scratch _scratch;
    readonly RetrievalBatch _batch = new(1);

    public Explainer(RetrievalModel model, RetrievalStages stages, in ForwardPass pass)
    {
        (_model, _stages, _kernels, _scratch) = (model, stages, pass.Kernels, pass.Scratch);
    }

    /// <summary>The model.</summary>
    public RetrievalModel Model => _model;

    /// <summary>The item's way, and the smallest change that serves it.</summary>
    public Explanation Explain(RetrievalRequest request, string item, long deadline)
    {
        var explanation = Look(request, item, deadline, out var sight);
        var search = new ChangeSearch(this, item, sight);
        return explanation with { Change = search.Find(request), IsChangeLate = search.IsLate };
    }

    /// <summary>The item's way through one request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="item">The item's id.</param>
    /// <param name="deadline">When the request's own pass is due.</param>
    /// <param name="sight">What a search for changes goes on from.</param>
    public Explanation Look(RetrievalRequest request, string item, long deadline, out ItemSight sight)
    {
        var mark = _scratch.Mark();
        var explanation = Look(request, item, Ask(request, deadline), out sight);
        _scratch.Release(mark);
        return explanation;
    }

    /// <summary>The item's place in the answer to a request, from 1, as the request's own pass gives it; 0 for none.</summary>
    public int Serve(RetrievalRequest request, string item)
    {
        var mark = _scratch.Mark();
        Ask(request, long.MaxValue);
        int rank = _batch.Rows(0).IndexOf(_model.Items.Find(item)) + 1;
        _scratch.Release(mark);
        return rank;
    }

    RetrievalQuery Ask(RetrievalRequest request, long deadline)
    {
        var query = _model.Prepare(request, deadline);
        _batch.Clear();
        _batch.Add(query);
        _model.Forward(_batch, new ForwardPass(_kernels, _scratch));
        return query;
    }

    Explanation Look(RetrievalRequest request, string item, RetrievalQuery query, out ItemSight sight)
    {
        var lists = _model.Index.Lists;
        int row = _model.Items.Find(item), slot = row < 0 ? -1 : lists.SlotOfRow[row];
        bool isLive = slot >= 0 && (lists.Live[slot / 64] >> (slot % 64) & 1) != 0;
        var explanation = new Explanation
        {
            Item = item,
            Title = row < 0 ? null : _model.Title(row),
            Verdict = row < 0 ? ItemVerdict.UnknownItem : ItemVerdict.NotLive,
            Search = Search(request, query),
            IsLive = row < 0 ? null : isLive,
            IsExcluded = row >= 0 && Names(request.Exclude, row),
            IsInOnly = request.Only is null ? null : row >= 0 && Names(request.Only, row),
        };
        bool isCut = explanation.Search.Status == RetrievalStatus.Deadline;
        sight = new ItemSight(explanation.Verdict, 0, query, null, null, isCut);
        if (slot < 0) return explanation;
        var truth = string.IsNullOrWhiteSpace(request.Filter)
            ? null
            : new FilterTruth(FilterLanguage.Parse(request.Filter), _stages.Parts.Forward, slot);
        bool isEligible = isLive && !explanation.IsExcluded && explanation.IsInOnly != false && truth?.IsTrue != false;
        var pass = new ForwardPass(_kernels, _scratch);
        var vectors = _model.QueryVectors(_batch, pass);
        var offsets = _stages.Search.Offsets(vectors, _scratch);
        var funnel = new Funnel(_stages, query, slot);
        funnel.Compute(vectors, offsets, _batch.Probes(0), isEligible, pass);
        var verdict = Judge(explanation, isLive, truth, funnel);
        sight = new ItemSight(verdict, funnel.Blend?.RankAfter ?? funnel.Value.Rank, query, funnel, truth, isCut);
        return explanation with
        {
            Verdict = verdict,
            Rank = verdict == ItemVerdict.Served ? funnel.Blend!.RankAfter : null,
            Search = explanation.Search with { Merged = funnel.Merged },
            Filter = truth?.Explain(PassesMask(query, slot)),
            List = funnel.List,
            Heads = funnel.Heads(offsets.Span, _model.Tasks),
            IsMerged = funnel.IsMerged,
            Value = funnel.Value,
            Blend = funnel.Blend,
        };
    }

    ExplainedSearch Search(RetrievalRequest request, RetrievalQuery query) => new()
    {
        K = query.K,
        NProbe = request.NProbe == 0 ? _model.DefaultNProbe : Math.Min(request.NProbe, _model.Index.NList),
        Probes = _batch.Probes(0),
        NList = _model.Index.NList,
        IsOnlyLists = query.OnlyLists is not null,
        Kept = query.Kept,
        EligibleSeen = _batch.EligibleSeen(0),
        Returned = _batch.Rows(0).Length,
        LastValue = _batch.Scores(0) is [.., var last] ? last : null,
        Status = _batch.Status(0),
    };

    static ItemVerdict Judge(Explanation item, bool isLive, FilterTruth? truth, Funnel funnel) =>
        !isLive ? ItemVerdict.NotLive
        : item.IsExcluded ? ItemVerdict.Excluded
        : item.IsInOnly == false ? ItemVerdict.NotInOnly
        : truth?.IsTrue == false ? ItemVerdict.Filtered
        : !funnel.IsScanned ? ItemVerdict.ListNotProbed
        : !funnel.IsKept ? ItemVerdict.BelowScan
        : !funnel.IsMerged ? ItemVerdict.LostInMerge
        : funnel.Blend!.RankAfter is null ? ItemVerdict.BelowK
        : ItemVerdict.Served;

    bool? PassesMask(RetrievalQuery query, int slot)
    {
        if (_stages.Parts.Filter is not { } filter) return null;
        if (query.Filter?.Program is not { } program) return true;
        return (MaskFilter.Word(program, filter.Words, slot / 64) >> (slot % 64) & 1) != 0;
    }

    bool Names(IReadOnlyList<string>? ids, int row) => ids?.Any(id => _model.Items.Find(id) == row) == true;
}

/// <summary>What one look at an item leaves for the search for changes.</summary>
/// <param name="Verdict">Where its way ended.</param>
/// <param name="Rank">Its place by value among the candidates, or where it would be; 0 when it is not in the index.</param>
/// <param name="Query">The prepared request.</param>
/// <param name="Funnel">Its stages; null when it is not in the index.</param>
/// <param name="Truth">Its filter; null when there is none.</param>
/// <param name="IsCut">Whether the deadline ended the request's pass.</param>
sealed record ItemSight(ItemVerdict Verdict, int Rank, RetrievalQuery Query, Funnel? Funnel, FilterTruth? Truth, bool IsCut);
