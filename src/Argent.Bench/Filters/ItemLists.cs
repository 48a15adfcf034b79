using System.Globalization;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>
/// What 100,000 excluded or allowed items add to a request: from ids as texts to a prepared query, and to the search.
/// </summary>
static class ItemLists
{
    public const string PrepareGroup = "lists of 100,000 items: requests prepared", SearchGroup = "lists of 100,000 items: searches";

    const int Length = 100_000, K = 100, Lists = 8;

    const string Without = "no list", Excluded = "excluded", Allowed = "allowed", ExcludedTexts = "excluded, text ids";

    /// <summary>Measures, adds rows and the goal.</summary>
    public static void Measure(FilterBench bench)
    {
        int items = bench.Vectors.Count, length = Math.Min(Length, items / 4);
        var random = new Random((int)bench.Run.Options.Seed);
        // Gaps of 1 to 5: ids that a straight line does not tell.
        long[] numbers = new long[items];
        for (int i = 1; i < items; i++) numbers[i] = numbers[i - 1] + random.Next(1, 6);
        var model = bench.Model(ItemIds.FromSorted(numbers));
        var texts = bench.Model(ItemIds.FromSorted(
            [.. numbers.Select(n => string.Create(CultureInfo.InvariantCulture, $"item-{n:D10}"))]));
        List<string> List(RetrievalModel of) => [.. Enumerable.Range(0, length).Select(_ => of.Items.Text(random.Next(items)))];
        List<string>[] Draw(RetrievalModel of) => [.. Enumerable.Range(0, Lists).Select(_ => List(of))];
        var (lists, textLists) = (Draw(model), Draw(texts));
        RetrievalRequest Request(int q, IReadOnlyList<string>? excluded, IReadOnlyList<string>? allowed) => new()
        {
            User = new UserInput { Vectors = [bench.Vectors.Queries.Row(q).ToArray()] },
            K = K,
            Exclude = excluded,
            Only = allowed,
        };
        var ways = new (string Name, RetrievalModel Model, Func<int, RetrievalRequest> Request)[]
        {
            (Without, model, q => Request(q, null, null)),
            (Excluded, model, q => Request(q, lists[q % Lists], null)),
            (Allowed, model, q => Request(q, null, lists[q % Lists])),
            (ExcludedTexts, texts, q => Request(q, textLists[q % Lists], null)),
        };
        bench.Run.Progress.Step("lists of items", 0, "rows");
        BenchmarkRow Row(string group) =>
            BenchmarkRun.RowOf(group, bench.FlowQueries, "requests", threads: 1, ("items", items), ("ids", length), ("k", K));
        var prepared = bench.Run.Compare([.. ways.Select(way =>
            (bench.Flowing(way.Name, q => way.Model.Prepare(way.Request(q))), Row(PrepareGroup)))]);
        using var search = new Searches(bench, model);
        var searched = bench.Run.Compare([.. ways[..3].Select(way => (search.Of(way.Name, way.Request), Row(SearchGroup)))]);
        foreach (string name in (string[])[Excluded, Allowed]) AddGoal(bench.Run, name, prepared, length);
        AddGoal(bench.Run, Excluded, searched, length);
    }

    static void AddGoal(BenchmarkRun run, string name, IReadOnlyList<BenchmarkRow> rows, int length)
    {
        double Of(string engine) => rows.First(r => r.Engine == engine).MicrosecondsEach;
        run.Add(new GoalResult
        {
            Name = $"100,000 {name} items: what they add to a {(rows[0].Group == PrepareGroup ? "request that is prepared" : "search")}",
            Wanted = 1,
            IsAtLeast = false,
            Unit = "ms",
            Measured = length == Length ? (Of(name) - Of(Without)) / 1e3 : null,
            Note = length == Length ? null : "the goal is of 100,000 ids",
        });
    }

    /// <summary>Searches of requests that were prepared before.</summary>
    sealed class Searches(FilterBench bench, RetrievalModel model) : IDisposable
    {
        readonly Scratch _scratch = new();
        readonly RetrievalBatch _batch = new(1);

        public IContender Of(string name, Func<int, RetrievalRequest> request)
        {
            RetrievalQuery[] queries = [.. Enumerable.Range(0, bench.FlowQueries).Select(q => model.Prepare(request(q)))];
            return bench.Flowing(name, q =>
            {
                _batch.Clear();
                _batch.Add(queries[q]);
                model.Forward(_batch, new ForwardPass(bench.Kernels, _scratch));
                _scratch.Reset();
            });
        }

        public void Dispose() => _scratch.Dispose();
    }
}
