using System.Text;
using System.Text.Json;
using Argent.Model;

namespace Argent.Serving.Tests;

public sealed class RankingTests(SmallModel small) : IClassFixture<SmallModel>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    RankingRequest Request(params string[] items) => new() { User = small.Request().User, Items = items };

    [Fact]
    public async Task Rankings_beside_retrievals_score_as_they_do()
    {
        await using var predictor = new Predictor(small.Open(), small.Kernels);
        var requests = Enumerable.Range(0, 40).Select(i => small.Request(20) with { NProbe = 1 + i % 16 }).ToList();
        var answers = await Task.WhenAll(requests.Select(r => predictor.RetrieveAsync(r, Cancellation)));
        var rankings = await Task.WhenAll(requests.Zip(answers, (request, answer) => predictor.RankAsync(
            new RankingRequest { User = request.User, Items = [.. answer.Items.Select(i => i.Id), "7"] }, Cancellation)));
        for (int i = 0; i < requests.Count; i++)
        {
            Assert.Equal(answers[i].Items.Select(x => (x.Id, x.Score)), rankings[i].Items.Select(x => (x.Id, x.Score)));
            Assert.Equal("7", Assert.Single(rankings[i].Missing));
            Assert.Equal((answers[i].Snapshot, answers[i].Watermark), (rankings[i].Snapshot, rankings[i].Watermark));
            var timing = rankings[i].TimingUs;
            Assert.True(timing.Total >= timing.Queue + timing.UserTower + timing.Items);
        }
    }

    [Fact]
    public async Task A_late_ranking_one_given_up_and_one_too_many_are_failures_that_leave_the_predictor_well()
    {
        var snapshot = small.Open();
        await using (var predictor = new Predictor(snapshot, small.Kernels, new PredictorOptions { MaxRankedItemsQueued = 3 }))
        {
            var late = await Assert.ThrowsAsync<ServingException>(
                () => predictor.RankAsync(Request("0") with { DeadlineMs = 1e-9 }, Cancellation));
            Assert.Equal(ServingFailure.Deadline, late.Failure);
            await Assert.ThrowsAsync<RequestException>(() => predictor.RankAsync(Request("0") with { DeadlineMs = 0 }, Cancellation));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => predictor.RankAsync(Request("0"), new CancellationToken(canceled: true)));
            // More than the bound may wait when it is alone.
            Assert.Equal(5, (await predictor.RankAsync(Request("0", "10", "20", "30", "40"), Cancellation)).Items.Count);
        }
        Assert.Equal(0, snapshot.Leases);
    }

    [Fact]
    public async Task What_waits_is_bounded_by_items_and_answered_when_the_predictor_stops()
    {
        var snapshot = small.Open();
        using var metrics = new PredictorMetrics(() => 0);
        var time = new StoppedTime();
        var queue = new RankingQueue(new PredictorOptions { MaxRankedItemsQueued = 10 }, small.Kernels, time, metrics);
        using var go = new ManualResetEventSlim();
        time.Gate = go;
        var first = Enqueue("0", "10", "20");
        Assert.True(time.Reached.Wait(TimeSpan.FromSeconds(30), Cancellation));
        var waiting = new List<Task<RankingResponse>> { Enqueue("30", "40", "50", "60"), Enqueue("70", "80", "90", "100", "110", "120") };
        var refused = await Assert.ThrowsAsync<ServingException>(() => Enqueue("130"));
        Assert.Equal(ServingFailure.Overloaded, refused.Failure);
        go.Set();
        queue.Close();
        Assert.Equal([3, 4, 6], (await Task.WhenAll([first, .. waiting])).Select(r => r.Items.Count));
        Assert.Equal(ServingFailure.NotReady, (await Assert.ThrowsAsync<ServingException>(() => Enqueue("0"))).Failure);
        Assert.Equal(0, snapshot.Leases);
        snapshot.Dispose();

        async Task<RankingResponse> Enqueue(params string[] items)
        {
            Assert.True(snapshot.TryLease());
            try
            {
                var query = snapshot.Model.Ranking.Prepare(Request(items));
                return await queue.Enqueue(new PendingRanking(query, snapshot, 0, Cancellation));
            }
            catch (ServingException)
            {
                snapshot.Release();
                throw;
            }
        }
    }

    [Fact]
    public void Requests_are_read_strictly()
    {
        var request = Read("""
            {"user":{"history":["17"]},"items":["5",7],"filter":"year > 1","value":"score","k":3,"embeddings":"computed","deadlineMs":9}
            """);
        Assert.Equal(["5", "7"], request.Items);
        Assert.Equal((3, false, RankingEmbeddings.Computed), (request.K, request.Sort, request.Embeddings));
        Assert.Equal(("year > 1", "score", 9.0), (request.Filter, request.Value, request.DeadlineMs));
        Assert.True(Read("""{"items":[],"sort":true}""").Sort);
        Assert.Contains("'items' is missing", Wrong("{}"), StringComparison.Ordinal);
        Assert.Contains("Did you mean 'items'?", Wrong("""{"itms":[]}"""), StringComparison.Ordinal);
        Assert.Contains("leave the ids out of 'items'", Wrong("""{"items":[],"exclude":["1"]}"""), StringComparison.Ordinal);
        Assert.Contains("scored exactly", Wrong("""{"items":[],"rescore":1}"""), StringComparison.Ordinal);
        Assert.Contains("'k' gives the best first", Wrong("""{"items":[],"k":1,"sort":false}"""), StringComparison.Ordinal);
        Assert.Contains("'cached' or 'computed'", Wrong("""{"items":[],"embeddings":"fresh"}"""), StringComparison.Ordinal);
        Assert.Contains("'items' must be a list", Wrong("""{"items":"5"}"""), StringComparison.Ordinal);
        Assert.Contains("must be a JSON object", Wrong("[1]"), StringComparison.Ordinal);

        static RankingRequest Read(string json) => RankingRequestJson.Read(Encoding.UTF8.GetBytes(json), "save");
        static string Wrong(string json) => Assert.Throws<RequestException>(() => Read(json)).Message;
    }

    [Fact]
    public async Task A_response_is_written_in_pieces_and_whole()
    {
        const int Count = 30_000;
        var response = new RankingResponse
        {
            Items = [.. Enumerable.Range(0, Count).Select(i => new RankedItem(i, $"\"{i}\"", i / 7f, new float[] { float.NaN, i }))],
            Missing = [.. Enumerable.Range(0, Count).Select(i => $"m{i}")],
            Ineligible = ["x"],
            Scored = Count + 1,
            Snapshot = "small/1",
            TimingUs = new RankingTiming(1, 2, 3, 4, 10),
        };
        using var bytes = new MemoryStream();
        await using (var json = new Utf8JsonWriter(bytes)) await RankingResponseJson.WriteAsync(json, response, ["a", "b"], Cancellation);
        using var read = JsonDocument.Parse(bytes.ToArray());
        var items = read.RootElement.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(response.Items.Select(i => (i.Id, i.Score)),
            items.Select(i => (i.GetProperty("id").GetString()!, i.GetProperty("score").GetSingle())));
        Assert.All(items, i => Assert.Equal(JsonValueKind.Null, i.GetProperty("tasks").GetProperty("a").ValueKind));
        Assert.Equal(response.Missing, read.RootElement.GetProperty("missing").EnumerateArray().Select(m => m.GetString()!));
        Assert.Equal(Count + 1, read.RootElement.GetProperty("counts").GetProperty("scored").GetInt32());
        Assert.Equal(10, read.RootElement.GetProperty("timingUs").GetProperty("total").GetInt32());
    }

    /// <summary>A clock that holds up the ranking's thread until the gate opens.</summary>
    sealed class StoppedTime : TimeProvider
    {
        public ManualResetEventSlim Reached { get; } = new();

        public ManualResetEventSlim? Gate { get; set; }

        public override long GetTimestamp()
        {
            if (Thread.CurrentThread.Name == "argent-ranking")
            {
                Reached.Set();
                Gate?.Wait(Cancellation);
            }
            return 0;
        }
    }
}
