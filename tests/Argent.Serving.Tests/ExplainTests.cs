using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Serving.Tests;

public sealed class ExplainTests(SmallModel small) : IClassFixture<SmallModel>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Explanations_beside_many_requests_say_what_the_answers_are()
    {
        await using var predictor = new Predictor(small.Open(), small.Kernels);
        var requests = Enumerable.Range(0, 60).Select(i => small.Request(20) with { NProbe = 1 + i % 16 }).ToList();
        var answers = requests.Select(r => predictor.RetrieveAsync(r, Cancellation)).ToList();
        for (int i = 0; i < requests.Count; i += 6)
        {
            string id = $"{i * 310 % SmallModel.Items * 10}";
            var explanation = await predictor.ExplainAsync(requests[i], id, Cancellation);
            var items = (await answers[i]).Items;
            int place = items.ToList().FindIndex(item => item.Id == id);
            Assert.Equal(place < 0 ? null : place + 1, explanation.Rank);
            var served = await predictor.ExplainAsync(requests[i], items[^1].Id, Cancellation);
            Assert.Equal((ItemVerdict.Served, items.Count), (served.Verdict, served.Rank));
            Assert.Equal((await answers[i]).Snapshot, served.Snapshot);
        }
        Assert.Equal(ItemVerdict.UnknownItem, (await predictor.ExplainAsync(requests[0], "x", Cancellation)).Verdict);
        await Assert.ThrowsAsync<RequestException>(
            () => predictor.ExplainAsync(requests[0] with { Filter = "lnguage = 'eng'" }, "0", Cancellation));
        var error = await Assert.ThrowsAsync<RequestException>(
            () => predictor.ExplainAsync(requests[0], new string('7', 2000), Cancellation));
        Assert.Equal(RequestErrorKind.TooLarge, error.Kind);
    }

    [Fact]
    public async Task An_answer_is_explained_when_it_is_asked_for()
    {
        await using var predictor = new Predictor(small.Open(), small.Kernels);
        var request = small.Request(30) with { Filter = "year >= 1950" };
        var plain = await predictor.RetrieveAsync(request, Cancellation);
        Assert.Null(plain.Explanation);
        var explained = await predictor.RetrieveAsync(request with { Explain = true }, Cancellation);
        Assert.Equal(plain.Items.Select(i => (i.Row, i.Score)), explained.Items.Select(i => (i.Row, i.Score)));
        for (int i = 0; i < 30; i++)
        {
            var item = explained.Explanation!.Items[i]!;
            var alone = await predictor.ExplainAsync(request, explained.Items[i].Id, Cancellation);
            Assert.Equal((alone.List, alone.Value!.Value), (item.List, item.Value));
            Assert.Equal(alone.Heads[0].CodeScore, item.Heads[0].CodeScore);
        }
        var error = await Assert.ThrowsAsync<RequestException>(
            () => predictor.RetrieveAsync(small.Request(1001) with { Explain = true }, Cancellation));
        Assert.Equal(RequestErrorKind.BadRequest, error.Kind);
    }

    [Fact]
    public async Task A_snapshot_is_freed_after_the_explanations_that_lease_it()
    {
        var first = small.Open();
        await using var predictor = new Predictor(first, small.Kernels);
        var request = small.Request() with { Explain = true };
        var answers = Enumerable.Range(0, 8).Select(_ => predictor.RetrieveAsync(request, Cancellation)).ToList();
        predictor.Swap(small.Open());
        Assert.All(await Task.WhenAll(answers), a => Assert.NotNull(a.Explanation));
        Assert.Equal(0, first.Leases);
        Assert.False(first.TryLease());
    }

    [Fact]
    public async Task Explanations_follow_one_another_and_only_a_few_wait()
    {
        var queue = new ExplainQueue(small.Kernels, TimeProvider.System);
        using var go = new ManualResetEventSlim();
        int running = 0, most = 0;
        int Explain(IKernels kernels, Scratch scratch)
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            go.Wait(Cancellation);
            Interlocked.Decrement(ref running);
            return 1;
        }
        var waiting = Enumerable.Range(0, ExplainQueue.Most - 2).Select(_ => Start(long.MaxValue, Cancellation)).ToList();
        using var given = new CancellationTokenSource();
        var givenUp = Start(long.MaxValue, given.Token);
        var late = Start(deadline: 0, Cancellation);
        var refused = await Assert.ThrowsAsync<ServingException>(() => Start(long.MaxValue, Cancellation));
        Assert.Equal(ServingFailure.Overloaded, refused.Failure);
        await given.CancelAsync();
        go.Set();
        Assert.Equal(waiting.Count, (await Task.WhenAll(waiting)).Sum());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        Assert.Equal(ServingFailure.Deadline, (await Assert.ThrowsAsync<ServingException>(() => late)).Failure);
        Assert.Equal(1, most);
        Assert.Equal(1, await Start(long.MaxValue, Cancellation));

        Task<int> Start(long deadline, CancellationToken cancellation) => queue.RunAsync(Explain, deadline, cancellation);
    }
}
