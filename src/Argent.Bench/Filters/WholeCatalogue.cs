using System.Globalization;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>
/// Masks of a whole catalogue from Bloom rows alone: ten values an item, 512 rows a block, five hashes, 512 different
/// filters of 7.4 values on average.
/// </summary>
static class WholeCatalogue
{
    public const string Group = "masks of a whole catalogue, Bloom rows alone";

    const int Features = 10, Values = 100, BloomRows = 512, HashCount = 5, Filters = 512, BatchSlots = 8192;

    /// <summary>Builds the index, measures and adds row and goal.</summary>
    public static void Measure(int items, BenchmarkRun run)
    {
        using var one = new Workers(1);
        var kernels = CpuKernels.Create(one);
        var random = new Random((int)run.Options.Seed);
        int slots = (items + FilterWords.BlockSlots - 1) / FilterWords.BlockSlots * FilterWords.BlockSlots;
        run.Progress.Step("build a Bloom index", slots, "slots");
        var words = Build(slots, items, random, kernels, run);
        var programs = Programs(random, out double values);
        var masks = Tensor.Zeros<ulong>(new Shape(words.BlockStart.Count - 1, FilterWords.BlockWords));
        void All()
        {
            foreach (var program in programs)
            {
                kernels.FilterMask(new FilterMaskArgs { Program = program, Words = words, FirstBlock = 0, Masks = masks });
            }
        }
        var rows = run.Compare((new LocalContender("argent", run.Clock, All),
            BenchmarkRun.RowOf(Group, Filters, "filters", threads: 1, ("items", items), ("values", Math.Round(values, 1)))));
        run.Add(new GoalResult
        {
            Name = "a filter's masks of the whole catalogue, one core",
            Wanted = .5,
            IsAtLeast = false,
            Unit = "ms",
            Measured = items >= 1_000_000 ? rows[0].MicrosecondsEach / 1e3 : null,
            Note = items >= 1_000_000 ? null : "the goal is of 1,000,000 items",
        });
        run.Note(string.Create(CultureInfo.InvariantCulture,
            $"Masks of a whole catalogue: {Filters} different filters in turn over {words.Rows.Count * 8 / 1e6:0} MB of rows."));
    }

    static FilterWords Build(int slots, int items, Random random, IKernels kernels, BenchmarkRun run)
    {
        int blocks = slots / FilterWords.BlockSlots;
        var words = new FilterWords
        {
            Rows = Tensor.Zeros<ulong>(new Shape((long)blocks * BloomRows * FilterWords.BlockWords)),
            BlockStart = Tensor.From<long>(
                [.. Enumerable.Range(0, blocks + 1).Select(b => (long)b * BloomRows * FilterWords.BlockWords)]),
            ExactRows = 0,
            HashCount = HashCount,
        };
        ulong[] hashes = [.. Enumerable.Range(0, Features * Values).Select(t => Terms.Hash(Feature(t / Values), Value(t % Values)))];
        for (int first = 0; first < slots; first += BatchSlots)
        {
            int count = Math.Min(BatchSlots, slots - first), live = Math.Clamp(items - first, 0, count);
            int[] start = [.. Enumerable.Range(0, count + 1).Select(i => Math.Min(i, live) * Features)];
            ulong[] terms = [.. Enumerable.Range(0, live * Features).Select(t => hashes[t % Features * Values + Draw(random)])];
            kernels.BuildSignatures(new BuildSignaturesArgs
            {
                Words = words,
                FirstSlot = first,
                TermStart = Tensor.From<int>(start),
                Terms = Tensor.From<ulong>(terms),
                ExactStart = Tensor.Zeros<int>(new Shape(count + 1)),
                ExactRows = Tensor.Zeros<int>(new Shape(0)),
            });
            run.Progress.Advance(count);
        }
        run.Progress.Done(string.Create(CultureInfo.InvariantCulture, $"{items:N0} items"));
        return words;
    }

    /// <summary>Conjunctions of two to four clauses of one to four values, some under NOT.</summary>
    static List<FilterProgram> Programs(Random random, out double values)
    {
        var vocabulary = new Vocabulary(Enumerable.Range(0, Values).Select(Value));
        var schema = new FeatureSchema(
            [.. Enumerable.Range(0, Features).Select(f => new FeatureSpec(Feature(f), FeatureType.Categories))],
            [.. Enumerable.Range(0, Features).Select(_ => vocabulary)]);
        var compiler = new FilterCompiler(schema, new FilterIndexLayout([.. Enumerable.Repeat(-1, Features)], 0, HashCount));
        var programs = new List<FilterProgram>();
        int count = 0;
        while (programs.Count < Filters)
        {
            var clauses = new List<string>();
            for (int left = random.Next(2, 5); left > 0; left--)
            {
                int length = random.Next(1, 5);
                count += length;
                string not = random.Next(8) == 0 ? "NOT " : "";
                clauses.Add($"{not}{Feature(random.Next(Features))} IN ({string.Join(", ",
                    Enumerable.Range(0, length).Select(_ => $"'{Value(Draw(random))}'"))})");
            }
            programs.Add(compiler.Compile(FilterLanguage.Parse(string.Join(" AND ", clauses)))!);
        }
        values = (double)count / Filters;
        return programs;
    }

    // The product of two uniform numbers: the first values are several times as frequent as the last.
    static int Draw(Random random) => (int)(random.NextDouble() * random.NextDouble() * Values);

    static string Feature(int feature) => "f" + feature.ToString(CultureInfo.InvariantCulture);

    static string Value(int value) => value.ToString("D3", CultureInfo.InvariantCulture);
}
