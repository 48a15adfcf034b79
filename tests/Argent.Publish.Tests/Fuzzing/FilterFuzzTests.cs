using System.Globalization;
using Argent.Kernels;

namespace Argent.Publish.Tests.Fuzzing;

/// <summary>
/// Random filters over random catalogues against <see cref="SetOracle"/>: every way in which an item is decided about,
/// for every item. <c>ARGENT_FUZZ_DECISIONS</c> says how many decisions, <c>ARGENT_FUZZ_SEED</c> repeats a run.
/// </summary>
public sealed class FilterFuzzTests(ITestOutputHelper output) : IDisposable
{
    const long DecisionsInCi = 10_000_000;
    const int FiltersOfACatalogue = 64;

    readonly Workers _workers = new(2);

    public void Dispose() => _workers.Dispose();

    [Fact]
    public void Random_filters_decide_about_every_item_as_sets_do()
    {
        long decisions = Number("ARGENT_FUZZ_DECISIONS") ?? DecisionsInCi, made = 0, eligible = 0, exact = 0, asked = 0;
        // Each catalogue has the seed after that of the one before: the seed of a failure repeats it at once.
        int seed = (int)(Number("ARGENT_FUZZ_SEED") ?? Random.Shared.Next());
        output.WriteLine(Text($"ARGENT_FUZZ_SEED={seed} ARGENT_FUZZ_DECISIONS={decisions}"));
        var variants = CpuKernels.All(_workers);
        int catalogues = 0;
        for (; made < decisions; catalogues++)
        {
            int own = unchecked(seed + catalogues);
            var random = new Random(own);
            var index = new FuzzIndex(own, random, variants[random.Next(variants.Count)]);
            var filters = new FuzzFilters(index.Features, random);
            List<FuzzCase> cases = [.. Enumerable.Range(0, FiltersOfACatalogue).Select(_ => new FuzzCase(filters.Next(), index, random))];
            foreach (var one in cases) one.CheckWords(variants[^1]);
            // The reference scans some hundred times slower, so that it does so where there is little to scan.
            var scan = new FuzzScan(index, cases, index.Items < 600 ? variants[catalogues % variants.Count] : variants[^1]);
            scan.Check(random);
            made += (long)index.Items * cases.Count;
            eligible += cases.Sum(c => (long)c.EligibleCount);
            exact += cases.Count(c => c.Program is { NeedsVerification: false });
            asked += cases.Count;
        }
        output.WriteLine(Text($"{made:N0} decisions about {(double)eligible / made:P1} eligible items"));
        output.WriteLine(Text($"{asked:N0} filters, {(double)exact / asked:P1} by masks alone; {catalogues:N0} catalogues"));
        // The decisions mean something: both answers are frequent, and both halves of a filter are needed.
        Assert.InRange((double)eligible / made, .1, .9);
        Assert.InRange((double)exact / asked, .05, .95);
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    static long? Number(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
        ? long.Parse(text, CultureInfo.InvariantCulture)
        : null;
}
