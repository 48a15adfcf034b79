using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Retrieval;

public sealed class HeadsTests : IDisposable
{
    readonly Workers _workers = new(2);
    readonly Scratch _scratch = new();

    public void Dispose()
    {
        _scratch.Dispose();
        _workers.Dispose();
    }

    RetrievalResponse Ask(SampleModel sample, RetrievalRequest request)
    {
        _scratch.Reset();
        var batch = new RetrievalBatch(1);
        batch.Add(sample.Model.Prepare(request));
        sample.Model.Forward(batch, new ForwardPass(CpuKernels.Create(_workers), _scratch));
        return batch.Respond(0, "sample/1", 0);
    }

    static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    [Fact]
    public void Several_heads_give_the_best_values_of_all_their_candidates()
    {
        var options = new SampleOptions { Tasks = ["save", "like", "buy"], Value = "max(save, max(like, buy))", HasBias = true };
        var sample = new SampleModel(options, CpuKernels.Create(_workers));
        var oracle = new BruteForce(sample);
        var random = new Random(8);
        for (int i = 0; i < 10; i++)
        {
            string? filter = i % 2 == 0 ? null : "NOT color = 'red'";
            var request = new RetrievalRequest { User = sample.User(random), K = 25, NProbe = 12, Filter = filter };
            var answer = Ask(sample, request);
            var expected = oracle.Search(request, tasks => tasks.Max()).Take(25).ToList();
            Assert.Equal(expected.Select(e => (e.Row, (float)e.Value)), answer.Items.Select(x => (x.Row, x.Score)));
            Assert.Equal(expected.Select(e => e.Tasks.Select(t => (float)t)), answer.Items.Select(x => x.Tasks.AsEnumerable()));
        }
    }

    [Fact]
    public void A_request_may_bring_its_own_formula()
    {
        var sample = new SampleModel(new SampleOptions { Tasks = ["save", "like"], Value = "save" }, CpuKernels.Create(_workers));
        var oracle = new BruteForce(sample);
        // Every item is a candidate, so that the formula alone decides.
        var request = new RetrievalRequest { User = sample.User(new Random(8)), K = 700, NProbe = 12, Value = "like * 2 - save" };
        var expected = oracle.Search(request, t => t[1] * 2 - t[0]);
        Assert.Equal(expected.Select(e => e.Row), Ask(sample, request).Items.Select(x => x.Row));
        Assert.Equal(oracle.Search(request).Select(e => e.Row), Ask(sample, request with { Value = " " }).Items.Select(x => x.Row));
    }

    [Fact]
    public void Tasks_of_a_trained_model_are_probabilities_and_scores_that_saturate_still_order_the_list()
    {
        var options = new SampleOptions { Tasks = ["save", "like"], Value = "save + 0.5 * like", Activation = TaskActivation.Sigmoid };
        var sample = new SampleModel(options, CpuKernels.Create(_workers));
        var request = new RetrievalRequest { User = sample.User(new Random(8)), K = 700, NProbe = 12 };
        var answer = Ask(sample, request);
        var logits = new BruteForce(sample).Search(request).ToDictionary(e => e.Row, e => e.Tasks);
        Assert.Equal(700, answer.Items.Count);
        for (int rank = 0; rank < 700; rank++)
        {
            var item = answer.Items[rank];
            double[] expected = [.. logits[item.Row].Select(Sigmoid)];
            Assert.Equal(expected[0], item.Tasks[0], 1e-5);
            Assert.Equal(expected[1], item.Tasks[1], 1e-5);
            Assert.Equal(expected[0] + 0.5 * expected[1], item.Score, 1e-5);
            if (rank == 0) continue;
            var above = answer.Items[rank - 1];
            Assert.True(above.Score >= item.Score);
            if (above.Score > item.Score) continue;
            // Integer vectors give integer scores: many are far above 17, where the sigmoid is 1.
            double sum = logits[item.Row].Sum(), sumAbove = logits[above.Row].Sum();
            Assert.True(sumAbove > sum || (sumAbove == sum && above.Row < item.Row));
        }
    }

    [Fact]
    public void An_intersection_gives_only_what_every_head_keeps()
    {
        var options = new SampleOptions { Tasks = ["save", "like"], Value = "save + like", Merge = MergeKind.Intersection };
        var sample = new SampleModel(options, CpuKernels.Create(_workers));
        var request = new RetrievalRequest { User = sample.User(new Random(8)), K = 5, NProbe = 12 };
        // K 5 keeps 69 and rounds up to 80 a head; a few ties at the cut are the int8 scan's to decide.
        var oracle = new BruteForce(sample);
        HashSet<int> Best(int head) => [.. oracle.Search(request, t => t[head]).Take(120).Select(e => e.Row)];
        HashSet<int>[] heads = [Best(0), Best(1)];
        var answer = Ask(sample, request);
        Assert.All(answer.Items, item => Assert.True(heads.All(h => h.Contains(item.Row))));
    }
}
