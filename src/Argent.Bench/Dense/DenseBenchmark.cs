using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>
/// Float arithmetic on one thread: products of a layer beside OpenBLAS, choosing lists, exact scores of candidates.
/// </summary>
sealed class DenseBenchmark : IBenchmark
{
    // A round of short work repeats it for about this long, so that the clock and the call do not count.
    const double RoundSeconds = 0.02;

    static readonly DenseShape[] _shapes =
        [new(10_000, 128, 512), new(512, 128, 1024), new(64, 512, 512), new(16, 128, 512), new(1, 128, 512)];

    static readonly int[] _lists = [1024, 4096, 16_384], _batches = [1, 16, 512], _candidates = [200, 2000];

    /// <inheritdoc/>
    public string Name => "dense";

    /// <inheritdoc/>
    public IEnumerable<(string Name, string Value)> Parameters => [("threads", "1")];

    /// <inheritdoc/>
    public void Run(BenchmarkRun run)
    {
        _ = run.Limits;
        // The last processor: the first one serves most interrupts.
        PinnedThread.Run(Environment.ProcessorCount - 1, () =>
        {
            using var workers = new Workers(1);
            var kernels = CpuKernels.Create(workers);
            Products(run, kernels);
            var random = new Random((int)run.Options.Seed);
            foreach (int lists in run.Options.IsQuick ? _lists[..1] : _lists)
            {
                foreach (int batch in _batches) Probe(run, kernels, random, (lists, batch));
            }
            Rescore(run, kernels, random);
        });
    }

    static void Products(BenchmarkRun run, IKernels kernels)
    {
        var blas = OpenBlas.TryLoad();
        run.Note(blas is null
            ? "OpenBLAS (libopenblas.so.0) was not found: its rows and the ratio to it are missing."
            : $"{blas.Version}; it chose the kernels of {blas.Core}. OPENBLAS_CORETYPE=SkylakeX forces those for AVX-512.");
        double? wide = WidePeak.Measure(run.Clock);
        double peak = wide ?? run.Limits.Fma;
        run.Note(FormattableString.Invariant(
            $"Shares are of {peak / 1e9:0} GFLOP/s, this core's peak with {(wide is null ? 256 : 512)}-bit multiply-adds; ")
            + FormattableString.Invariant($"with 256-bit ones it does {run.Limits.Fma / 1e9:0}."));
        foreach (var shape in _shapes)
        {
            using var product = new DenseProduct(shape, kernels, blas, run.Options.Seed);
            int repeats = Repeats(shape.Flops / peak * 2);
            var contenders = product.Contenders(run.Clock, repeats).ToList();
            var entries = contenders.Select(c => (c, BenchmarkRun.RowOf(
                "matrix products", repeats, "products", 1, ("rows", shape.M), ("depth", shape.K), ("columns", shape.N))));
            var rows = Measure(run, [.. entries]);
            foreach (var row in rows) run.Replace(row, WithShare(row, shape.Flops * repeats, peak));
            AddGoals(run, shape, rows, (shape.Flops * repeats, peak));
        }
    }

    static BenchmarkRow WithShare(BenchmarkRow row, double flops, double peak)
    {
        double rate = flops / row.WallMsLeast * 1e3;
        return row with
        {
            Figures = new Dictionary<string, double> { ["GFLOP/s, best round"] = rate / 1e9, ["share of FMA peak"] = rate / peak },
        };
    }

    static void AddGoals(BenchmarkRun run, in DenseShape shape, IReadOnlyList<BenchmarkRow> rows, (double Flops, double Peak) work)
    {
        var own = rows.First(r => r.Engine == DenseProduct.Prepared);
        if (shape.M == 10_000)
        {
            run.Add(new GoalResult
            {
                Name = $"{shape}: share of the FMA peak",
                Wanted = 85,
                Unit = "%",
                Measured = 100 * work.Flops / own.WallMsLeast * 1e3 / work.Peak,
                Note = "of the widest multiply-adds that the processor has, best round",
            });
        }
        if (shape.M != 1) return;
        var rival = rows.FirstOrDefault(r => r.Engine == DenseProduct.Sgemm);
        run.Add(new GoalResult
        {
            Name = $"{shape}: times OpenBLAS",
            Wanted = 4,
            Unit = "x",
            Measured = rival?.WallMs / own.WallMs,
            Note = rival is null
                ? "libopenblas.so.0 was not found"
                : "weights laid out once; OpenBLAS by cblas_sgemm with the kernels it chose",
        });
    }

    static void Probe(BenchmarkRun run, IKernels kernels, Random random, (int Lists, int Batch) size)
    {
        const int Dim = 128, Kept = 32;
        var centroids = Floats(random, new Shape(size.Lists, Dim));
        var args = new ProbeArgs
        {
            Queries = Floats(random, new Shape(size.Batch, Dim)),
            Centroids = centroids,
            CentroidPanels = RowPanels.Of(centroids),
            CentroidBias = Floats(random, new Shape(size.Lists)),
            Lists = Tensor.Zeros<int>(new Shape(size.Batch, Kept)),
        };
        int repeats = Repeats(size.Batch * size.Lists * 2e-9);
        var contender = new LocalContender("argent", run.Clock, () => Repeat(repeats, () => kernels.Probe(args)));
        var row = BenchmarkRun.RowOf(
            "choosing lists", (double)repeats * size.Batch, "queries", 1, ("lists", size.Lists), ("batch", size.Batch), ("nprobe", Kept));
        Measure(run, [(contender, row)]);
    }

    static void Rescore(BenchmarkRun run, IKernels kernels, Random random)
    {
        const int Dim = 128, Scored = 256_000;
        int items = run.Options.IsQuick ? 100_000 : 1_000_000;
        var cache = Tensor.Zeros<BFloat16>(new Shape(items, Dim));
        for (long i = 0; i < cache.Count; i++) cache[i] = (BFloat16)((i * 7919 & 1023) / 1024f);
        var bias = Tensor.Zeros<float>(new Shape(items));
        foreach (int candidates in _candidates)
        {
            int requests = Scored / candidates;
            // Other slots for each request, anywhere: most come from memory.
            var slots = Tensor.Zeros<int>(new Shape(requests, candidates));
            for (long i = 0; i < slots.Count; i++) slots[i] = random.Next(items);
            var queries = Floats(random, new Shape(1, Dim));
            var scores = Tensor.Zeros<float>(new Shape(1, candidates, 1));
            var contender = new LocalContender("argent", run.Clock, () =>
            {
                for (int r = 0; r < requests; r++)
                {
                    kernels.ScoreCandidates(new ScoreCandidatesArgs
                    {
                        Queries = queries,
                        Embeddings = cache,
                        Bias = bias,
                        Slots = slots.Rows(r, 1),
                        Scores = scores,
                    });
                }
            });
            var row = BenchmarkRun.RowOf(
                "exact scores", (double)requests * candidates, "candidates", 1, ("items", items), ("candidates", candidates));
            Measure(run, [(contender, row)]);
        }
    }

    static IReadOnlyList<BenchmarkRow> Measure(BenchmarkRun run, IReadOnlyList<(IContender Contender, BenchmarkRow Row)> entries)
    {
        // Code is compiled again once it has run some times, beside the work: what it was before must not count.
        const int WarmRuns = 8;
        foreach (var (contender, _) in entries)
        {
            for (int i = 0; i < WarmRuns; i++) contender.Run();
        }
        return run.Compare(entries);
    }

    static int Repeats(double seconds) => (int)Math.Clamp(RoundSeconds / seconds, 1, 100_000);

    static void Repeat(int times, Action work)
    {
        for (int i = 0; i < times; i++) work();
    }

    /// <summary>Random numbers of [-0.5, 0.5).</summary>
    public static Tensor<float> Floats(Random random, Shape shape)
    {
        var values = Tensor.Zeros<float>(shape);
        for (long i = 0; i < values.Count; i++) values[i] = random.NextSingle() - 0.5f;
        return values;
    }
}
