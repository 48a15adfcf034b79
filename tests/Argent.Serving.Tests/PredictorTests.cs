using Argent.Model;
using Argent.Tensors;

namespace Argent.Serving.Tests;

public sealed class PredictorTests(SmallModel small) : IClassFixture<SmallModel>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_hold_the_filter_and_are_ordered()
    {
        await using var predictor = new Predictor(small.Open(), small.Kernels);
        var response = await predictor.RetrieveAsync(small.Request(50) with { Filter = "language = 'ger' AND year >= 1950" }, Cancellation);
        Assert.Equal(RetrievalStatus.Complete, response.Status);
        Assert.Equal(50, response.Items.Count);
        Assert.All(response.Items, item => Assert.Equal("ger", SmallModel.Language(item.Row)));
        Assert.All(response.Items, item => Assert.True(1900 + item.Row % 120 >= 1950));
        Assert.Equal(response.Items.OrderByDescending(i => i.Score).ThenBy(i => i.Row), response.Items);
        Assert.Equal($"Item {response.Items[0].Row}", response.Items[0].Title);
    }

    [Fact]
    public async Task Fewer_than_k_eligible_items_are_all_returned_with_a_certificate()
    {
        await using var predictor = new Predictor(small.Open(), small.Kernels);
        var request = small.Request(500) with { Filter = "language = 'fre' AND year = 1901" };
        int eligible = Enumerable.Range(0, SmallModel.Items).Count(r => SmallModel.Language(r) == "fre" && r % 120 == 1);
        var response = await predictor.RetrieveAsync(request, Cancellation);
        Assert.Equal(RetrievalStatus.Exhausted, response.Status);
        Assert.Equal(eligible, response.Items.Count);
        Assert.Equal(eligible, response.EligibleSeen);
    }

    [Fact]
    public async Task Answers_do_not_depend_on_batch_mates()
    {
        var requests = Enumerable.Range(0, 40).Select(i => small.Request(1 + i * 7) with
        {
            NProbe = 1 + i % 16,
            Filter = (i % 3) switch { 0 => null, 1 => "NOT language = 'eng'", _ => $"year < {1900 + i * 3}" },
        }).ToList();
        await using var alone = new Predictor(small.Open(), small.Kernels, new PredictorOptions { MaxBatchSize = 1 });
        await using var together = new Predictor(
            small.Open(), small.Kernels,
            new PredictorOptions { MaxBatchSize = 64, MaxQueueDelay = TimeSpan.FromMilliseconds(20) });
        var expected = new List<RetrievalResponse>();
        foreach (var request in requests) expected.Add(await alone.RetrieveAsync(request, Cancellation));
        var actual = await Task.WhenAll(requests.Select(r => together.RetrieveAsync(r, Cancellation)));
        for (int i = 0; i < requests.Count; i++)
        {
            Assert.Equal(expected[i].Items.Select(x => (x.Row, x.Score)), actual[i].Items.Select(x => (x.Row, x.Score)));
            Assert.Equal((expected[i].Status, expected[i].Probes), (actual[i].Status, actual[i].Probes));
        }
    }

    [Fact]
    public async Task One_bad_request_fails_alone()
    {
        await using var predictor = new Predictor(small.Open(), small.Kernels);
        var good = predictor.RetrieveAsync(small.Request(), Cancellation);
        var filter = await Assert.ThrowsAsync<RequestException>(
            () => predictor.RetrieveAsync(small.Request() with { Filter = "langauge = 'eng'" }, Cancellation));
        Assert.Equal(RequestErrorKind.UnprocessableFilter, filter.Kind);
        Assert.Contains("language", filter.Message, StringComparison.Ordinal);
        Assert.Equal((1, 1), (filter.Line, filter.Column));
        foreach (int k in new[] { 0, -1, 100_001 })
        {
            await Assert.ThrowsAsync<RequestException>(() => predictor.RetrieveAsync(small.Request(k), Cancellation));
        }
        var wrong = new RetrievalRequest { User = new UserInput { Vectors = [new float[SmallModel.Dim + 1]] } };
        await Assert.ThrowsAsync<RequestException>(() => predictor.RetrieveAsync(wrong, Cancellation));
        Assert.Equal(10, (await good).Items.Count);
    }

    [Fact]
    public async Task A_passed_deadline_is_an_error_and_not_an_empty_answer()
    {
        await using var predictor = new Predictor(small.Open(), small.Kernels);
        var error = await Assert.ThrowsAsync<ServingException>(
            () => predictor.RetrieveAsync(small.Request() with { DeadlineMs = 1e-6 }, Cancellation));
        Assert.Equal(ServingFailure.Deadline, error.Failure);
        await Assert.ThrowsAsync<RequestException>(
            () => predictor.RetrieveAsync(small.Request() with { DeadlineMs = 0 }, Cancellation));
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once()
    {
        // Nothing is taken before the delay is over, so the queue fills.
        var options = new PredictorOptions { MaxQueueSize = 3, MaxBatchSize = 64, MaxQueueDelay = TimeSpan.FromMinutes(5) };
        var predictor = new Predictor(small.Open(), small.Kernels, options);
        var waiting = Enumerable.Range(0, 3).Select(_ => predictor.RetrieveAsync(small.Request(), Cancellation)).ToList();
        var error = await Assert.ThrowsAsync<ServingException>(() => predictor.RetrieveAsync(small.Request(), Cancellation));
        Assert.Equal(ServingFailure.Overloaded, error.Failure);
        await predictor.DisposeAsync();
        foreach (var request in waiting) Assert.Equal(10, (await request).Items.Count);
    }

    [Fact]
    public async Task A_swap_under_load_loses_no_request_and_frees_the_old_snapshot()
    {
        var first = small.Open();
        await using var predictor = new Predictor(first, small.Kernels);
        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            int answered = 0;
            // At least once, however late the load begins.
            do
            {
                var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => predictor.RetrieveAsync(small.Request())));
                answered += answers.Count(a => a.Items.Count == 10);
            }
            while (!stop.IsCancellationRequested);
            return answered;
        }, Cancellation);
        for (int i = 0; i < 5; i++)
        {
            await predictor.RetrieveAsync(small.Request(), Cancellation);
            predictor.Swap(small.Open());
        }
        await stop.CancelAsync();
        Assert.True(await load > 0);
        Assert.False(first.TryLease());
        Assert.Equal(0, first.Leases);
    }

    [Fact]
    public async Task A_cancelled_request_is_cancelled()
    {
        var options = new PredictorOptions { MaxBatchSize = 2, MaxQueueDelay = TimeSpan.FromMinutes(5) };
        await using var predictor = new Predictor(small.Open(), small.Kernels, options);
        using var cancel = new CancellationTokenSource();
        var cancelled = predictor.RetrieveAsync(small.Request(), cancel.Token);
        await cancel.CancelAsync();
        var answered = predictor.RetrieveAsync(small.Request(), Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(10, (await answered).Items.Count);
    }

    [Fact]
    public async Task A_stopped_predictor_says_so()
    {
        var predictor = new Predictor(small.Open(), small.Kernels);
        await predictor.DisposeAsync();
        var error = await Assert.ThrowsAsync<ServingException>(() => predictor.RetrieveAsync(small.Request(), Cancellation));
        Assert.Equal(ServingFailure.NotReady, error.Failure);
    }

    [Fact]
    public void A_pass_allocates_nothing_once_it_is_warm()
    {
        using var snapshot = small.Open();
        using var scratch = new Scratch();
        var batch = new RetrievalBatch(8);
        var queries = Enumerable.Range(0, 8).Select(i => snapshot.Model.Prepare(
            small.Request(20 + i) with { Filter = i % 2 == 0 ? null : "NOT language = 'eng' AND year > 1930" })).ToList();
        // The first wait of a thread for another allocates its event; a pass that allocates does so every time.
        long least = long.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            batch.Clear();
            foreach (var query in queries) batch.Add(query);
            scratch.Reset();
            snapshot.Model.Forward(batch, new ForwardPass(small.Kernels, scratch));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
        Assert.All(Enumerable.Range(0, 8), i => Assert.Equal(20 + i, batch.Rows(i).Length));
    }
}
