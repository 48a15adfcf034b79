using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>Value formulas over candidates on one thread: the program alone, and with its columns gathered from items.</summary>
sealed class ValueBenchmark : IBenchmark
{
    const int Items = 100_000, WarmRuns = 40;

    // About this many evaluations a round, so that the clock and the call do not count.
    const int RoundEvaluations = 8_000_000;

    /// <summary>Ten operations: a choice, three sums and differences, three products, a quotient, and the two sides of clamp.</summary>
    const string Ten =
        "if(item.language = 'eng', save + 0.4 * like, 0.8 * save) + 0.05 * clamp((item.year - 1950) / 75, 0, 1)";

    const string Transcendental = "log(1 + save) + sigmoid(like) * exp(0 - 0.1 * save) + sqrt(like)";

    static readonly string[] _tasks = ["save", "like"];

    /// <inheritdoc/>
    public string Name => "value";

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
            using var scratch = new Scratch();
            var kernels = CpuKernels.Create(workers);
            // An operation is half of what a multiply-add counts.
            double peak = (WidePeak.Measure(run.Clock) ?? run.Limits.Fma) / 2;
            run.Note(FormattableString.Invariant(
                $"Shares are of {peak / 1e9:0} G operations/s, half of the multiply-add peak. Ten: {Ten}"));
            run.Note($"Transcendental: {Transcendental}");
            foreach (int candidates in run.Options.IsQuick ? [2_000] : (int[])[200, 2_000, 100_000])
            {
                var setup = new Setup(new Random((int)run.Options.Seed), candidates);
                double program = Program(run, kernels, setup, ("ten operations", Ten), peak);
                Program(run, kernels, setup, ("transcendental functions", Transcendental), peak);
                Model(run, kernels, scratch, setup);
                if (candidates == 2_000) AddGoal(run, program);
            }
        });
    }

    static void AddGoal(BenchmarkRun run, double rate) => run.Add(new GoalResult
    {
        Name = "evaluations a second of a formula of ten operations",
        Wanted = 200,
        Unit = "M/s",
        Measured = rate / 1e6,
        Note = "one core, 2,000 candidates, best round",
    });

    /// <returns>Evaluations a second.</returns>
    static double Program(BenchmarkRun run, IKernels kernels, Setup setup, (string Name, string Text) formula, double peak)
    {
        var program = ValueModel.Compile(formula.Text, _tasks, setup.Forward.Schema).Bind(null).Program;
        int repeats = Math.Max(1, RoundEvaluations / setup.Candidates);
        var args = new EvaluateFormulaArgs
        {
            Program = program,
            Inputs = DenseBenchmark.Floats(setup.Random, new Shape(program.Inputs, setup.Candidates)),
            Values = Tensor.Zeros<float>(new Shape(setup.Candidates)),
            NotFinite = Tensor.Zeros<long>(new Shape(1)),
        };
        int operations = program.Steps.Count(s => s.Op is not (FormulaOp.Constant or FormulaOp.Input));
        var contender = new LocalContender("argent", run.Clock, () =>
        {
            for (int r = 0; r < repeats; r++) kernels.EvaluateFormula(args);
        });
        double evaluations = (double)repeats * setup.Candidates;
        var row = Measure(run, contender, BenchmarkRun.RowOf(
            formula.Name, evaluations, "evaluations", 1, ("candidates", setup.Candidates), ("operations", operations)));
        double rate = evaluations / row.WallMsLeast * 1e3;
        run.Replace(row, row with
        {
            Figures = new Dictionary<string, double>
            {
                ["M/s, best round"] = rate / 1e6,
                ["share of peak"] = rate * operations / peak,
            },
        });
        return rate;
    }

    static void Model(BenchmarkRun run, IKernels kernels, Scratch scratch, Setup setup)
    {
        var model = new ValueModel(Ten, _tasks, setup.Forward);
        var bound = model.Compiled.Bind(null);
        var scores = DenseBenchmark.Floats(setup.Random, new Shape(setup.Candidates, _tasks.Length));
        int repeats = Math.Max(1, RoundEvaluations / 8 / setup.Candidates);
        var contender = new LocalContender("argent", run.Clock, () =>
        {
            for (int r = 0; r < repeats; r++)
            {
                model.Forward(scores, setup.Slots, bound, new ForwardPass(kernels, scratch));
                scratch.Reset();
            }
        });
        Measure(run, contender, BenchmarkRun.RowOf(
            "ten operations with columns gathered", (double)repeats * setup.Candidates, "evaluations", 1,
            ("candidates", setup.Candidates)));
    }

    static BenchmarkRow Measure(BenchmarkRun run, LocalContender contender, BenchmarkRow row)
    {
        // Code is compiled again once it has run some times, beside the work: what it was before must not count.
        for (int i = 0; i < WarmRuns; i++) contender.Run();
        return run.Compare([(contender, row)])[0];
    }

    /// <summary>Items with a language and a year, and candidates anywhere among them.</summary>
    sealed class Setup
    {
        public Setup(Random random, int candidates)
        {
            (Random, Candidates) = (random, candidates);
            var languages = new Vocabulary(["de", "eng", "fr"]);
            var (years, ranges) = (Tensor.Zeros<long>(new Shape(Items)), Tensor.Zeros<long>(new Shape(Items)));
            var values = Tensor.Zeros<int>(new Shape(Items));
            for (int i = 0; i < Items; i++)
            {
                (years[i], ranges[i], values[i]) = (random.Next(1950, 2025), ForwardColumn.PackRange(i, 1), random.Next(languages.Count));
            }
            var schema = new FeatureSchema(
                [new("language", FeatureType.Category), new("year", FeatureType.Integer)], [languages, null]);
            Forward = new ForwardIndex(schema, new ForwardValues(
                [new ForwardColumn { Ranges = ranges, Values = values }, new ForwardColumn { Keys = years }]));
            Slots = [.. Enumerable.Range(0, candidates).Select(_ => random.Next(Items))];
        }

        public Random Random { get; }

        public int Candidates { get; }

        public ForwardIndex Forward { get; }

        public int[] Slots { get; }
    }
}
