using System.Globalization;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>
/// Ranking of given items: embeddings from the cache beside embeddings that the item tower computes for every request, and
/// the whole catalogue in one request.
/// </summary>
sealed class RankingBenchmark(RankingBenchOptions options) : IBenchmark
{
    const string Cached = "argent", Computed = "argent, computed embeddings", Few = "few items a request", Whole = "whole catalogue";

    const double Wanted = 10;

    const int HistoryItems = 10;

    readonly Dictionary<string, string> _found = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => "rank";

    /// <inheritdoc/>
    public IEnumerable<(string Name, string Value)> Parameters => _found.Select(f => (f.Key, f.Value));

    /// <inheritdoc/>
    public void Run(BenchmarkRun run)
    {
        using var snapshot = Snapshot.Load(Artifact.Open(Artifact.Resolve(options.Folder), memory: FileMemory.Resident));
        var model = snapshot.Model;
        if (!model.Ranking.HasItemTower)
        {
            throw new InvalidDataException($"The model '{model.Name}' has no item tower: there is nothing to compute on the fly.");
        }
        Describe(snapshot, run);
        run.Progress.Step("rank", 4, "rows");
        foreach (int threads in (int[])[1, .. run.Options.Threads > 1 ? [run.Options.Threads] : (int[])[]])
        {
            using var workers = new Workers(threads);
            using var ranker = new Ranker(model, CpuKernels.Create(workers));
            Measure(ranker, threads, run);
        }
    }

    void Measure(Ranker ranker, int threads, BenchmarkRun run)
    {
        var model = ranker.Model;
        int few = Math.Min(options.ItemsOfRequest, model.Items.Count), all = Math.Min(model.Items.Count, model.Limits.RankedItemsMax);
        var random = new Random((int)run.Options.Seed);
        var requests = Enumerable.Range(0, options.Requests).Select(_ => Request(model, few, random)).ToList();
        var rows = run.Compare(
            Entry(Cached, Few, requests, RankingEmbeddings.Cached), Entry(Computed, Few, requests, RankingEmbeddings.Computed));
        double times = rows[1].WallMs / rows[0].WallMs;
        run.Replace(rows[0], rows[0] with { Figures = new Dictionary<string, double> { ["times computed"] = times } });
        run.Add(new GoalResult
        {
            Name = FormattableString.Invariant($"{few} items a request, {threads} threads: cached, times computed"),
            Wanted = Wanted,
            Unit = "x",
            Measured = times,
            Note = "prepared requests: user tower, scores, values and the answer's objects; equal bits either way",
        });
        RankingRequest[] whole = [Request(model, all, random)];
        run.Compare(Entry(Cached, Whole, whole, RankingEmbeddings.Cached), Entry(Computed, Whole, whole, RankingEmbeddings.Computed));
        if (threads == 1) AddMemory(ranker, whole[0], run);

        (IContender, BenchmarkRow) Entry(
            string engine, string group, IReadOnlyList<RankingRequest> asked, RankingEmbeddings embeddings)
        {
            RankingQuery[] queries = [.. asked.Select(r => model.Ranking.Prepare(r with { Embeddings = embeddings }))];
            int items = asked[0].Items.Count;
            var row = BenchmarkRun.RowOf(group, (double)items * asked.Count, "items", threads, ("items", items));
            return (new LocalContender(engine, run.Clock, () => ranker.Rank(queries)), row);
        }
    }

    /// <summary>What one large request takes from its text to its answer, and of memory.</summary>
    static void AddMemory(Ranker ranker, RankingRequest request, BenchmarkRun run)
    {
        var model = ranker.Model;
        var query = model.Ranking.Prepare(request);
        double prepare = run.Clock.Time(() => model.Ranking.Prepare(request)).WallSeconds;
        long before = GC.GetAllocatedBytesForCurrentThread();
        int count = ranker.Rank([query]);
        double bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        run.Note(string.Create(CultureInfo.InvariantCulture,
            $"{request.Items.Count:N0} items in one request: ids are found in {prepare * 1e3:0.0} ms; the answer of {count:N0} items ") +
            string.Create(CultureInfo.InvariantCulture,
                $"takes {bytes / 1e6:0.0} MB of managed memory, and the pass {ranker.ScratchBytes / 1e6:0.0} MB of scratch memory."));
    }

    static RankingRequest Request(RetrievalModel model, int items, Random random)
    {
        int[] rows = [.. Enumerable.Range(0, model.Items.Count)];
        random.Shuffle(rows);
        string[] history = [.. rows.Take(HistoryItems).Select(model.Items.Text)];
        return new RankingRequest
        {
            User = new UserInput { History = new Dictionary<string, IReadOnlyList<string>> { [model.HistoryTask] = history } },
            Items = [.. rows[^items..].Select(model.Items.Text)],
        };
    }

    void Describe(Snapshot snapshot, BenchmarkRun run)
    {
        var model = snapshot.Model;
        string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        _found["items"] = Text($"{model.Items.Count:N0} x {model.Index.Dim}");
        _found["artifact"] = snapshot.Id;
        _found["tasks"] = string.Join(", ", model.Tasks);
        _found["item tower"] = Text($"id and {snapshot.Model.Schema.Features.Count} features");
        _found["requests"] = Text($"{options.Requests} of {options.ItemsOfRequest} items");
        _found["rounds"] = Text($"{run.Options.Rounds}");
        run.Note("Items of a request are drawn from the whole catalogue. One request after another; looking ids up is not part of a row.");
        run.Note("Computed: the item tower reads the forward values of each item, sums its id and feature embeddings and rounds the sum "
            + "to bfloat16 as the cache holds it. Its tables are in memory; a feature store's requests would come on top.");
    }

    /// <summary>A model with memory that stays warm.</summary>
    sealed class Ranker(RetrievalModel model, IKernels kernels) : IDisposable
    {
        readonly Scratch _scratch = new();

        public RetrievalModel Model => model;

        public long ScratchBytes => _scratch.HeldBytes;

        /// <summary>Ranks one request after another; the number of items that were scored.</summary>
        public int Rank(ReadOnlySpan<RankingQuery> queries)
        {
            int count = 0;
            foreach (var query in queries)
            {
                _scratch.Reset();
                count += model.Ranking.Rank(query, new ForwardPass(kernels, _scratch)).Items.Count;
            }
            return count;
        }

        public void Dispose() => _scratch.Dispose();
    }
}
