using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Requests that are answered by one forward pass, and their answers. It is used again and again by one thread at a
/// time; answers lie in the pass's scratch memory and are valid until that is reset.
/// </summary>
public sealed class RetrievalBatch
{
    readonly RetrievalQuery[] _queries;
    readonly RetrievalAnswer[] _answers;
    readonly long[] _order;
    QueryFilter?[] _filters = [];
    UserBatchBuilder? _users;
    TowerConfig? _towers;

    /// <summary>An empty batch.</summary>
    /// <param name="maxRequests">The most requests it takes, 1 or more.</param>
    public RetrievalBatch(int maxRequests)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRequests, 1);
        _queries = new RetrievalQuery[maxRequests];
        _answers = new RetrievalAnswer[maxRequests];
        _order = new long[maxRequests];
        GroupQueries = new RetrievalQuery[maxRequests];
    }

    /// <summary>The most requests it takes.</summary>
    public int Capacity => _queries.Length;

    /// <summary>Requests added.</summary>
    public int Count { get; private set; }

    /// <summary>A request by its number.</summary>
    public RetrievalQuery this[int index] => _queries[Checked(index)];

    /// <summary>Microseconds of the last forward pass, shared by all requests of the batch; the queue's are 0.</summary>
    public RetrievalTiming Timing { get; internal set; }

    /// <summary>Adds a request.</summary>
    /// <returns>Its number in the batch.</returns>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    public int Add(RetrievalQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (Count == Capacity) throw new InvalidOperationException($"The batch holds its {Capacity} requests already.");
        _answers[Count] = default;
        _queries[Count] = query;
        return Count++;
    }

    /// <summary>Forgets all requests and answers.</summary>
    public void Clear()
    {
        Array.Clear(_queries, 0, Count);
        Array.Clear(_answers, 0, Count);
        Array.Clear(GroupQueries);
        Array.Clear(_filters);
        Count = 0;
    }

    /// <summary>Item rows of a request's answer, best first.</summary>
    public ReadOnlySpan<int> Rows(int index)
    {
        ref var answer = ref _answers[Checked(index)];
        return answer.Count == 0 ? [] : answer.Rows.Span[..answer.Count];
    }

    /// <summary>Values of a request's answer, parallel to <see cref="Rows"/>.</summary>
    public ReadOnlySpan<float> Scores(int index)
    {
        ref var answer = ref _answers[Checked(index)];
        return answer.Count == 0 ? [] : answer.Scores.Span[..answer.Count];
    }

    /// <summary>Task values of one item of a request's answer, in the model's order of tasks.</summary>
    public ReadOnlySpan<float> Tasks(int index, int item) => _answers[Checked(index)].Tasks.Row(item);

    /// <summary>Where the blend moved one item of a request's answer from; null when it did not.</summary>
    public BlendMove? Move(int index, int item)
    {
        ref var answer = ref _answers[Checked(index)];
        if (!answer.Ranks.IsPresent || answer.Ranks[item] == item + 1) return null;
        return new BlendMove(answer.Ranks[item], answer.Reasons[item] is >= 0 and var part ? _queries[index].Blend.Parts[part] : null);
    }

    /// <summary>Why the answer ends where it does.</summary>
    public RetrievalStatus Status(int index) => _answers[Checked(index)].Status;

    /// <summary>Eligible items seen, for the head that saw most; see <see cref="RetrievalResponse.EligibleSeen"/>.</summary>
    public long EligibleSeen(int index) => _answers[Checked(index)].EligibleSeen;

    /// <summary>Lists probed for each head.</summary>
    public int Probes(int index) => _answers[Checked(index)].Probes;

    /// <summary>A request's answer as objects of its own.</summary>
    /// <param name="index">The request's number.</param>
    /// <param name="snapshot">What answered; see <see cref="Snapshot.Id"/>.</param>
    /// <param name="watermark">See <see cref="Snapshot.Watermark"/>.</param>
    /// <param name="queueUs">Microseconds between the request's arrival and the forward pass.</param>
    public RetrievalResponse Respond(int index, string snapshot, long watermark, long queueUs = 0)
    {
        var model = _queries[Checked(index)].Model;
        var rows = Rows(index);
        var scores = Scores(index);
        var items = new RetrievedItem[rows.Length];
        for (int i = 0; i < items.Length; i++)
        {
            int row = rows[i];
            items[i] = new RetrievedItem(row, model.Items.Text(row), model.Title(row), scores[i], Tasks(index, i).ToArray())
            {
                Move = Move(index, i),
            };
        }
        return new RetrievalResponse
        {
            Items = items,
            Status = Status(index),
            EligibleSeen = EligibleSeen(index),
            Probes = Probes(index),
            Snapshot = snapshot,
            Watermark = watermark,
            TimingUs = Timing with { Queue = queueUs, Total = Timing.Total + queueUs },
        };
    }

    /// <summary>Requests of the group that is being answered.</summary>
    internal RetrievalQuery[] GroupQueries { get; }

    /// <summary>The answer of a request.</summary>
    internal ref RetrievalAnswer Answer(int index) => ref _answers[index];

    /// <summary>The users of the batch, empty: memory that is kept while the batch serves towers of one configuration.</summary>
    internal UserBatchBuilder Users(TowerConfig towers)
    {
        if (_users is null || !ReferenceEquals(_towers, towers))
        {
            (_users, _towers) = (new UserBatchBuilder(towers), towers);
        }
        _users.Clear();
        return _users;
    }

    /// <summary>Room for a filter per query.</summary>
    internal QueryFilter?[] Filters(int queries)
    {
        if (_filters.Length < queries) _filters = new QueryFilter?[queries];
        return _filters;
    }

    /// <summary>
    /// Request numbers ordered by the candidates that they keep: requests that keep equally many are scanned together,
    /// so that no request's work or answer depends on what the others ask.
    /// </summary>
    internal ReadOnlySpan<long> OrderByKept()
    {
        for (int i = 0; i < Count; i++) _order[i] = ((long)_queries[i].Kept << 32) | (uint)i;
        Array.Sort(_order, 0, Count);
        return _order.AsSpan(0, Count);
    }

    int Checked(int index) => (uint)index < (uint)Count
        ? index
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"The batch holds {Count} requests.");
}

/// <summary>Where one request's answer lies.</summary>
struct RetrievalAnswer
{
    /// <summary>[K] int32 item rows.</summary>
    public Tensor<int> Rows;

    /// <summary>[K] float32 values.</summary>
    public Tensor<float> Scores;

    /// <summary>[K, T] float32 task values.</summary>
    public Tensor<float> Tasks;

    /// <summary>[K] int32 places by value, from 1; no tensor unless the list was composed.</summary>
    public Tensor<int> Ranks;

    /// <summary>[K] int32 parts of the blend that the items were passed over for, -1 for none; no tensor like the ranks.</summary>
    public Tensor<int> Reasons;

    /// <summary>Items in the answer.</summary>
    public int Count;

    /// <summary>Why it ends there.</summary>
    public RetrievalStatus Status;

    /// <summary>Eligible items seen.</summary>
    public long EligibleSeen;

    /// <summary>Lists probed for each head.</summary>
    public int Probes;
}
