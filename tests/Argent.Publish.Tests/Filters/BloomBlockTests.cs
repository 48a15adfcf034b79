using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Publish.Tests.Publishing;
using Argent.Tensors;

namespace Argent.Publish.Tests.Filters;

public sealed class BloomBlockTests : IDisposable
{
    const int Blocks = 24, Vocabulary = 60_000, Crowded = 5_000;

    readonly Workers _workers = new(2);
    readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _workers.Dispose();
    }

    IKernels Kernels => CpuKernels.Create(_workers);

    /// <summary>Blocks without a value, with one an item, with up to 30, and one with an item of thousands.</summary>
    static FeatureColumn Column(SeededRandom random)
    {
        int items = Blocks * FilterWords.BlockSlots;
        int[] start = new int[items + 1];
        var values = new List<int>();
        for (int i = 0; i < items; i++)
        {
            int count = (i / FilterWords.BlockSlots % 4) switch { 0 => 0, 1 or 2 => 1, _ => random.Below(31) };
            if (i == items - 7) count = Crowded;
            var drawn = new SortedSet<int>();
            while (drawn.Count < count) drawn.Add(random.Below(Vocabulary));
            values.AddRange(drawn);
            start[i + 1] = values.Count;
        }
        var texts = new Vocabulary(Enumerable.Range(0, Vocabulary).Select(v => $"v{v:00000}"));
        return FeatureColumn.Categorical(new FeatureSpec("tag", FeatureType.Categories), texts, start, [.. values]);
    }

    [Theory]
    [InlineData(.001)]
    [InlineData(.01)]
    [InlineData(.05)]
    public void Blocks_of_no_value_one_value_and_thousands_keep_the_declared_rate(double rate)
    {
        var column = Column(new SeededRandom(5));
        long[] ids = [.. Enumerable.Range(0, column.Count).Select(i => (long)i)];
        var catalogue = new Catalogue(ItemIds.FromSorted(ids), null, [column]);
        var rows = Tensor.From<int>([.. Enumerable.Range(0, column.Count)]);
        var filter = ItemFilter.Of(catalogue, rows, new PublishOptions { FalsePositiveRate = rate }, Kernels, Progress.None);
        Assert.Equal(rate, filter.DeclaredRate);
        Assert.InRange(filter.Measured.Rate, rate / 3, rate * 1.3);
        var compiler = new FilterCompiler(catalogue.Schema, filter.Index.Layout);
        var random = new SeededRandom(6);
        long passed = 0, asked = 0;
        for (int term = 0; term < 200; term++)
        {
            // Every second term is one of the crowded item.
            var of = column.Ids(column.Count - 7);
            int id = term % 2 == 0 ? of[random.Below(of.Length)] : random.Below(Vocabulary);
            var program = compiler.Compile(FilterLanguage.Parse($"tag = '{column.Vocabulary![id]}'"))!;
            for (int slot = 0; slot < column.Count; slot++)
            {
                bool isMasked = (MaskFilter.Word(program, filter.Index.Words, slot / 64) >> (slot % 64) & 1) != 0;
                bool has = column.Ids(slot).BinarySearch(id) >= 0;
                Assert.True(isMasked || !has, $"item {slot} has {id} and is omitted");
                (passed, asked) = (passed + (isMasked && !has ? 1 : 0), asked + (has ? 0 : 1));
            }
        }
        Assert.InRange((double)passed / asked, rate / 3, rate * 1.3);
        Assert.True(BloomRows(filter, 0) <= 8, "a block without values takes the least");
        Assert.True(BloomRows(filter, 3) > BloomRows(filter, 1), "a block with more values takes more");
    }

    [Theory]
    [InlineData(.001)]
    [InlineData(.01)]
    [InlineData(.05)]
    public void The_manifest_has_the_declared_and_the_measured_rate(double rate)
    {
        var source = SampleSource.Create(3000, Metric.InnerProduct);
        var options = new PublishOptions { FalsePositiveRate = rate };
        using var artifact = Artifact.Open(Publisher.Publish(source, options, _folder.Path, Kernels, Progress.None).Folder);
        Assert.Equal(rate, artifact.Manifest.Bloom!.DeclaredFalsePositiveRate);
        Assert.InRange(artifact.Manifest.Bloom.MeasuredFalsePositiveRate, rate / 3, rate * 1.3);
    }

    [Theory]
    [InlineData(.5)]
    [InlineData(.05)]
    [InlineData(.001)]
    public void A_hundred_excluded_authors_lose_no_eligible_item(double rate)
    {
        const int Items = 4000, Authors = 3000;
        var random = new SeededRandom(8);
        int[] start = [.. Enumerable.Range(0, Items + 1).Select(i => i * 2)];
        int[] values = [.. Enumerable.Range(0, Items).SelectMany(i => new[] { i * 7 % Authors, (i * 7 + 1 + i % 900) % Authors }.Order())];
        var names = new Vocabulary(Enumerable.Range(0, Authors).Select(a => $"author {a:0000}"));
        var column = FeatureColumn.Categorical(new FeatureSpec("author", FeatureType.Categories), names, start, values);
        long[] ids = [.. Enumerable.Range(0, Items).Select(i => i * 3L)];
        var catalogue = new Catalogue(ItemIds.FromSorted(ids), null, [column]);
        var source = PublishSource.FromVectors("authors", catalogue, Mixture.Draw(Items, 20), Metric.InnerProduct);
        var options = new PublishOptions { FalsePositiveRate = rate, NList = 16 };
        using var snapshot = Snapshot.Load(Artifact.Open(Publisher.Publish(source, options, _folder.Path, Kernels, Progress.None).Folder));
        for (int asked = 0; asked < 5; asked++)
        {
            HashSet<int> excluded = [];
            while (excluded.Count < 100) excluded.Add(random.Below(Authors));
            int[] eligible = [.. Enumerable.Range(0, Items).Where(row => !column.Ids(row).ToArray().Any(excluded.Contains))];
            var request = new RetrievalRequest
            {
                User = new UserInput { Vectors = [Mixture.Draw(1, 20, seed: (ulong)asked).Row(0).ToArray()] },
                K = Items,
                Filter = $"author NOT IN ({string.Join(", ", excluded.Select(a => $"'{names[a]}'"))})",
            };
            var all = Ask(snapshot.Model, request);
            Assert.Equal(RetrievalStatus.Exhausted, all.Status);
            Assert.Equal(eligible, all.Items.Select(i => i.Row).Order());
            // With every list and a margin beyond the catalogue, the best ten are the first of all.
            foreach (int nprobe in (int[])[16, 2])
            {
                var best = Ask(snapshot.Model, request with { K = 10, Rescore = 4096, NProbe = nprobe });
                Assert.Equal(all.Items.Take(10).Select(i => (i.Row, i.Score)), best.Items.Select(i => (i.Row, i.Score)));
            }
        }
    }

    static int BloomRows(ItemFilter filter, int block)
    {
        var start = filter.Index.Words.BlockStart;
        return (int)((start[block + 1L] - start[block]) / FilterWords.BlockWords) - filter.Index.Words.ExactRows;
    }

    RetrievalResponse Ask(RetrievalModel model, RetrievalRequest request)
    {
        using var scratch = new Scratch();
        var batch = new RetrievalBatch(1);
        batch.Add(model.Prepare(request));
        model.Forward(batch, new ForwardPass(Kernels, scratch));
        return batch.Respond(0, "authors/1", 0);
    }
}
