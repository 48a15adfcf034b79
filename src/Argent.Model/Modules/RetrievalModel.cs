using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// The whole way of a request as one module: user tower, probe, scan with the filter, refill, merge of the heads, exact
/// scores, value, blend. It is immutable but for updates to its tensors, and any thread may prepare requests or run passes.
/// </summary>
public sealed class RetrievalModel : Module
{
    readonly RetrievalParts _parts;
    readonly QueryCompiler _compiler;
    readonly MergeHeads _merge;
    readonly CandidateSearch _search;
    readonly CandidateScorer _scorer;
    readonly CandidateValues _values;
    readonly Blend _blend;

    /// <summary>A model of parts in memory or mapped.</summary>
    /// <exception cref="ArgumentException">The parts do not fit together.</exception>
    public RetrievalModel(RetrievalParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _parts = parts;
        CheckParts(parts);
        var description = parts.Description;
        Value = new ValueModel(parts.Value, description.Tasks, parts.Forward);
        _merge = new MergeHeads(description.MergeOfHeads(), description.Tasks.Count);
        _search = new CandidateSearch(parts.Index, parts.Filter?.Words, parts.Forward.Values, _merge, parts.Clock);
        _scorer = new CandidateScorer(parts);
        _values = new CandidateValues(description.TaskActivation, Value, parts.Index.Lists);
        _blend = new Blend(Compiled(parts), parts.Forward, parts.Cache);
        _compiler = new QueryCompiler(this, parts, _merge);
        Ranking = new RankingModel(this, parts, _scorer, _values);
    }

    /// <summary>The model's name.</summary>
    public string Name => _parts.Name;

    /// <summary>Sizes, metric, tasks.</summary>
    public ModelDescription Description => _parts.Description;

    /// <summary>Task names in head order.</summary>
    public IReadOnlyList<string> Tasks => _parts.Description.Tasks;

    /// <summary>Item features.</summary>
    public FeatureSchema Schema => _parts.Forward.Schema;

    /// <summary>Exact feature values and their counts.</summary>
    public ForwardIndex ForwardIndex => _parts.Forward;

    /// <summary>The filter index; null when filters are verified only.</summary>
    public FilterIndex? FilterIndex => _parts.Filter;

    /// <summary>Item ids.</summary>
    public ItemIds Items => _parts.Items.Ids;

    /// <summary>The largest requests.</summary>
    public ModelLimits Limits => _parts.Limits;

    /// <summary>The inverted file.</summary>
    public IvfIndex Index => _parts.Index;

    /// <summary>The model's own value formula.</summary>
    public ValueModel Value { get; }

    /// <summary>Scores of given items, from the same parts.</summary>
    public RankingModel Ranking { get; }

    /// <summary>The model's own blend.</summary>
    public BlendProgram Blend => _blend.Program;

    /// <summary>The learned scorer of candidates; null when candidates are ordered by their exact scores.</summary>
    public OverArchConfig? OverArch => _parts.OverArch?.Config;

    /// <summary>True when users may be described; false when requests must bring query vectors.</summary>
    public bool HasUserTower => _parts.UserTower is not null;

    /// <summary>Tasks whose past events describe a user; none without a user tower.</summary>
    public IReadOnlyList<string> Histories => _parts.UserTower?.Histories ?? [];

    /// <summary>The task that a history without a name belongs to.</summary>
    public string HistoryTask => _parts.UserTower is { Histories: [var first, ..] } ? first : Tasks[0];

    /// <summary>Lists probed when a request does not say.</summary>
    public int DefaultNProbe => _parts.DefaultNProbe;

    /// <summary>What deadlines are measured by.</summary>
    public TimeProvider Clock => _parts.Clock;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Module Child)> Children
    {
        get
        {
            if (_parts.UserTower is { } userTower) yield return ("user_tower", userTower);
            if (_parts.ItemTower is { } itemTower) yield return ("item_tower", itemTower);
            yield return ("index", _parts.Index);
            if (_parts.Filter is { } filter) yield return ("filter", filter);
            yield return ("forward", _parts.Forward);
            yield return ("cache", _parts.Cache);
            yield return ("items", _parts.Items);
            yield return ("merge", _merge);
            if (_parts.OverArch is { } overArch) yield return ("over_arch", overArch);
            yield return ("value", Value);
            yield return ("blend", _blend);
        }
    }

    /// <summary>The files of an artifact of this model: one for each module that has tensors.</summary>
    public IReadOnlyList<ArtifactPart> Parts() =>
    [
        .. Children
            .Select(c => new ArtifactPart(c.Name + ".safetensors", [.. c.Child.AllTensors(c.Name)]))
            .Where(part => part.Tensors.Count > 0),
    ];

    /// <summary>The tensors that every search and every scoring of candidates reads: what a device has to hold.</summary>
    internal IEnumerable<AnyTensor> SearchTensors() =>
        new Module?[] { _parts.Index, _parts.Filter, _parts.Forward, _parts.Cache, _parts.OverArch }
            .OfType<Module>().SelectMany(module => module.AllTensors("")).Select(tensor => tensor.Tensor);

    /// <summary>The title of an item, or null.</summary>
    public string? Title(int row) => _parts.Items.Title(row);

    /// <summary>Checks a request and compiles what it brings.</summary>
    /// <param name="request">The request.</param>
    /// <param name="deadlineTimestamp">A timestamp of <see cref="Clock"/>; <see cref="long.MaxValue"/> for none.</param>
    /// <exception cref="RequestException">The request cannot be answered; the message says why.</exception>
    public RetrievalQuery Prepare(RetrievalRequest request, long deadlineTimestamp = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _compiler.Compile(request, deadlineTimestamp);
    }

    /// <summary>
    /// Answers every request of a batch. An answer depends on its request only, never on the others of the batch. Once
    /// the pass's scratch memory has grown, nothing is allocated on the managed heap.
    /// </summary>
    /// <exception cref="ArgumentException">A request was prepared by another model.</exception>
    public void Forward(RetrievalBatch batch, in ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(batch);
        long start = Clock.GetTimestamp();
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch[i].Model != this)
            {
                throw new ArgumentException($"Request {i} was prepared by another model than '{Name}'.");
            }
        }
        var times = new StageTimes();
        if (batch.Count > 0)
        {
            RentAnswers(batch, pass.Scratch);
            var mark = pass.Scratch.Mark();
            var vectors = QueryVectors(batch, pass);
            times.UserTower = Since(start);
            var order = batch.OrderByKept();
            for (int first = 0, next; first < order.Length; first = next)
            {
                next = first + 1;
                while (next < order.Length && order[next] >> 32 == order[first] >> 32) next++;
                Answer(batch, order[first..next], vectors, pass, ref times);
            }
            pass.Scratch.Release(mark);
        }
        batch.Timing = new RetrievalTiming(0, times.UserTower, times.Scan, times.OverArch, Since(start));
    }

    void RentAnswers(RetrievalBatch batch, Scratch scratch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            int most = Math.Min(batch[i].K, Index.Slots);
            ref var answer = ref batch.Answer(i);
            answer.Rows = scratch.Rent<int>(new Shape(most));
            answer.Scores = scratch.Rent<float>(new Shape(most));
            answer.Tasks = scratch.Rent<float>(new Shape(most, Tasks.Count));
            if (batch[i].Blend.IsIdentity) continue;
            answer.Ranks = scratch.Rent<int>(new Shape(most));
            answer.Reasons = scratch.Rent<int>(new Shape(most));
        }
    }

    /// <summary>
    /// An item's way through a request: the request's own pass, and beside it, from the same modules, the item's place at
    /// every stage; the smallest change that serves it is made and asked. Nothing of the model changes.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="item">The item's id; one that the catalogue lacks is a verdict, not an error.</param>
    /// <param name="pass">What it runs with; its scratch memory is as before afterwards.</param>
    /// <param name="deadlineTimestamp">When the request's own pass is due, as for <see cref="Prepare"/>.</param>
    /// <exception cref="RequestException">The request cannot be answered; the message says why.</exception>
    public Explanation Explain(
        RetrievalRequest request, string item, in ForwardPass pass, long deadlineTimestamp = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(item);
        if (item.Length > Limits.IdTextMax)
        {
            throw new RequestException(RequestErrorKind.TooLarge,
                $"The item's id has {item.Length} characters; at most {Limits.IdTextMax} are read.");
        }
        return new Explainer(this, Stages, pass).Explain(request, item, deadlineTimestamp);
    }

    /// <summary>
    /// A response together with what is known of its items: lists, scores of the scan, scores of each task. It is computed anew
    /// for the response's items alone; for an OverArch that looks at whole lists the request is searched again, without a deadline,
    /// so that the items are scored among all candidates.
    /// </summary>
    /// <exception cref="RequestException">The response has more than <see cref="ModelLimits.ExplainedItemsMax"/> items.</exception>
    public RetrievalResponse Explain(RetrievalRequest request, RetrievalResponse response, in ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(response);
        return new AnswerExplainer(this, Stages, pass).Explain(request, response);
    }

    /// <summary>An explanation without a search for changes.</summary>
    internal Explanation Look(RetrievalRequest request, string item, in ForwardPass pass) =>
        new Explainer(this, Stages, pass).Look(request, item, long.MaxValue, out _);

    RetrievalStages Stages => new(_parts, _merge, _search, _scorer, _values, _blend);

    static BlendProgram Compiled(RetrievalParts parts) =>
        new BlendCompiler(parts.Forward.Schema, new FilterCompiler(parts.Forward.Schema, parts.Filter?.Layout)).Compile(parts.Blend);

    /// <summary>[B * H, D]: vectors that requests brought, and those of the user tower for all others.</summary>
    internal Tensor<float> QueryVectors(RetrievalBatch batch, in ForwardPass pass)
    {
        int heads = Tasks.Count, users = 0;
        var vectors = pass.Scratch.Rent<float>(new Shape((long)batch.Count * heads, Index.Dim));
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch[i].Vectors is { } given) given.CopyTo(vectors.Rows((long)i * heads, heads).Span);
            else users++;
        }
        if (users > 0) EncodeUsers(batch, vectors, pass);
        if (Description.Metric == Metric.Cosine)
        {
            pass.Kernels.NormalizeRows(new Argent.Kernels.NormalizeRowsArgs { Input = vectors, Output = vectors });
        }
        return vectors;
    }

    void EncodeUsers(RetrievalBatch batch, Tensor<float> vectors, in ForwardPass pass)
    {
        var mark = pass.Scratch.Mark();
        var builder = batch.Users(_parts.Towers!);
        for (int i = 0; i < batch.Count; i++) batch[i].User?.AddTo(builder);
        var encoded = _parts.UserTower!.Forward(builder.Build(), pass);
        int heads = Tasks.Count, user = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch[i].User is null) continue;
            vectors.Rows((long)i * heads, heads).CopyFrom(encoded.Rows((long)user++ * heads, heads));
        }
        pass.Scratch.Release(mark);
    }

    void Answer(
        RetrievalBatch batch, ReadOnlySpan<long> order, Tensor<float> vectors, in ForwardPass pass, ref StageTimes times)
    {
        long start = Clock.GetTimestamp();
        var mark = pass.Scratch.Mark();
        int heads = Tasks.Count;
        var queries = batch.GroupQueries.AsSpan(0, order.Length);
        var own = pass.Scratch.Rent<float>(new Shape((long)order.Length * heads, Index.Dim));
        for (int i = 0; i < order.Length; i++)
        {
            int request = (int)(uint)order[i];
            queries[i] = batch[request];
            own.Rows((long)i * heads, heads).CopyFrom(vectors.Rows((long)request * heads, heads));
        }
        var group = new SearchGroup
        {
            Queries = queries,
            Vectors = own,
            Kept = queries[0].Kept,
            Filters = batch.Filters(order.Length * heads),
        };
        var found = _search.Run(in group, pass);
        times.Scan += Since(start);
        start = Clock.GetTimestamp();
        var scores = _scorer.Score(queries, own, found.Slots, pass);
        var valued = _values.Evaluate(queries, in found, scores, pass);
        var lists = _blend.Compose(queries, in found, in valued, pass);
        for (int i = 0; i < order.Length; i++)
        {
            WriteAnswer(ref batch.Answer((int)(uint)order[i]), i, in found, in valued, in lists);
        }
        times.OverArch += Since(start);
        pass.Scratch.Release(mark);
    }

    void WriteAnswer(
        ref RetrievalAnswer answer, int request, in SearchResult found, in ValuedCandidates valued, in BlendedLists lists)
    {
        int count = 0, tasks = Tasks.Count;
        var values = valued.Values.Row(request);
        var taskValues = valued.Tasks.Row(request);
        var slots = found.Slots.Row(request);
        foreach (int position in lists.Positions.Row(request))
        {
            if (position < 0 || count == answer.Rows.Count) break;
            answer.Rows[count] = Index.Lists.Rows[slots[position]];
            answer.Scores[count] = values[position];
            if (answer.Ranks.IsPresent)
            {
                int rank = lists.Ranks.Row(request)[count];
                (answer.Ranks[count], answer.Reasons[count]) = (rank, lists.Reasons.Row(request)[rank - 1]);
            }
            taskValues.Slice(position * tasks, tasks).CopyTo(answer.Tasks.Row(count++));
        }
        answer.Count = count;
        answer.Status = found.Status(request);
        answer.EligibleSeen = found.EligibleSeen[request];
        answer.Probes = found.Probes[request];
    }

    long Since(long timestamp) => (long)Clock.GetElapsedTime(timestamp).TotalMicroseconds;

    static void CheckParts(RetrievalParts parts)
    {
        var (index, description) = (parts.Index, parts.Description);
        if (index.Dim != description.Dim)
        {
            throw new ArgumentException($"The index has {index.Dim} dimensions, the model {description.Dim}.");
        }
        if (parts.Cache.Embeddings.Shape != new Shape(index.Slots, index.Dim))
        {
            throw new ArgumentException(
                $"The cache is {parts.Cache.Embeddings.Shape} for {index.Slots} slots of {index.Dim} dimensions.");
        }
        if (parts.Items.Ids.Count != index.Lists.SlotOfRow.Count)
        {
            throw new ArgumentException($"{parts.Items.Ids.Count} ids for {index.Lists.SlotOfRow.Count} items.");
        }
        if (parts.DefaultNProbe < 1 || parts.DefaultNProbe > index.NList)
        {
            throw new ArgumentException($"The default of {parts.DefaultNProbe} probes does not fit {index.NList} lists.");
        }
        if (parts.UserTower is { } tower && (tower.Dim != index.Dim || tower.Tasks.Count != description.Tasks.Count))
        {
            throw new ArgumentException(
                $"The user tower gives {tower.Tasks.Count} x {tower.Dim}, " +
                $"the model needs {description.Tasks.Count} x {index.Dim}.");
        }
    }

    struct StageTimes
    {
        public long UserTower, Scan, OverArch;
    }
}
