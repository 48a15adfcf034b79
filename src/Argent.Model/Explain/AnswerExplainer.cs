using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Explains the items of an answer that was given: each is looked up and scored. Nothing is scanned, unless an OverArch looks
/// at whole lists: then the request is searched again, since an item's scores depend on the candidates beside it.
/// </summary>
readonly ref struct AnswerExplainer(RetrievalModel model, RetrievalStages stages, ForwardPass pass)
{
    readonly ForwardPass _pass = pass;

    /// <summary>The response with its explanation.</summary>
    public RetrievalResponse Explain(RetrievalRequest request, RetrievalResponse response)
    {
        if (response.Items.Count > model.Limits.ExplainedItemsMax)
        {
            throw new RequestException(RequestErrorKind.BadRequest,
                $"The answer has {response.Items.Count} items; {model.Limits.ExplainedItemsMax} are explained at most.");
        }
        var query = model.Prepare(request);
        var batch = new RetrievalBatch(1);
        batch.Add(query);
        var mark = _pass.Scratch.Mark();
        var vectors = model.QueryVectors(batch, _pass);
        var places = Places(vectors);
        var codes = stages.Index.Quantize(vectors, _pass);
        var offsets = stages.Search.Offsets(vectors, _pass.Scratch);
        var slots = _pass.Scratch.Rent<int>(new Shape(1, Math.Max(1, response.Items.Count)));
        slots.Span.Fill(FusedScanArgs.NoSlot);
        for (int i = 0; i < response.Items.Count; i++) slots[i] = stages.Index.Lists.SlotOfRow[response.Items[i].Row];
        var together = stages.Scorer.SeesWholeList ? Candidates(query, vectors, slots) : slots;
        var scores = stages.Scorer.Score([query], vectors, together, _pass);
        var items = new AnswerItemExplanation?[response.Items.Count];
        for (int i = 0; i < items.Length; i++)
        {
            if (slots[i] < 0) continue;
            int list = stages.ListOf(slots[i]);
            int place = stages.Scorer.SeesWholeList ? together.Span.IndexOf(slots[i]) : i;
            var heads = new AnswerHeadExplanation[model.Tasks.Count];
            for (int h = 0; h < heads.Length; h++)
            {
                float code = stages.CodeScore(codes, h, slots[i]) + offsets[h];
                heads[h] = new(model.Tasks[h], places.Row(h)[list], code, scores[((long)place * heads.Length) + h]);
            }
            items[i] = new(list, heads, response.Items[i].Score);
        }
        _pass.Scratch.Release(mark);
        int nprobe = request.NProbe == 0 ? model.DefaultNProbe : Math.Min(request.NProbe, model.Index.NList);
        return response with
        {
            Explanation = new AnswerExplanation(
                nprobe, model.Index.NList, query.Kept, stages.Merge.Capacity(query.Kept), query.Blend.Name, items),
        };
    }

    /// <summary>[1, N] the request's candidates as the pass finds them, and behind them what of the answer is no longer one.</summary>
    Tensor<int> Candidates(RetrievalQuery query, Tensor<float> vectors, Tensor<int> answer)
    {
        var group = new SearchGroup
        {
            Queries = new RetrievalQuery[] { query },
            Vectors = vectors,
            Kept = query.Kept,
            Filters = new QueryFilter?[model.Tasks.Count],
        };
        var found = stages.Search.Run(in group, _pass);
        int count = found.Counts[0];
        var all = _pass.Scratch.Rent<int>(new Shape(1, count + answer.Count));
        all.Span.Fill(FusedScanArgs.NoSlot);
        found.Slots.Row(0)[..count].CopyTo(all.Span);
        foreach (int slot in answer.Span)
        {
            if (slot >= 0 && !all.Span[..count].Contains(slot)) all[count++] = slot;
        }
        return all;
    }

    /// <summary>[H, L] place of each list among all, from 1.</summary>
    Tensor<int> Places(Tensor<float> vectors)
    {
        var order = stages.Index.Probe(vectors, stages.Index.NList, _pass);
        var places = _pass.Scratch.Rent<int>(order.Shape);
        for (long h = 0; h < order.Shape[0]; h++)
        {
            for (int p = 0; p < order.Shape[1]; p++) places.Row(h)[order.Row(h)[p]] = p + 1;
        }
        return places;
    }
}
