using Argent.Kernels;
using Argent.Model.Tests.Filter;
using Argent.Model.Tests.Retrieval;
using Argent.Tensors;

namespace Argent.Model.Tests.Explaining;

/// <summary>A small model with removed items, and random requests to explain.</summary>
sealed class ExplainedSample : IDisposable
{
    const string Spaced = """{"pool": 30, "diversity": {"kind": "ssd", "weight": 0.4}, "spacing": [{"feature": "tag", "weight": 0.5}]}""";

    const string Ruled = """{"pool": 20, "rules": [{"feature": "color", "window": 2}, {"slot": 2, "filter": "year = 1995"}]}""";

    readonly Workers _workers = new(1);
    readonly Scratch _scratch = new();
    readonly RandomFilters _filters;
    readonly RetrievalBatch _batch = new(1);

    public ExplainedSample(SampleOptions options, Random random)
    {
        Kernels = CpuKernels.Create(_workers);
        Sample = new SampleModel(options, Kernels);
        Random = random;
        _filters = new RandomFilters(Sample.Catalogue, random);
        var lists = Sample.Parts.Index.Lists;
        for (int row = 0; row < options.Items; row++)
        {
            int slot = lists.SlotOfRow[row];
            if (random.Next(20) == 0) lists.Live[slot / 64] &= ~(1UL << (slot % 64));
        }
    }

    public IKernels Kernels { get; }

    public SampleModel Sample { get; }

    public Random Random { get; }

    public RetrievalModel Model => Sample.Model;

    public RetrievalRequest Request()
    {
        var options = Sample.Options;
        return new RetrievalRequest
        {
            User = Sample.User(Random),
            K = ((int[])[1, 2, 5, 10, 40, options.Items])[Random.Next(6)],
            NProbe = Random.Next(options.NList + 2),
            Rescore = ((int?[])[null, null, 0, 3, 20])[Random.Next(5)],
            Filter = Random.Next(3) == 0 ? null : _filters.Next(depth: 2).ToString(),
            Exclude = Random.Next(3) == 0 ? Ids(Random.Next(1, 60)) : null,
            Only = Random.Next(6) == 0 ? Ids(Random.Next(0, options.Items)) : null,
            Value = Random.Next(5) switch
            {
                0 => $"2 * {options.Tasks[0]} - max({options.Tasks[^1]}, 0.5)",
                1 => $"{options.Tasks[0]} + item.year / 100 + (item.color = 'red') * 3 - (user.country != 'DE')",
                _ => null,
            },
            Blend = ((string?[])[null, null, "{}", Spaced, Ruled])[Random.Next(5)],
        };
    }

    /// <summary>An item of the answer, any item, or one that does not exist.</summary>
    public string Item(RetrievalResponse answer)
    {
        int kind = Random.Next(10);
        if (kind == 0) return "no-such-item";
        return kind < 5 && answer.Items.Count > 0
            ? answer.Items[Random.Next(answer.Items.Count)].Id
            : Model.Items.Text(Random.Next(Model.Items.Count));
    }

    public RetrievalResponse Ask(RetrievalRequest request)
    {
        _scratch.Reset();
        _batch.Clear();
        _batch.Add(Model.Prepare(request));
        Model.Forward(_batch, new ForwardPass(Kernels, _scratch));
        return _batch.Respond(0, "sample/1", 0);
    }

    public Explanation Explain(RetrievalRequest request, string item, long deadline = long.MaxValue)
    {
        _scratch.Reset();
        var explanation = Model.Explain(request, item, new ForwardPass(Kernels, _scratch), deadline);
        Assert.Equal(0, _scratch.UsedBytes);
        return explanation;
    }

    public RetrievalResponse Explain(RetrievalRequest request, RetrievalResponse response)
    {
        _scratch.Reset();
        return Model.Explain(request, response, new ForwardPass(Kernels, _scratch));
    }

    /// <summary>The explanation without a search for changes.</summary>
    public Explanation Look(RetrievalRequest request, string item)
    {
        _scratch.Reset();
        return Model.Look(request, item, new ForwardPass(Kernels, _scratch));
    }

    public void Dispose()
    {
        _scratch.Dispose();
        _workers.Dispose();
    }

    List<string> Ids(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Model.Items.Text(Random.Next(Model.Items.Count))), "-1"];
}
