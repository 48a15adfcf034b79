using System.Text.Json;
using System.Xml.Linq;
using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish.Tests.Publishing;

public sealed class PublisherTests : IDisposable
{
    readonly Workers _one = new(1), _two = new(2);
    readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _one.Dispose();
        _two.Dispose();
    }

    PublishResult Publish(PublishSource source, PublishOptions? options = null) =>
        Publisher.Publish(source, options ?? new(), _folder.Path, CpuKernels.Create(_two), Progress.None);

    [Theory]
    [InlineData(Metric.InnerProduct)]
    [InlineData(Metric.Cosine)]
    [InlineData(Metric.L2)]
    public void A_published_model_finds_what_brute_force_finds(Metric metric)
    {
        var source = SampleSource.Create(1500, metric);
        var result = Publish(source, new PublishOptions { NList = 16 });
        using var snapshot = Snapshot.Load(Artifact.Open(result.Folder, verify: true));
        var queries = Mixture.Draw(20, 20, seed: 99);
        for (int q = 0; q < 20; q++)
        {
            float[] query = queries.Row(q).ToArray();
            var answer = Ask(snapshot.Model, new RetrievalRequest { User = new UserInput { Vectors = [query] }, K = 15, NProbe = 16 });
            double[] exact = [.. BruteForce.Scores(source, query).OrderDescending()];
            // bfloat16 keeps 8 bits of each product.
            double tolerance = exact.Max(Math.Abs) / 128;
            Assert.Equal(15, answer.Items.Count);
            for (int i = 0; i < 15; i++) Assert.Equal(exact[i], answer.Items[i].Score, tolerance);
        }
    }

    [Fact]
    public void Filters_over_a_published_model_are_exact()
    {
        var source = SampleSource.Create(1500, Metric.InnerProduct);
        using var snapshot = Snapshot.Load(Artifact.Open(Publish(source).Folder));
        var columns = source.Catalogue.Columns;
        int wanted = columns[1].Vocabulary!.Find("tag007");
        var user = new UserInput { Vectors = [Mixture.Draw(1, 20).Row(0).ToArray()] };
        string[] expected =
        [
            .. Enumerable.Range(0, 1500)
                .Where(row => columns[1].Ids(row).Contains(wanted) || columns[2].Keys[row] == 1984)
                .Select(source.Catalogue.Ids.Text).Order(),
        ];
        var answer = Ask(snapshot.Model, new RetrievalRequest { User = user, K = 1000, Filter = "tag = 'tag007' OR year = 1984" });
        Assert.Equal(expected, answer.Items.Select(i => i.Id).Order());
        Assert.Equal(RetrievalStatus.Exhausted, answer.Status);
        Assert.All(answer.Items, item => Assert.Equal("title " + item.Id, item.Title));

        int color = columns[0].Vocabulary!.Find("color002");
        int without = Enumerable.Range(0, 1500).Count(row => !columns[0].Ids(row).Contains(color));
        answer = Ask(snapshot.Model, new RetrievalRequest { User = user, K = 2000, Filter = "NOT color = 'color002'" });
        Assert.Equal(without, answer.Items.Count);
    }

    [Fact]
    public void Equal_input_and_seed_give_equal_bytes_at_any_number_of_threads()
    {
        var source = SampleSource.Create(2500, Metric.InnerProduct);
        using var other = new TemporaryFolder();
        var first = Publish(source);
        var second = Publisher.Publish(source, new(), other.Path, CpuKernels.Create(_one), Progress.None);
        Assert.Equal(Path.GetFileName(first.Folder), Path.GetFileName(second.Folder));
        string[] files = [.. Directory.EnumerateFiles(first.Folder).Select(Path.GetFileName).Order()!];
        Assert.Equal(files, Directory.EnumerateFiles(second.Folder).Select(Path.GetFileName).Order());
        foreach (string file in files)
        {
            Assert.True(
                File.ReadAllBytes(Path.Combine(first.Folder, file)).AsSpan()
                    .SequenceEqual(File.ReadAllBytes(Path.Combine(second.Folder, file))),
                file + " differs");
        }
        Assert.NotEqual(first.Folder, Publish(source, new PublishOptions { Seed = 2 }).Folder);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(127)]
    public void Catalogues_of_any_size_can_be_published_and_asked(int items)
    {
        foreach (var metric in Enum.GetValues<Metric>())
        {
            var result = Publish(SampleSource.Create(items, metric, dim: 3));
            using var snapshot = Snapshot.Load(Artifact.Open(result.Folder, verify: true));
            var user = new UserInput { Vectors = [[1f, -2f, 0.5f]] };
            var answer = Ask(snapshot.Model, new RetrievalRequest { User = user, K = 1000 });
            Assert.Equal(items, answer.Items.Select(i => i.Id).Distinct().Count());
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-2f)]
    public void Equal_vectors_can_be_published(float value)
    {
        foreach (var metric in Enum.GetValues<Metric>())
        {
            var source = SampleSource.Create(1000, metric, dim: 4, features: false);
            source.Embeddings.Span.Fill(value);
            foreach (int nlist in new[] { 0, 1 })
            {
                var result = Publish(source, new PublishOptions { NList = nlist });
                using var snapshot = Snapshot.Load(Artifact.Open(result.Folder));
                var user = new UserInput { Vectors = [[1f, 0f, 0f, 0f]] };
                Assert.Equal(10, Ask(snapshot.Model, new RetrievalRequest { User = user, K = 10 }).Items.Count);
                Assert.True(result.Report.Lists.LargestRatio <= 3, $"{metric}, {nlist}: {result.Report.Lists.LargestRatio}");
            }
        }
    }

    [Fact]
    public void The_report_is_written_as_text_json_and_a_page_with_two_plots()
    {
        var result = Publish(SampleSource.Create(2000, Metric.L2) with { Name = "so-called" });
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(result.Folder, "report.json")));
        Assert.Equal(2000, json.RootElement.GetProperty("items").GetInt32());
        Assert.Equal(result.Report.Recall.Points.Count, json.RootElement.GetProperty("recall").GetProperty("points").GetArrayLength());

        string page = File.ReadAllText(Path.Combine(result.Folder, "report.html"));
        string[] plots = [.. page.Split("<svg ").Skip(1).Select(p => "<svg " + p[..(p.IndexOf("</svg>", StringComparison.Ordinal) + 6)])];
        Assert.Equal(2, plots.Length);
        Assert.All(plots, plot => Assert.NotEmpty(XDocument.Parse(plot).Descendants("text")));
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);

        string text = result.ToText();
        Assert.Contains("recall@100", text, StringComparison.Ordinal);
        string[] steps = ["embed", "cluster", "assign", "quantise", "filter index", "forward index", "verify", "write"];
        Assert.Equal(steps, result.Steps.Select(s => s.Name));
        Assert.All(result.Steps, step => Assert.NotEmpty(step.Figure));
    }

    [Fact]
    public void Figures_of_the_report_are_plausible()
    {
        var report = Publish(SampleSource.Create(4000, Metric.InnerProduct)).Report;
        Assert.True(report.Lists.LargestRatio <= 3, $"largest list {report.Lists.LargestRatio}x the mean");
        Assert.InRange(report.Quantization.RelativeError, 0.0001, 0.02);
        Assert.InRange(report.Filter!.MeasuredRate, 0, 2 * report.Filter.DeclaredRate);
        Assert.True(report.Filter.MeasuredTerms > 100);
        var ladder = report.Recall.Points;
        Assert.Equal(ladder.OrderBy(p => p.NProbe), ladder);
        var chosen = ladder.Single(p => p.NProbe == report.Recall.DefaultNProbe);
        Assert.True(chosen.At100 >= 0.98, $"recall {chosen.At100} at {chosen.NProbe} of {report.Lists.NList} lists");
        Assert.All(report.Parts, part => Assert.True(part.Bytes > 0));
    }

    RetrievalResponse Ask(RetrievalModel model, RetrievalRequest request)
    {
        using var scratch = new Scratch();
        var batch = new RetrievalBatch(1);
        batch.Add(model.Prepare(request));
        model.Forward(batch, new ForwardPass(CpuKernels.Create(_two), scratch));
        return batch.Respond(0, "sample/1", 0);
    }
}
