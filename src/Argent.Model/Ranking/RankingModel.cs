using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Early-stage ranking: the second kind of model in the same artifact. Given items are scored for a user by the parts that
/// score the candidates of a retrieval (user tower, embedding cache, OverArch, value), so an item's scores here and there
/// are equal bit for bit. It has no tensors of its own, and any thread may prepare requests or rank.
/// </summary>
public sealed class RankingModel
{
    // Between two chunks a deadline is looked at, and the kernels' workers are free for others: some tens of microseconds.
    const int ChunkItems = 4096;

    readonly RetrievalModel _model;
    readonly RetrievalParts _parts;
    readonly CandidateScorer _scorer;
    readonly CandidateValues _values;
    readonly Lazy<ComputedEmbeddings> _computed;
    readonly Stack<RetrievalBatch> _batches = [];

    internal RankingModel(RetrievalModel model, RetrievalParts parts, CandidateScorer scorer, CandidateValues values)
    {
        (_model, _parts, _scorer, _values) = (model, parts, scorer, values);
        _computed = new Lazy<ComputedEmbeddings>(() => new ComputedEmbeddings(parts));
    }

    /// <summary>Whether embeddings can be computed on the fly: an artifact of plain vectors has no item tower.</summary>
    public bool HasItemTower => _parts.ItemTower is not null;

    /// <summary>Checks a request, finds its items and compiles what it brings.</summary>
    /// <param name="request">The request.</param>
    /// <param name="deadlineTimestamp">A timestamp of the model's clock; <see cref="long.MaxValue"/> for none.</param>
    /// <exception cref="RequestException">The request cannot be answered; the message says why.</exception>
    public RankingQuery Prepare(RankingRequest request, long deadlineTimestamp = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.K is < 1) throw Bad($"k is {request.K}; it must be 1 or more.");
        var asked = _model.Prepare(
            new RetrievalRequest { User = request.User, K = 1, Filter = request.Filter, Value = request.Value }, deadlineTimestamp);
        if (request.Embeddings == RankingEmbeddings.Computed && !HasItemTower)
        {
            throw Bad($"The model '{_parts.Name}' has no item tower: its embeddings are cached and cannot be computed.");
        }
        var ids = request.Items ?? throw Bad("items is null; it must be a list of item ids.");
        return new RankingQuery
        {
            Asked = asked,
            Ids = ids,
            Rows = Rows(ids),
            K = request.K ?? int.MaxValue,
            IsSorted = request.Sort || request.K is not null,
            IsComputed = request.Embeddings == RankingEmbeddings.Computed,
        };
    }

    /// <summary>
    /// Scores the items of a request. The answer depends on the request alone. Only the answer is allocated on the managed
    /// heap; the pass's scratch memory is as before afterwards.
    /// </summary>
    /// <exception cref="ArgumentException">The request was prepared by another model.</exception>
    /// <exception cref="TimeoutException">The deadline passed before the last item was scored.</exception>
    public RankingResponse Rank(RankingQuery query, in ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Asked.Model != _model)
        {
            throw new ArgumentException($"The request was prepared by another model than '{_parts.Name}'.");
        }
        var clock = _parts.Clock;
        long start = clock.GetTimestamp();
        var mark = pass.Scratch.Mark();
        var user = User(query.Asked, pass);
        long userTower = Since(start), found = clock.GetTimestamp();
        var response = Split(query, out var slots, out var positions, pass.Scratch);
        long items = Since(found), scored = clock.GetTimestamp();
        response = response with { Items = Score(query, user, slots, positions, pass) };
        pass.Scratch.Release(mark);
        return response with { TimingUs = new RankingTiming(0, userTower, items, Since(scored), Since(start)) };
    }

    /// <summary>[H, D] float32, rented: the user's query vectors.</summary>
    Tensor<float> User(RetrievalQuery asked, in ForwardPass pass)
    {
        RetrievalBatch? batch;
        lock (_batches)
        {
            if (!_batches.TryPop(out batch)) batch = new RetrievalBatch(1);
        }
        batch.Clear();
        batch.Add(asked);
        var user = _model.QueryVectors(batch, pass);
        batch.Clear();
        lock (_batches) _batches.Push(batch);
        return user;
    }

    /// <summary>Which ids are scored, with the slots of their items, which are missing, which are not eligible.</summary>
    RankingResponse Split(RankingQuery query, out Tensor<int> slots, out Tensor<int> positions, Scratch scratch)
    {
        List<string> missing = [], ineligible = [];
        var lists = _parts.Index.Lists;
        var filter = query.Asked.Filter;
        (slots, positions) = (scratch.Rent<int>(new Shape(query.Count)), scratch.Rent<int>(new Shape(query.Count)));
        int count = 0;
        for (int i = 0; i < query.Count; i++)
        {
            int row = query.Rows[i], slot = row < 0 ? -1 : lists.SlotOfRow[row];
            if (slot < 0 || (lists.Live[slot / 64] >> (slot % 64) & 1) == 0)
            {
                missing.Add(query.Ids[i]);
            }
            else if (filter is not null && !ExactFilter.Matches(filter, _parts.Forward.Values, slot, row))
            {
                ineligible.Add(query.Ids[i]);
            }
            else
            {
                (slots[count], positions[count++]) = (slot, i);
            }
        }
        (slots, positions) = (slots.Rows(0, count), positions.Rows(0, count));
        return new RankingResponse
        {
            Items = [],
            Missing = missing,
            Ineligible = ineligible,
            Scored = count,
            TimingUs = default,
        };
    }

    RankedItem[] Score(
        RankingQuery query, Tensor<float> user, Tensor<int> slots, Tensor<int> positions, in ForwardPass pass)
    {
        int count = (int)slots.Count, tasks = _model.Tasks.Count;
        if (count == 0) return [];
        var scores = pass.Scratch.Rent<float>(new Shape(count, tasks));
        int most = _scorer.SeesWholeList ? count : ChunkItems;
        for (int first = 0; first < count; first += most)
        {
            if (_parts.Clock.GetTimestamp() >= query.Deadline)
            {
                throw new TimeoutException($"The deadline passed after {first} of {count} items were scored.");
            }
            var mark = pass.Scratch.Mark();
            int size = Math.Min(most, count - first);
            var chunk = slots.Rows(first, size);
            var scored = query.IsComputed
                ? Computed(query, user, chunk, pass)
                : _scorer.Score([query.Asked], user, chunk.Reshape(new Shape(1, size)), pass);
            scores.Rows(first, size).CopyFrom(scored.Reshape(new Shape(size, tasks)));
            pass.Scratch.Release(mark);
        }
        var valued = _values.Evaluate(query.Asked, slots, scores, query.IsSorted, pass);
        int kept = Math.Min(query.K, count);
        var order = query.IsSorted ? Order(in valued, kept, pass) : default;
        return Answer(query, order, positions, in valued);
    }

    /// <summary>[1, n, T] float32, rented: scores over embeddings that the item tower computes now.</summary>
    Tensor<float> Computed(RankingQuery query, Tensor<float> user, Tensor<int> slots, in ForwardPass pass)
    {
        var (scores, embeddings) = _computed.Value.Score(user, slots, pass);
        _scorer.Rescore([query.Asked], user, slots.Reshape(new Shape(1, slots.Count)), scores, embeddings, pass);
        return scores;
    }

    /// <summary>The best places: by value, then as a retrieval orders equal values, then as the request has them.</summary>
    static Tensor<int> Order(in ValuedCandidates valued, int most, in ForwardPass pass)
    {
        var order = pass.Scratch.Rent<int>(new Shape(1, most));
        valued.Select(order, pass);
        return order.Reshape(new Shape(most));
    }

    RankedItem[] Answer(RankingQuery query, Tensor<int> order, Tensor<int> positions, in ValuedCandidates valued)
    {
        int tasks = _model.Tasks.Count, count = order.IsPresent ? (int)order.Count : (int)positions.Count;
        var items = new RankedItem[count];
        float[] taskValues = GC.AllocateUninitializedArray<float>(count * tasks);
        var values = valued.Values.Span;
        var all = valued.Tasks.Span;
        for (int i = 0; i < count; i++)
        {
            int place = order.IsPresent ? order[i] : i, asked = positions[place];
            all.Slice(place * tasks, tasks).CopyTo(taskValues.AsSpan(i * tasks));
            items[i] = new RankedItem(query.Rows[asked], query.Ids[asked], values[place], taskValues.AsMemory(i * tasks, tasks));
        }
        return items;
    }

    /// <summary>The row of each id in the order of the request: unlike the lists of a filter, neither sorted nor distinct.</summary>
    int[] Rows(IReadOnlyList<string> ids)
    {
        var limits = _parts.Limits;
        if (ids.Count > limits.RankedItemsMax)
        {
            throw TooLarge($"items has {ids.Count} ids; at most {limits.RankedItemsMax} are ranked at once.");
        }
        int[] rows = new int[ids.Count];
        string[] texts = new string[Math.Min(ItemIds.BatchMax, rows.Length)];
        for (int first = 0; first < rows.Length; first += texts.Length)
        {
            int count = Math.Min(texts.Length, rows.Length - first);
            for (int i = 0; i < count; i++) texts[i] = Checked(ids[first + i]);
            _parts.Items.Ids.Find(texts.AsSpan(0, count), rows.AsSpan(first, count));
        }
        return rows;
    }

    string Checked(string? id)
    {
        if (id is null) throw Bad("items holds null where an id is expected.");
        int most = _parts.Limits.IdTextMax;
        return id.Length <= most ? id : throw TooLarge($"items holds an id of {id.Length} characters; at most {most} are read.");
    }

    long Since(long timestamp) => (long)_parts.Clock.GetElapsedTime(timestamp).TotalMicroseconds;

    static RequestException Bad(string message) => new(RequestErrorKind.BadRequest, message);

    static RequestException TooLarge(string message) => new(RequestErrorKind.TooLarge, message);
}
