using Argent.Kernels;
using Argent.Model;
using Argent.Publish;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>Vectors, lists, features and their filter index: what the parts of the filter benchmark share.</summary>
sealed class FilterBench : IDisposable
{
    // What `argent publish` declares by default.
    const double FalsePositiveRate = .001;

    readonly ArgentEngine _engine;
    readonly Workers _one = new(1);
    readonly Scratch _scratch = new();
    readonly VectorSearch _search;
    readonly VectorSearch _prepared;
    readonly FilterWords _preparedWords;
    readonly FilterProgram _preparedProgram;

    public FilterBench(VectorSet vectors, FilterBenchOptions options, BenchmarkRun run)
    {
        (Vectors, Options, Run) = (vectors, options, run);
        Kernels = CpuKernels.Create(_one);
        _engine = new ArgentEngine(vectors, options.NList, run);
        Columns = FilterCases.Columns(vectors.Count, run.Options.Seed);
        Schema = new FeatureSchema([.. Columns.Select(c => c.Spec)], [.. Columns.Select(c => c.Vocabulary)]);
        Layout = FilterIndexPlan.Of(Columns, FalsePositiveRate);
        var rows = Lists.Rows;
        run.Progress.Step("build the filter index", rows.Count, "slots");
        Words = FilterIndexBuilder.Build(Columns, new TermEncoder(Schema, Layout), rows, FalsePositiveRate, Kernels, run.Progress);
        Forward = new ForwardValues([.. Columns.Select(c => ForwardEncoder.Encode(c, rows))]);
        var cache = _engine.Cache;
        _search = new VectorSearch(_engine.Index, cache, Words, Forward);
        // An index of a single bitmap, into which rivals write what they have found: the scan after it is the same for all.
        long blocks = Words.BlockStart.Count - 1;
        _preparedWords = new FilterWords
        {
            Rows = Tensor.Zeros<ulong>(new Shape(blocks * FilterWords.BlockWords)),
            BlockStart = Tensor.From<long>([.. Enumerable.Range(0, (int)blocks + 1).Select(b => (long)b * FilterWords.BlockWords)]),
            ExactRows = 1,
            HashCount = 1,
        };
        _preparedProgram = new FilterProgram
        {
            MaskOps = [0],
            MaskLeaves = [MaskLeaf.Bitmap(0)],
            NeedsVerification = false,
            ExactOps = [FilterProgram.All],
            ExactLeaves = [],
            Values = [],
        };
        _prepared = new VectorSearch(_engine.Index, cache, _preparedWords, Forward);
    }

    public VectorSet Vectors { get; }

    public FilterBenchOptions Options { get; }

    public BenchmarkRun Run { get; }

    public IKernels Kernels { get; }

    /// <summary>Queries of rows that empty no caches: eight times as many, since they take less.</summary>
    public int FlowQueries => (int)Math.Min(8L * Options.Queries, Vectors.Queries.Shape[0]);

    public ColdCaches Caches { get; } = new();

    public IReadOnlyList<FeatureColumn> Columns { get; }

    public FeatureSchema Schema { get; }

    public FilterIndexLayout Layout { get; }

    public FilterWords Words { get; }

    public ForwardValues Forward { get; }

    public IvfTensors Lists => _engine.Index.Lists;

    /// <summary>A model of the vectors whose items have these ids, in ascending order; without features.</summary>
    public RetrievalModel Model(ItemIds ids) => new(new RetrievalParts
    {
        Name = "bench",
        Description = new ModelDescription { Dim = Vectors.Dim, Metric = Vectors.Metric },
        Index = _engine.Index,
        Cache = _engine.Cache,
        Items = new ItemTable(ids, null),
        Value = "score",
        DefaultNProbe = Options.NProbe,
    });

    /// <summary>One bit a slot, where rivals write what is eligible.</summary>
    public Tensor<ulong> Prepared => _preparedWords.Rows;

    /// <summary>The program of a filter's text.</summary>
    public FilterProgram Compile(FilterCase filter) =>
        new FilterCompiler(Schema, Layout).Compile(FilterLanguage.Parse(filter.Text))!;

    /// <summary>A search of one query; with a null program for every item.</summary>
    public void Search(int query, FilterProgram? program, in Answers answers) =>
        Search(_search, query, program is null ? null : new QueryFilter(program), in answers);

    /// <summary>The same search, eligible is what <see cref="Prepared"/> says.</summary>
    public void SearchPrepared(int query, in Answers answers) =>
        Search(_prepared, query, new QueryFilter(_preparedProgram), in answers);

    /// <summary>The lists that a query probes.</summary>
    public int[] Probe(int query)
    {
        var lists = _engine.Index.Probe(Vectors.Queries.Rows(query, 1), Options.NProbe, new ForwardPass(Kernels, _scratch));
        int[] probed = lists.ToArray();
        _scratch.Reset();
        return probed;
    }

    /// <summary>Queries with cold caches, as a contender.</summary>
    public IContender Cold(string engine, Action<int> query) =>
        new QueryContender(engine, Run, Caches, Options.Queries, query);

    /// <summary>Queries one after the other, as a contender.</summary>
    public IContender Flowing(string engine, Action<int> query) =>
        new QueryContender(engine, Run, null, FlowQueries, query);

    /// <inheritdoc/>
    public void Dispose()
    {
        _engine.Dispose();
        _scratch.Dispose();
        _one.Dispose();
    }

    void Search(VectorSearch search, int query, QueryFilter? filter, in Answers answers)
    {
        var args = new VectorSearchArgs
        {
            Queries = Vectors.Queries.Rows(query, 1),
            NProbe = Options.NProbe,
            Rescore = ArgentEngine.RescoreOf((int)answers.Rows.Shape[1]),
            Filters = [filter],
            Rows = answers.Rows.Rows(query, 1),
            Scores = answers.Scores.Rows(query, 1),
        };
        search.Run(in args, new ForwardPass(Kernels, _scratch));
        _scratch.Reset();
    }
}

/// <summary>What searches find.</summary>
/// <param name="Rows">[Q, K] int32.</param>
/// <param name="Scores">[Q, K] float32.</param>
readonly record struct Answers(Tensor<int> Rows, Tensor<float> Scores)
{
    public static Answers Of(int queries, int k) =>
        new(Tensor.Zeros<int>(new Shape(queries, k)), Tensor.Zeros<float>(new Shape(queries, k)));
}
