using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Retrieval;

public sealed class BatchTests : IDisposable
{
    static readonly string?[] _filters =
        [null, "color = 'red'", "tag = 't7'", "NOT tag IN ('t1', 't2') AND year < 1996", "tag = 't3' AND tag = 't4'"];

    readonly Workers _workers = new(2);
    readonly Scratch _scratch = new();

    public void Dispose()
    {
        _scratch.Dispose();
        _workers.Dispose();
    }

    static RetrievalRequest[] Requests(SampleModel sample, int count, Random random) =>
    [
        .. Enumerable.Range(0, count).Select(i => new RetrievalRequest
        {
            User = sample.User(random),
            K = ((int[])[1, 5, 10, 64, 100, 700])[random.Next(6)],
            NProbe = random.Next(0, 13),
            Filter = _filters[random.Next(_filters.Length)],
            Value = sample.Options.Tasks.Length > 1 && random.Next(2) == 0 ? "task1 - 0.5 * task0" : null,
            Exclude = random.Next(3) == 0 ? ["5", "8", "11", "2000"] : null,
        }),
    ];

    static string Text(RetrievalBatch batch, int i)
    {
        float[] scores = batch.Scores(i).ToArray();
        var tasks = Enumerable.Range(0, scores.Length).SelectMany(x => batch.Tasks(i, x).ToArray());
        return $"{batch.Status(i)} {batch.Probes(i)} {batch.EligibleSeen(i)} {string.Join(' ', batch.Rows(i).ToArray())} " +
            string.Join(' ', scores.Concat(tasks).Select(BitConverter.SingleToInt32Bits));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_request_has_the_same_answer_alone_and_among_others(int heads)
    {
        foreach (var kernels in CpuKernels.All(_workers))
        {
            var options = new SampleOptions { Tasks = [.. Enumerable.Range(0, heads).Select(h => "task" + h)], Value = "task0" };
            var sample = new SampleModel(options, kernels);
            for (int seed = 0; seed < 4; seed++)
            {
                var requests = Requests(sample, 17, new Random(seed));
                var alone = new List<string>();
                var one = new RetrievalBatch(1);
                foreach (var request in requests)
                {
                    one.Clear();
                    one.Add(sample.Model.Prepare(request));
                    _scratch.Reset();
                    sample.Model.Forward(one, new ForwardPass(kernels, _scratch));
                    alone.Add(Text(one, 0));
                }
                var all = new RetrievalBatch(32);
                foreach (var request in requests) all.Add(sample.Model.Prepare(request));
                _scratch.Reset();
                sample.Model.Forward(all, new ForwardPass(kernels, _scratch));
                for (int i = 0; i < requests.Length; i++)
                {
                    Assert.True(alone[i] == Text(all, i), $"{kernels.Variant}, seed {seed}, request {i}: {requests[i]}");
                }
            }
        }
    }

    [Fact]
    public void Answers_do_not_depend_on_the_number_of_threads()
    {
        var texts = new List<string>();
        foreach (int threads in (int[])[1, 3])
        {
            using var workers = new Workers(threads);
            var kernels = CpuKernels.Create(workers);
            var sample = new SampleModel(new SampleOptions { Items = 2000, NList = 30 }, kernels);
            var batch = new RetrievalBatch(16);
            foreach (var request in Requests(sample, 16, new Random(3))) batch.Add(sample.Model.Prepare(request));
            _scratch.Reset();
            sample.Model.Forward(batch, new ForwardPass(kernels, _scratch));
            texts.Add(string.Join('\n', Enumerable.Range(0, 16).Select(i => Text(batch, i))));
        }
        Assert.Equal(texts[0], texts[1]);
    }

    [Theory]
    [InlineData(1, MergeKind.Union, TaskActivation.None)]
    [InlineData(2, MergeKind.Union, TaskActivation.Sigmoid)]
    [InlineData(2, MergeKind.WeightedSum, TaskActivation.None)]
    [InlineData(3, MergeKind.RoundRobin, TaskActivation.None)]
    [InlineData(6, MergeKind.Custom, TaskActivation.None)]
    public void A_forward_pass_allocates_nothing_on_the_managed_heap(int heads, MergeKind merge, TaskActivation activation)
    {
        // One thread, so that the thread's counter sees all of the work.
        using var workers = new Workers(1);
        foreach (var kernels in CpuKernels.All(workers))
        {
            if (kernels.Variant == "reference") continue;
            var options = new SampleOptions
            {
                Items = 2000,
                NList = 30,
                Tasks = [.. Enumerable.Range(0, heads).Select(h => "task" + h)],
                Value = "task0",
                Merge = merge,
                Activation = activation,
            };
            var sample = new SampleModel(options, kernels);
            var batch = new RetrievalBatch(16);
            var pass = new ForwardPass(kernels, _scratch);
            foreach (var request in Requests(sample, 16, new Random(3)))
            {
                batch.Add(sample.Model.Prepare(request with { NProbe = 1 }));
            }
            // Enough passes for the scratch to grow and the code to reach its last tier, which allocates too.
            for (int i = 0; i < 60; i++) Pass(sample.Model, batch, pass);
            long least = long.MaxValue;
            for (int i = 0; i < 5; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                Pass(sample.Model, batch, pass);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }
            Assert.Equal(0, least);
            Assert.Contains(Enumerable.Range(0, 16), i => batch.Probes(i) > 1);
        }
    }

    void Pass(RetrievalModel model, RetrievalBatch batch, in ForwardPass pass)
    {
        _scratch.Reset();
        model.Forward(batch, pass);
    }

    [Fact]
    public void A_batch_is_used_again_and_again()
    {
        var kernels = CpuKernels.Create(_workers);
        var sample = new SampleModel(new SampleOptions(), kernels);
        var batch = new RetrievalBatch(2);
        var random = new Random(1);
        for (int round = 0; round < 3; round++)
        {
            batch.Clear();
            Assert.Equal(0, batch.Count);
            Assert.Equal(0, batch.Add(sample.Model.Prepare(new RetrievalRequest { User = sample.User(random), K = 3 })));
            Assert.Equal(1, batch.Add(sample.Model.Prepare(new RetrievalRequest { User = sample.User(random), K = 4 })));
            Assert.Throws<InvalidOperationException>(() => batch.Add(batch[0]));
            Assert.Throws<ArgumentOutOfRangeException>(() => batch.Status(2));
            Assert.Empty(batch.Rows(0).ToArray());
            _scratch.Reset();
            sample.Model.Forward(batch, new ForwardPass(kernels, _scratch));
            Assert.Equal((3, 4), (batch.Rows(0).Length, batch.Scores(1).Length));
        }
        sample.Model.Forward(new RetrievalBatch(1), new ForwardPass(kernels, _scratch));
    }

    [Fact]
    public void A_request_of_another_model_is_refused()
    {
        var kernels = CpuKernels.Create(_workers);
        var (one, other) = (new SampleModel(new SampleOptions(), kernels), new SampleModel(new SampleOptions(), kernels));
        var batch = new RetrievalBatch(1);
        batch.Add(other.Model.Prepare(new RetrievalRequest { User = one.User(new Random(1)) }));
        Assert.Throws<ArgumentException>(() => one.Model.Forward(batch, new ForwardPass(kernels, _scratch)));
    }
}
