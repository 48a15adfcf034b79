using System.Globalization;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>
/// Recall and latency of filtered search against the share of the catalogue that passes: the served way of a request, beside
/// Faiss with a bitmap of the eligible items at as many lists.
/// </summary>
sealed class PassRateBenchmark(PassRateOptions options) : IBenchmark
{
    public const string NoFilter = "argent, no filter", Ours = "argent, ", Faiss = FaissFiltered.Engine + ", bitmap selector";

    /// <summary>Names of figures.</summary>
    public const string Median = "p50 us", Times = "times no filter", Wrong = "wrong answers", Returned = "returned", Lists = "lists",
        Exhausted = "exhausted %";

    readonly Dictionary<string, string> _found = new(StringComparer.Ordinal);

    /// <summary>The Ks.</summary>
    public static IReadOnlyList<int> Ks { get; } = [10, 100, 1000];

    /// <inheritdoc/>
    public string Name => "eval filters";

    /// <inheritdoc/>
    public IEnumerable<(string Name, string Value)> Parameters => _found.Select(f => (f.Key, f.Value));

    /// <inheritdoc/>
    public void Run(BenchmarkRun run)
    {
        using var process = FaissFiltered.StartProcess(options.RivalsFolder, run);
        var vectors = VectorSet.Generated(options.Items, run);
        var catalogue = new PassRateCatalogue(vectors.Count, run.Options.Seed);
        using var model = new PassRateModel(vectors, catalogue, options.NList, run);
        Describe(model, run);
        bool[][] eligible = [.. catalogue.Filters.Select(f => f.Eligible)];
        var truth = FilterTruth.Find(vectors, Queries(vectors), [.. eligible, [.. Enumerable.Repeat(true, vectors.Count)]], Ks[^1], run);
        using var faiss = process is null || !process.Has(FaissFiltered.Engine) ? null : Prepare(vectors, model, process, run);
        for (int first = 0; first < catalogue.Filters.Count;)
        {
            double percent = catalogue.Filters[first].Percent;
            var ofRate = catalogue.Filters.Skip(first).TakeWhile(f => f.Percent == percent).ToList();
            var exact = truth.Skip(first).Take(ofRate.Count).Append(truth[^1]).ToList();
            run.Progress.Step(FormattableString.Invariant($"{percent} % pass"), (ofRate.Count + 2L) * Ks.Count, "rows");
            faiss?.Select(ofRate[0].Eligible);
            foreach (int k in Ks) Measure(model, ofRate, exact, k, faiss, run);
            first += ofRate.Count;
        }
        PassRateGoals.Add(run);
        PassRatePlots.Add(run);
    }

    int Queries(VectorSet vectors) => (int)Math.Min(options.Queries, vectors.Queries.Shape[0]);

    /// <summary>All filters of one rate, no filter and Faiss, in the same rounds.</summary>
    static void Measure(
        PassRateModel model, List<PassRateFilter> filters, List<Tensor<int>> truth, int k, FaissFiltered? faiss, BenchmarkRun run)
    {
        int queries = (int)truth[0].Shape[0];
        var entries = new List<(IContender, BenchmarkRow)>();
        BenchmarkRow Row(PassRateAnswers answers, Tensor<int> exact) => BenchmarkRun.RowOf(
            FormattableString.Invariant($"k {k}"), queries, "queries", threads: 1, ("pass %", filters[0].Percent)) with
        {
            Recall = SearchValues.Recall(answers.Rows, exact),
            Figures = new Dictionary<string, double>
            {
                [Returned] = answers.Returned,
                [Wrong] = answers.Wrong,
                [Lists] = answers.Lists,
                [Exhausted] = 100.0 * answers.Exhausted / queries,
            },
        };
        for (int f = 0; f < filters.Count; f++)
        {
            var prepared = model.Prepare(filters[f].Text, k, queries);
            var answers = PassRateAnswers.Of(model, prepared, filters[f].Eligible, k);
            entries.Add((new RequestContender(Ours + filters[f].Way, model, prepared, run.Clock), Row(answers, truth[f])));
        }
        var free = model.Prepare(null, k, queries);
        bool[] everyone = [.. Enumerable.Repeat(true, filters[0].Eligible.Length)];
        entries.Add((
            new RequestContender(NoFilter, model, free, run.Clock),
            Row(PassRateAnswers.Of(model, free, everyone, k), truth[filters.Count])));
        if (faiss is not null)
        {
            entries.Add((faiss.At(k, isCold: false), Row(PassRateAnswers.Of(faiss.Find(k), filters[0].Eligible), truth[0])));
        }
        AddTimes(entries, run);
    }

    static void AddTimes(List<(IContender Contender, BenchmarkRow Row)> entries, BenchmarkRun run)
    {
        var rows = run.Compare(entries);
        double free = rows.First(r => r.Engine == NoFilter).MicrosecondsEach;
        for (int i = 0; i < rows.Count; i++)
        {
            var figures = new Dictionary<string, double> { [Times] = rows[i].MicrosecondsEach / free };
            if (entries[i].Contender is RequestContender requests) figures[Median] = requests.MedianUs;
            foreach (var (name, value) in rows[i].Figures) figures[name] = value;
            run.Replace(rows[i], rows[i] with { Figures = figures });
        }
    }

    FaissFiltered Prepare(VectorSet vectors, PassRateModel model, RivalProcess process, BenchmarkRun run)
    {
        RivalSearch.Load(process, vectors);
        RivalSearch.Lists(process, FaissFiltered.Engine, vectors, model.Model.Index.NList, run.Progress);
        int queries = Queries(vectors);
        return new FaissFiltered(vectors, model.Model.DefaultNProbe, (queries, queries), process);
    }

    void Describe(PassRateModel model, BenchmarkRun run)
    {
        string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        var index = model.Model.Index;
        _found["items"] = Text($"{model.Model.Items.Count:N0} x {index.Dim}");
        _found["queries"] = Text($"{options.Queries}");
        _found["artifact"] = model.ArtifactId;
        _found["lists"] = Text($"{index.NList}, {model.Model.DefaultNProbe} probed by default");
        _found["rounds"] = Text($"{run.Options.Rounds}");
        run.Note("One request a batch, one thread, default settings, query after query: the whole forward pass of a served request.");
        run.Note("Recall is against float32 scores of all eligible items. A wrong answer has another number of items than the smaller of "
            + "k and the eligible ones, an item that is not eligible, or a status other than complete or exhausted.");
        run.Note(
            "Range: an integer below a bound. Bitmap: one of 7 values. Bloom: one of 5,007. Who passes is independent of vectors.");
        run.Note("Faiss gets a prepared bitmap of those that pass the range; what making it takes is not counted. It probes as many "
            + "lists of as many as the model does by default, and knows no status.");
    }
}
