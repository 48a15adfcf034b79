using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// A request's funnel as one item sees it. The stages behind the pass are computed again beside it, by the same modules
/// over the lists that the pass says it probed; the pass's own items are never looked at.
/// </summary>
sealed class Funnel
{
    readonly RetrievalStages _stages;
    readonly RetrievalQuery _query;
    readonly int _slot;
    readonly long[] _before, _eligible;
    readonly float[] _codeScores;
    readonly int[] _listRanks;
    readonly bool[] _isScanned, _isKept;

    public Funnel(RetrievalStages stages, RetrievalQuery query, int slot)
    {
        (_stages, _query, _slot) = (stages, query, slot);
        int heads = stages.Merge.Heads;
        (_before, _eligible, _codeScores) = (new long[heads], new long[heads], new float[heads]);
        (_listRanks, _isScanned, _isKept) = (new int[heads], new bool[heads], new bool[heads]);
        List = stages.ListOf(slot);
    }

    /// <summary>The item's list.</summary>
    public int List { get; }

    /// <summary>Candidates after the merge.</summary>
    public int Merged { get; private set; }

    /// <summary>Whether the item is one of them.</summary>
    public bool IsMerged { get; private set; }

    /// <summary>Exact scores and value.</summary>
    public ExplainedValue Value { get; private set; } = null!;

    /// <summary>What the composition of the list did; null for no candidate.</summary>
    public ExplainedBlend? Blend { get; private set; }

    /// <summary>Whether any head scanned the item's list.</summary>
    public bool IsScanned => _isScanned.AsSpan().Contains(true);

    /// <summary>Whether any head kept the item.</summary>
    public bool IsKept => _isKept.AsSpan().Contains(true);

    /// <summary>Places of the item's list among all, by head.</summary>
    public ReadOnlySpan<int> ListRanks => _listRanks;

    /// <summary>Places of the item among what was scanned, by head, from 1; 0 where its list was not.</summary>
    public long ScanRank(int head) => _isScanned[head] ? _before[head] + 1 : 0;

    /// <summary>The heads as an explanation shows them.</summary>
    public List<ExplainedHead> Heads(ReadOnlySpan<float> offsets, IReadOnlyList<string> tasks)
    {
        var heads = new List<ExplainedHead>();
        for (int h = 0; h < tasks.Count; h++)
        {
            heads.Add(new ExplainedHead(
                tasks[h], _listRanks[h], _isScanned[h], _codeScores[h] + offsets[h], _before[h] + 1, _eligible[h], _isKept[h]));
        }
        return heads;
    }

    /// <summary>Computes the stages.</summary>
    /// <param name="vectors">[H, D] query vectors.</param>
    /// <param name="offsets">[H] what the scan's scores lack.</param>
    /// <param name="probes">Lists that the pass probed for each head.</param>
    /// <param name="isEligible">Whether the item is live and eligible.</param>
    /// <param name="pass">What it runs with.</param>
    public void Compute(Tensor<float> vectors, Tensor<float> offsets, int probes, bool isEligible, in ForwardPass pass)
    {
        var codes = _stages.Index.Quantize(vectors, pass);
        var lists = Probe(vectors, probes, pass);
        for (int h = 0; h < _codeScores.Length; h++)
        {
            _codeScores[h] = _stages.CodeScore(codes, h, _slot);
            _isScanned[h] = lists.Row(h).Contains(List);
        }
        new ScanRanks(_stages, _slot) { Before = _before, Eligible = _eligible }
            .Count(codes, lists, _codeScores, _query.Filter, pass);
        for (int h = 0; h < _isKept.Length; h++)
        {
            _isKept[h] = isEligible && _isScanned[h] && _codeScores[h] >= float.MinValue && _before[h] < _query.Kept;
        }
        var found = Merge(codes, lists, offsets, pass);
        Evaluate(vectors, in found, pass);
    }

    /// <summary>[H, P] the lists that were scanned, and the place of the item's list among all.</summary>
    Tensor<int> Probe(Tensor<float> vectors, int probes, in ForwardPass pass)
    {
        int nlist = _stages.Index.NList;
        var order = _stages.Index.Probe(vectors, nlist, pass);
        // Of a request that allows no item at all, no list was scanned.
        var lists = pass.Scratch.Rent<int>(new Shape(vectors.Shape[0], Math.Max(1, probes)));
        lists.Span.Fill(-1);
        for (int h = 0; h < _listRanks.Length; h++)
        {
            _listRanks[h] = order.Row(h).IndexOf(List) + 1;
            // The probe's order is total: what was scanned is its first lists, however many rounds it took.
            (_query.OnlyLists ?? order.Row(h)[..probes]).CopyTo(lists.Row(h));
        }
        return lists;
    }

    /// <summary>The candidates, and behind them the item when it is none.</summary>
    SearchResult Merge(in QuantizedQueries codes, Tensor<int> lists, Tensor<float> offsets, in ForwardPass pass)
    {
        var scratch = pass.Scratch;
        var kept = HeadCandidates.Rent(_isKept.Length, _query.Kept, scratch);
        _stages.Scan(codes, lists, _query.Filter, kept, pass);
        int capacity = _stages.Merge.Capacity(_query.Kept);
        var slots = scratch.Rent<int>(new Shape(capacity));
        var args = new MergeHeadsArgs
        {
            Candidates = kept,
            FirstQuery = 0,
            Offsets = offsets,
            Index = _stages.Index.Lists,
            Slots = slots,
        };
        Merged = _stages.Merge.Merge(in args, scratch);
        IsMerged = slots.Span[..Merged].Contains(_slot);
        var found = SearchResult.Rent(1, capacity + 1, scratch);
        slots.Span.CopyTo(found.Slots.Row(0));
        found.Slots.Row(0)[capacity] = FusedScanArgs.NoSlot;
        if (!IsMerged) found.Slots.Row(0)[Merged] = _slot;
        found.Counts[0] = IsMerged ? Merged : Merged + 1;
        return found;
    }

    void Evaluate(Tensor<float> vectors, in SearchResult found, in ForwardPass pass)
    {
        int place = found.Slots.Row(0).IndexOf(_slot), tasks = _isKept.Length;
        var scores = _stages.Scorer.Score([_query], vectors, found.Slots, pass);
        float[] exact = scores.Row(0).Slice(place * tasks, tasks).ToArray();
        var valued = _stages.Values.Evaluate([_query], in found, scores, pass);
        float[] inputs = valued.Tasks.Row(0).Slice(place * tasks, tasks).ToArray();
        int rank = valued.Rank(0, place, found.Counts[0]);
        var names = _stages.Parts.Description.Tasks;
        Value = new ExplainedValue(
            [.. names.Select((name, t) => new ExplainedTask(name, exact[t], inputs[t]))],
            new FormulaTerms(_query.Value, names).Explain(_stages.Values.Inputs(_query, _slot, inputs), pass),
            valued.Values.Row(0)[place], rank);
        if (!IsMerged) return;
        var lists = _stages.Blend.Compose([_query], in found, in valued, pass);
        int after = lists.Positions.Row(0).IndexOf(place);
        int reason = lists.Reasons.IsPresent && rank <= lists.Reasons.Count ? lists.Reasons[rank - 1] : -1;
        Blend = new ExplainedBlend(_query.Blend.Name, rank, after < 0 ? null : after + 1)
        {
            By = reason < 0 ? null : _query.Blend.Parts[reason],
        };
    }
}
