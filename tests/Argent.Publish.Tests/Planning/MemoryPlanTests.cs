using System.Globalization;
using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Publish.Tests.Publishing;

namespace Argent.Publish.Tests.Planning;

public sealed class MemoryPlanTests : IDisposable
{
    readonly Workers _workers = new(2);
    readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _workers.Dispose();
    }

    [Theory]
    [InlineData(700, 20, 9, 0, 0, 1)]
    [InlineData(1500, 64, 16, 3, 7, 40)]
    [InlineData(65, 130, 1, 1, 1, 1)]
    public void A_plan_has_the_tensors_of_the_published_artifact(
        int items, int dim, int nlist, int features, int values, int vocabulary)
    {
        var plan = new PlanOptions
        {
            Items = items,
            Dim = dim,
            NList = nlist,
            Features = features,
            ValuesPerItem = values,
            Vocabulary = vocabulary,
        };
        using var artifact = Artifact.Open(Publish(plan));
        // Slots follow from the sizes of lists, which are not known before; all else is.
        var planned = MemoryPlan.Of(plan with { Slots = artifact.Manifest.Lists.Slots }).Tensors;
        Assert.Equal(
            artifact.Manifest.Tensors.Select(t => (t.Name, t.Dtype, string.Join(",", t.Shape), t.File)),
            planned.Select(t => (t.Name, t.Type, string.Join(",", t.Shape), t.File)));
        Assert.All(planned, t => Assert.Equal(artifact.Find(t.Name)!.Value.ByteLength, t.Bytes));
    }

    [Fact]
    public void Slots_and_Bloom_rows_are_expected_within_three_percent()
    {
        var options = new PlanOptions
        {
            Items = 6000,
            Dim = 32,
            NList = 16,
            Features = 2,
            ValuesPerItem = 5,
            Vocabulary = 3000,
            OrderedFeatures = 1,
        };
        using var artifact = Artifact.Open(Publish(options));
        var plan = MemoryPlan.Of(options);
        Assert.InRange(plan.Slots, artifact.Manifest.Lists.Slots * 0.97, artifact.Manifest.Lists.Slots * 1.03);
        foreach (string file in plan.Tensors.Select(t => t.File).Distinct())
        {
            double published = artifact.Manifest.Tensors.Where(t => t.File == file).Sum(t => artifact.Find(t.Name)!.Value.ByteLength);
            Assert.InRange(plan.Tensors.Where(t => t.File == file).Sum(t => t.Bytes), published * 0.97, published * 1.03);
        }
    }

    [Theory]
    [InlineData(1, 1, 10)]
    [InlineData(5, 3, 200)]
    [InlineData(32, 2, 1000)]
    public void The_scratch_of_a_batch_is_at_least_what_a_published_model_rents(int batch, int heads, int k)
    {
        // A published model has one head here; more heads can only be planned, and take more.
        var options = new PlanOptions { Items = 3000, Dim = 24, NList = 24, Batch = batch, Heads = heads, K = k };
        using var snapshot = Snapshot.Load(Artifact.Open(Publish(options)));
        var requests = new RetrievalBatch(batch);
        var queries = Mixture.Draw(batch, 24, seed: 4);
        for (int i = 0; i < batch; i++)
        {
            var user = new UserInput { Vectors = [queries.Row(i).ToArray()] };
            requests.Add(snapshot.Model.Prepare(new RetrievalRequest { User = user, K = k, NProbe = 8 }));
        }
        using var scratch = new Argent.Tensors.Scratch();
        snapshot.Model.Forward(requests, new ForwardPass(CpuKernels.Create(_workers), scratch));
        Assert.InRange(scratch.PeakBytes, 1, MemoryPlan.Of(options).ScratchBytes);
    }

    [Fact]
    public void Eighty_million_items_are_planned_without_their_memory()
    {
        var plan = MemoryPlan.Of(new PlanOptions { Items = 80_000_000, Dim = 128, Features = 6, ValuesPerItem = 10 });
        Assert.InRange(plan.TensorBytes / 80e6, 400, 700);
        Assert.True(plan.TotalBytes > plan.TensorBytes);
    }

    [Fact]
    public void Numbers_out_of_range_are_refused_with_the_number()
    {
        var options = new PlanOptions { Items = 100, Dim = 8 };
        (PlanOptions Options, string Message)[] cases =
        [
            (options with { Items = 0 }, "items is 0"),
            (options with { Dim = 0 }, "dim is 0"),
            (options with { NList = 101 }, "nlist is 101"),
            (options with { SpareShare = double.NaN }, "NaN"),
            (options with { Slots = 64 }, "64 slots cannot hold 100 items"),
            (options with { ValuesPerItem = 3 }, "no feature"),
            (options with { Features = 1, Vocabulary = 2, ValuesPerItem = 3 }, "have fewer"),
            (options with { FalsePositiveRate = 0 }, "rate is 0"),
            (options with { Heads = 0 }, "heads is 0"),
            (options with { Batch = 2000 }, "batch is 2000"),
            (options with { K = 0 }, "k is 0"),
            (options with { NProbe = 0 }, "nprobe is 0"),
            (options with { Items = int.MaxValue, SpareShare = 1 }, "slots"),
        ];
        foreach (var (wrong, message) in cases)
        {
            var error = Assert.Throws<ArgumentException>(() => MemoryPlan.Of(wrong));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    string Publish(PlanOptions plan)
    {
        var columns = new List<FeatureColumn>();
        for (int f = 0; f < plan.Features; f++) columns.Add(Categories(plan, f));
        if (plan.OrderedFeatures > 0)
        {
            columns.Add(FeatureColumn.Ordered(
                new FeatureSpec("n0", FeatureType.Integer), [.. Enumerable.Range(0, plan.Items).Select(i => i * 3L)]));
        }
        var ids = ItemIds.FromSorted([.. Enumerable.Range(0, plan.Items).Select(i => (long)i)]);
        var source = PublishSource.FromVectors(
            "planned", new Catalogue(ids, null, columns), Mixture.Draw(plan.Items, plan.Dim), Metric.InnerProduct);
        var options = new PublishOptions { NList = plan.NList, NProbe = 1, FalsePositiveRate = plan.FalsePositiveRate };
        return Publisher.Publish(source, options, _folder.Path, CpuKernels.Create(_workers), Progress.None).Folder;
    }

    /// <summary>Every item has as many values as the plan says, of names as long as the plan's.</summary>
    static FeatureColumn Categories(PlanOptions plan, int feature)
    {
        int values = plan.ValuesPerItem / plan.Features + (feature < plan.ValuesPerItem % plan.Features ? 1 : 0);
        int[] start = [.. Enumerable.Range(0, plan.Items + 1).Select(i => i * values)];
        int[] ids = [.. Enumerable.Range(0, plan.Items).SelectMany(i =>
            Enumerable.Range(0, values).Select(v => (i * 7 + v * (plan.Vocabulary / Math.Max(1, values))) % plan.Vocabulary).Order())];
        var vocabulary = new Vocabulary(
            Enumerable.Range(0, plan.Vocabulary).Select(v => v.ToString("D7", CultureInfo.InvariantCulture)));
        return FeatureColumn.Categorical(new FeatureSpec($"f{feature}", FeatureType.Categories), vocabulary, start, ids);
    }
}
