using Argent.Kernels;
using Argent.Model.Tests.Retrieval;
using Argent.Tensors;

namespace Argent.Model.Tests.Ranking;

public sealed class RankingTests : IDisposable
{
    readonly Workers _workers = new(2);
    readonly Scratch _scratch = new();

    public void Dispose()
    {
        _scratch.Dispose();
        _workers.Dispose();
    }

    static readonly string[] _tasks = ["task0", "task1"];

    SampleModel Sample(SampleOptions? options = null) => new(
        options ?? new SampleOptions { Tasks = _tasks, Value = "task0 + 2 * task1", HasBias = true }, CpuKernels.Create(_workers));

    RankingResponse Rank(SampleModel sample, RankingRequest request, IKernels? kernels = null)
    {
        _scratch.Reset();
        var ranking = sample.Model.Ranking;
        return ranking.Rank(ranking.Prepare(request), new ForwardPass(kernels ?? CpuKernels.Create(_workers), _scratch));
    }

    RetrievalResponse Retrieve(SampleModel sample, RetrievalRequest request)
    {
        var batch = new RetrievalBatch(1);
        batch.Add(sample.Model.Prepare(request));
        using var scratch = new Scratch();
        sample.Model.Forward(batch, new ForwardPass(CpuKernels.Create(_workers), scratch));
        return batch.Respond(0, "", 0);
    }

    static string Bits(float score, ReadOnlySpan<float> tasks) =>
        string.Join(' ', ((float[])[score, .. tasks]).Select(BitConverter.SingleToInt32Bits));

    [Theory]
    [InlineData(Metric.InnerProduct, TaskActivation.None)]
    [InlineData(Metric.InnerProduct, TaskActivation.Sigmoid)]
    [InlineData(Metric.L2, TaskActivation.None)]
    [InlineData(Metric.Cosine, TaskActivation.Sigmoid)]
    public void Scores_and_order_are_those_of_a_retrieval_bit_for_bit(Metric metric, TaskActivation activation)
    {
        var sample = Sample(new SampleOptions
        {
            Tasks = _tasks,
            Value = "task0 + 2 * task1",
            Metric = metric,
            Activation = activation,
            HasBias = metric == Metric.InnerProduct,
        });
        for (int seed = 0; seed < 5; seed++)
        {
            var user = sample.User(new Random(seed));
            foreach (string? value in (string?[])[null, "task1 - 0.5 * task0"])
            {
                var found = Retrieve(sample, new RetrievalRequest { User = user, K = 300, NProbe = 12, Value = value });
                string[] ids = [.. found.Items.Select(i => i.Id).Reverse()];
                var asked = new RankingRequest { User = user, Items = ids, Value = value };
                var ranked = Rank(sample, asked);
                Assert.Equal(ids, ranked.Items.Select(i => i.Id));
                Assert.Equal(
                    found.Items.Reverse().Select(i => $"{i.Row} {Bits(i.Score, i.Tasks)}"),
                    ranked.Items.Select(i => $"{i.Row} {Bits(i.Score, i.Tasks.Span)}"));
                var sorted = Rank(sample, asked with { Sort = true });
                Assert.Equal(found.Items.Select(i => i.Id), sorted.Items.Select(i => i.Id));
                var best = Rank(sample, asked with { K = 7 });
                Assert.Equal(found.Items.Take(7).Select(i => i.Id), best.Items.Select(i => i.Id));
                Assert.Equal(300, best.Scored);
            }
        }
    }

    [Fact]
    public void Every_variant_of_the_kernels_gives_the_order_of_the_request_whatever_its_length()
    {
        var sample = Sample();
        var user = sample.User(new Random(4));
        var all = Rank(sample, new RankingRequest { User = user, Items = [.. Ids(sample)] });
        var scores = all.Items.ToDictionary(i => i.Id, i => Bits(i.Score, i.Tasks.Span));
        foreach (var kernels in CpuKernels.All(_workers))
        {
            foreach (int count in (int[])[0, 1, 63, 64, 65, 4095, 4096, 4097, 9000])
            {
                var random = new Random(count);
                var known = Ids(sample);
                string[] ids = [.. Enumerable.Range(0, count).Select(_ => known[random.Next(known.Count)])];
                var ranked = Rank(sample, new RankingRequest { User = user, Items = ids }, kernels);
                // A duplicate is scored as often as it is asked.
                Assert.Equal(ids, ranked.Items.Select(i => i.Id));
                Assert.All(ranked.Items, i => Assert.Equal(scores[i.Id], Bits(i.Score, i.Tasks.Span)));
                Assert.Empty(ranked.Missing);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Unknown_and_removed_items_are_declared_and_not_scored(bool hasTextIds)
    {
        var sample = Sample(new SampleOptions { HasTextIds = hasTextIds });
        var known = Ids(sample);
        var lists = sample.Parts.Index.Lists;
        int removed = lists.SlotOfRow[3], gone = 5;
        lists.Live[removed / 64] &= ~(1UL << (removed % 64));
        lists.SlotOfRow[gone] = -1;
        string[] ids = ["no such item", known[2], known[3], "", known[gone], known[1], "no such item", "99999999999999999999", known[2]];
        var ranked = Rank(sample, new RankingRequest { User = sample.User(new Random(1)), Items = ids });
        Assert.Equal([known[2], known[1], known[2]], ranked.Items.Select(i => i.Id));
        Assert.Equal(
            ["no such item", known[3], "", known[gone], "no such item", "99999999999999999999"], ranked.Missing);
        Assert.Equal((3, 0), (ranked.Scored, ranked.Ineligible.Count));
        var none = Rank(sample, new RankingRequest { User = sample.User(new Random(1)), Items = ["?"], Sort = true });
        Assert.Empty(none.Items);
        Assert.Equal("?", Assert.Single(none.Missing));
    }

    [Theory]
    [InlineData("color = 'red'")]
    [InlineData("tag = 't7'")]
    [InlineData("NOT tag IN ('t1', 't2') AND year < 1996")]
    [InlineData("color = 'red' AND NOT color = 'red'")]
    public void A_filter_is_exact_and_says_who_does_not_match(string filter)
    {
        var sample = Sample();
        var user = sample.User(new Random(9));
        var eligible = Retrieve(sample, new RetrievalRequest { User = user, K = 700, NProbe = 12, Filter = filter });
        Assert.Equal(RetrievalStatus.Exhausted, eligible.Status);
        var ids = Ids(sample);
        var ranked = Rank(sample, new RankingRequest { User = user, Items = [.. ids, "?"], Filter = filter });
        var expected = eligible.Items.Select(i => i.Id).ToHashSet();
        Assert.Equal(ids.Where(expected.Contains), ranked.Items.Select(i => i.Id));
        Assert.Equal(ids.Where(id => !expected.Contains(id)), ranked.Ineligible);
        Assert.Equal("?", Assert.Single(ranked.Missing));
    }

    [Fact]
    public void Equal_values_keep_the_order_of_a_retrieval_and_duplicates_that_of_the_request()
    {
        var sample = Sample();
        var known = Ids(sample);
        string[] ids = [known[9], known[4], known[9], known[0], known[4]];
        var user = sample.User(new Random(2));
        var ranked = Rank(sample, new RankingRequest { User = user, Items = ids, Value = "0 * task0", Sort = true });
        Assert.Equal([known[0], known[4], known[4], known[9], known[9]], ranked.Items.Select(i => i.Id));
    }

    [Fact]
    public void Limits_are_named_and_the_largest_request_is_answered()
    {
        var sample = Sample();
        var known = Ids(sample);
        string[] most = [.. Enumerable.Range(0, 200_000).Select(i => known[i % known.Count])];
        var request = new RankingRequest { User = sample.User(new Random(3)), Items = most };
        Assert.Equal(200_000, Rank(sample, request).Items.Count);
        var error = Assert.Throws<RequestException>(() => Rank(sample, request with { Items = [.. most, "1"] }));
        Assert.Equal(RequestErrorKind.TooLarge, error.Kind);
        Assert.Contains("200001 ids; at most 200000", error.Message, StringComparison.Ordinal);
        Check(request with { Items = [new string('7', 1025)] }, RequestErrorKind.TooLarge, "1025 characters");
        Check(request with { Items = [null!] }, RequestErrorKind.BadRequest, "items holds null");
        Check(request with { Items = null! }, RequestErrorKind.BadRequest, "items is null");
        Check(request with { K = 0 }, RequestErrorKind.BadRequest, "k is 0");
        Check(request with { Filter = "colour = 'red'" }, RequestErrorKind.UnprocessableFilter, "color");
        Check(request with { Value = "task9" }, RequestErrorKind.UnprocessableValue, "task");
        Check(request with { Embeddings = RankingEmbeddings.Computed }, RequestErrorKind.BadRequest, "no item tower");

        void Check(RankingRequest wrong, RequestErrorKind kind, string says)
        {
            var thrown = Assert.Throws<RequestException>(() => sample.Model.Ranking.Prepare(wrong));
            Assert.Equal(kind, thrown.Kind);
            Assert.Contains(says, thrown.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_deadline_ends_a_ranking_and_another_models_request_is_refused()
    {
        var sample = Sample();
        var ranking = sample.Model.Ranking;
        var request = new RankingRequest { User = sample.User(new Random(3)), Items = ["5"] };
        var late = ranking.Prepare(request with { Items = Ids(sample) }, deadlineTimestamp: 0);
        Assert.Throws<TimeoutException>(() => ranking.Rank(late, new ForwardPass(CpuKernels.Create(_workers), _scratch)));
        var other = Sample().Model.Ranking.Prepare(request);
        Assert.Throws<ArgumentException>(() => ranking.Rank(other, new ForwardPass(CpuKernels.Create(_workers), _scratch)));
    }

    static List<string> Ids(SampleModel sample) =>
        [.. Enumerable.Range(0, sample.Catalogue.Count).Select(sample.Catalogue.Ids.Text)];
}
