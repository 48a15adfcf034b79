using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Scores of candidates for each task: the heads' exact scores, or, where the model has one, the OverArch's logits over
/// them, the cross features and the items' sides.
/// </summary>
sealed unsafe class CandidateScorer
{
    // Candidates of a batch: 32 KB for every eight numbers of a row, so that activations stay in the second-level cache.
    const int ChunkRows = 1024;

    readonly ExactScores _exact;
    readonly ServedOverArch? _served;
    readonly Tensor<float> _bias;
    readonly Tensor<int> _slotOfTrained;
    readonly int _histories;

    /// <summary>A scorer over parts of a model.</summary>
    public CandidateScorer(RetrievalParts parts)
    {
        _bias = parts.Index.Lists.Bias;
        _exact = new ExactScores(parts.Cache, _bias);
        _served = parts.OverArch;
        if (_served is null) return;
        _histories = parts.Towers!.Histories.Count;
        _slotOfTrained = ServedOverArch.SlotsOf(parts.UserTower!.HistoryItems, parts.Items.Ids, parts.Index.Lists.SlotOfRow);
    }

    /// <summary>Whether a request's candidates must all be scored together.</summary>
    public bool SeesWholeList => _served?.OverArch.SeesWholeList ?? false;

    /// <summary>Scores of candidates.</summary>
    /// <param name="requests">B requests.</param>
    /// <param name="queries">[B * H, D] float32, their query vectors.</param>
    /// <param name="slots">[B, K1] int32, negative for none.</param>
    /// <param name="pass">What it runs with.</param>
    /// <returns>[B, K1, T] float32, rented; -infinity where there is no slot.</returns>
    public Tensor<float> Score(
        ReadOnlySpan<RetrievalQuery> requests, Tensor<float> queries, Tensor<int> slots, in ForwardPass pass)
    {
        var scores = _exact.Score(queries, slots, pass);
        Rescore(requests, queries, slots, scores, default, pass);
        return scores;
    }

    /// <summary>Overwrites exact scores with the OverArch's logits, where the model has one.</summary>
    /// <param name="requests">B requests.</param>
    /// <param name="queries">[B * H, D] float32.</param>
    /// <param name="slots">[B, K1] int32, negative for none.</param>
    /// <param name="scores">[B, K1, T] float32: exact scores, then logits.</param>
    /// <param name="embeddings">[B * K1, D] float32 embeddings to compute the items' sides from; no tensor: the artifact's sides.</param>
    /// <param name="pass">What it runs with.</param>
    public void Rescore(
        ReadOnlySpan<RetrievalQuery> requests, Tensor<float> queries, Tensor<int> slots, Tensor<float> scores,
        Tensor<float> embeddings, in ForwardPass pass)
    {
        if (_served is null) return;
        var scratch = pass.Scratch;
        var mark = scratch.Mark();
        var flat = FlatCandidates.Of(slots, scratch);
        var histories = UserHistories.Of(requests, _histories, scratch);
        var own = scratch.Rent<float>(new Shape(flat.Count, scores.Shape[2]));
        var all = scores.Reshape(new Shape(slots.Count, scores.Shape[2]));
        Pick(all, flat.Places, own);
        var features = _served.Features.Compute(
            new CrossInputs { Candidates = flat.Slots, Start = flat.Start, Scores = own, Bias = _bias, Histories = histories }, pass);
        var past = _served.OverArch.ReadsHistory ? histories.Together(_slotOfTrained, scratch) : default;
        for (int first = 0, request = 0; first < flat.Count;)
        {
            while (flat.Start[request + 1] <= first) request++;
            int end = End(flat.Start, first);
            var within = scratch.Mark();
            var batch = Batch(in flat, (first, end), request, (queries, features, embeddings, past), pass);
            var logits = _served.OverArch.Forward(in batch, pass);
            Check(logits, batch.Count, scores.Shape[2]);
            Put(logits, flat.Places.Rows(first, end - first), all);
            scratch.Release(within);
            first = end;
        }
        scratch.Release(mark);
    }

    static void Pick(Tensor<float> rows, Tensor<int> places, Tensor<float> picked)
    {
        long width = rows.Shape[1];
        for (long i = 0; i < places.Count; i++)
        {
            float* from = rows.Pointer + places.Pointer[i] * width, to = picked.Pointer + i * width;
            for (long t = 0; t < width; t++) to[t] = from[t];
        }
    }

    static void Put(Tensor<float> rows, Tensor<int> places, Tensor<float> all)
    {
        long width = rows.Shape[1];
        for (long i = 0; i < places.Count; i++)
        {
            float* from = rows.Pointer + i * width, to = all.Pointer + places.Pointer[i] * width;
            for (long t = 0; t < width; t++) to[t] = from[t];
        }
    }

    /// <summary>Where the batch that begins with candidate <paramref name="first"/> ends.</summary>
    int End(Tensor<int> start, int first)
    {
        int count = start[start.Count - 1];
        if (!SeesWholeList) return Math.Min(count, first + ChunkRows);
        int b = 0;
        while (start[b] < first + ChunkRows && start[b] < count) b++;
        return start[b];
    }

    /// <summary>Candidates [First, End), of which the first belongs to <paramref name="request"/>.</summary>
    CandidateBatch Batch(
        in FlatCandidates flat, (int First, int End) rows, int request,
        (Tensor<float> Queries, Tensor<float> Features, Tensor<float> Embeddings, IdBags Past) inputs, in ForwardPass pass)
    {
        var scratch = pass.Scratch;
        int count = rows.End - rows.First, last = request;
        while (flat.Start[last + 1] < rows.End) last++;
        int requests = last + 1 - request, heads = (int)(inputs.Queries.Shape[0] / (flat.Start.Count - 1));
        var (start, of) = (scratch.Rent<int>(new Shape(requests + 1)), scratch.Rent<int>(new Shape(count)));
        for (int b = 0; b <= requests; b++) start[b] = Math.Clamp(flat.Start[request + b], rows.First, rows.End) - rows.First;
        for (int b = 0; b < requests; b++) of.Span[start[b]..start[b + 1]].Fill(b);
        var (history, historyStart) = inputs.Past.Ids.IsPresent ? Past(inputs.Past, request, requests, pass) : default;
        return new CandidateBatch
        {
            Queries = inputs.Queries.Rows((long)request * heads, (long)requests * heads),
            Start = start,
            Request = of,
            Items = Sides(flat.Slots.Rows(rows.First, count), flat.Places.Rows(rows.First, count), inputs.Embeddings, pass),
            Features = inputs.Features.Rows(rows.First, count),
            History = history,
            HistoryStart = historyStart,
        };
    }

    (Tensor<float> Rows, Tensor<int> Start) Past(in IdBags past, int request, int requests, in ForwardPass pass)
    {
        int first = past.Start[request];
        var start = pass.Scratch.Rent<int>(new Shape(requests + 1));
        for (int b = 0; b <= requests; b++) start[b] = past.Start[request + b] - first;
        return (Gathered(past.Ids.Rows(first, start[requests]), pass), start);
    }

    Tensor<float> Sides(Tensor<int> slots, Tensor<int> places, Tensor<float> embeddings, in ForwardPass pass)
    {
        if (!_served!.OverArch.ReadsItems) return default;
        if (!embeddings.IsPresent) return Gathered(slots, pass);
        var rows = pass.Scratch.Rent<float>(new Shape(places.Count, embeddings.Shape[1]));
        pass.Kernels.GatherRows(new GatherRowsArgs { Table = embeddings, Indices = places, Rows = rows });
        // Publishing rounds embeddings and sides: computed ones then score like those of the artifact.
        Round(rows);
        var sides = _served.OverArch.ItemSide(rows, pass);
        Round(sides);
        return sides;
    }

    static void Round(Tensor<float> values)
    {
        foreach (ref float value in values.Span) value = (float)(BFloat16)value;
    }

    Tensor<float> Gathered(Tensor<int> slots, in ForwardPass pass)
    {
        var rows = pass.Scratch.Rent<float>(new Shape(slots.Count, _served!.Items.Shape[1]));
        pass.Kernels.GatherRowsBFloat16(new GatherRowsBFloat16Args { Table = _served.Items, Indices = slots, Rows = rows });
        return rows;
    }

    void Check(Tensor<float> logits, int candidates, long tasks)
    {
        if (logits.Shape == new Shape(candidates, tasks)) return;
        throw new InvalidOperationException(
            $"The OverArch '{_served!.Config.Kind}' gave {logits.Shape} for {candidates} candidates and {tasks} tasks.");
    }
}
