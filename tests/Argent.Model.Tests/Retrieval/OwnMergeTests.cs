using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Retrieval;

public sealed class OwnMergeTests : IDisposable
{
    readonly Workers _workers = new(2);

    IKernels Kernels => CpuKernels.Create(_workers);

    public void Dispose() => _workers.Dispose();

    static SampleOptions Options(int heads, string name = FusedRanks.Name) => new()
    {
        Tasks = [.. Enumerable.Range(0, heads).Select(h => $"t{h}")],
        Value = "t0",
        Merge = MergeKind.Custom,
        MergeOperator = name,
    };

    [Fact]
    public void A_merge_that_nobody_registered_is_refused_in_a_sentence_with_the_nearest_name()
    {
        var error = Assert.Throws<ArgumentException>(() => new SampleModel(Options(2, "fused-rank"), Kernels));
        Assert.Contains("MergeOperators.Register(\"fused-rank\", ...)", error.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'fused-ranks'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_stands_for_one_merge()
    {
        FusedRanks.Register();
        FusedRanks.Register();
        Assert.Throws<ArgumentException>(() => MergeOperators.Register(FusedRanks.Name, item => item.Scores[0]));
    }

    [Fact]
    public void A_merge_may_leave_items_out()
    {
        MergeOperators.Register("second-head-only", item => item.Ranks[1] < 0 ? float.NaN : item.Scores[1]);
        var sample = new SampleModel(Options(3, "second-head-only"), Kernels);
        var request = new RetrievalRequest { User = sample.User(new Random(3)), K = 9, NProbe = 12 };
        var oracle = new BruteForce(sample);
        HashSet<int> second = [.. oracle.Search(request, t => t[1]).Take(120).Select(e => e.Row)];
        var rows = Rows(sample, request);
        Assert.Equal(9, rows.Length);
        Assert.All(rows, row => Assert.Contains(row, second));
    }

    [Fact]
    public void Answers_do_not_depend_on_the_batch()
    {
        foreach (var options in (SampleOptions[])[Options(6), Options(6) with { Merge = MergeKind.RoundRobin, MergeOperator = null }])
        {
            var sample = new SampleModel(options, Kernels);
            var random = new Random(11);
            RetrievalRequest[] requests =
                [.. Enumerable.Range(0, 9).Select(i => new RetrievalRequest { User = sample.User(random), K = 5 + i, NProbe = 1 + i })];
            using var scratch = new Scratch();
            var batch = new RetrievalBatch(requests.Length);
            foreach (var request in requests) batch.Add(sample.Model.Prepare(request));
            sample.Model.Forward(batch, new ForwardPass(Kernels, scratch));
            for (int i = 0; i < requests.Length; i++) Assert.Equal(Rows(sample, requests[i]), batch.Rows(i).ToArray());
        }
    }

    int[] Rows(SampleModel sample, RetrievalRequest request)
    {
        using var scratch = new Scratch();
        var batch = new RetrievalBatch(1);
        batch.Add(sample.Model.Prepare(request));
        sample.Model.Forward(batch, new ForwardPass(Kernels, scratch));
        return batch.Rows(0).ToArray();
    }
}
