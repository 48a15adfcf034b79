using Argent.Model.Tests.Retrieval;

namespace Argent.Model.Tests.Explaining;

public sealed class ChangeTests
{
    static readonly string[] _tasks = ["save", "like", "buy"];

    static ExplainedSample Sample(int seed, int heads) => new(
        new SampleOptions
        {
            Items = 220,
            Dim = 6,
            NList = 11,
            Tasks = _tasks[..heads],
            Value = heads == 1 ? "save" : "save + 0.5 * like",
            Seed = seed,
        },
        new Random(seed));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_suggested_change_serves_and_every_item_that_can_be_served_gets_one(int heads)
    {
        int changes = 0, fields = 0;
        for (int seed = 0; seed < 6; seed++)
        {
            using var sample = Sample(seed, heads);
            for (int pair = 0; pair < 60; pair++)
            {
                var request = sample.Request();
                string item = sample.Item(sample.Ask(request));
                var explanation = sample.Explain(request, item);
                string where = $"seed {seed}, pair {pair}: {request}, item {item}: {explanation}";
                if (explanation.Verdict is ItemVerdict.Served or ItemVerdict.UnknownItem or ItemVerdict.NotLive)
                {
                    Assert.True(explanation.Change is null, where);
                    continue;
                }
                Assert.True(explanation.Change is not null, where);
                var answer = sample.Ask(explanation.Change!.Request);
                Assert.True(answer.Items[explanation.Change.Rank - 1].Id == item, where);
                Assert.Equal(ItemVerdict.Served, explanation.Change.Steps[^1].Leads);
                Assert.Equal(Changed(request, explanation.Change.Request), explanation.Change.Steps.Select(s => s.Field).Order());
                if (explanation.Change.Steps.Count > 1) AssertNoStepIsNeedless(sample, request, explanation.Change, item, where);
                changes++;
                fields += explanation.Change.Steps.Count;
            }
        }
        Assert.True(changes > 100 && fields > changes, $"{changes} changes of {fields} fields");
    }

    static void AssertNoStepIsNeedless(
        ExplainedSample sample, RetrievalRequest request, ServingChange change, string item, string where)
    {
        var made = change.Request;
        var without = new Dictionary<string, RetrievalRequest>
        {
            ["exclude"] = made with { Exclude = request.Exclude },
            ["only"] = made with { Only = request.Only },
            ["filter"] = made with { Filter = request.Filter },
            ["nprobe"] = made with { NProbe = request.NProbe },
            ["rescore"] = made with { Rescore = request.Rescore },
            ["k"] = made with { K = request.K },
            ["blend"] = made with { Blend = request.Blend },
        };
        foreach (var step in change.Steps)
        {
            Assert.False(sample.Ask(without[step.Field]).Items.Any(i => i.Id == item), $"{step.Field}: {where}");
        }
    }

    static IEnumerable<string> Changed(RetrievalRequest from, RetrievalRequest to)
    {
        if (from.Blend != to.Blend) yield return "blend";
        if (!Equals(from.Exclude?.Count, to.Exclude?.Count)) yield return "exclude";
        if (from.Filter != to.Filter) yield return "filter";
        if (from.K != to.K) yield return "k";
        if (from.NProbe != to.NProbe) yield return "nprobe";
        if (!Equals(from.Only?.Count, to.Only?.Count)) yield return "only";
        if (from.Rescore != to.Rescore) yield return "rescore";
    }

    [Fact]
    public void No_smaller_k_or_nprobe_serves()
    {
        int ks = 0, nprobes = 0;
        for (int seed = 0; seed < 8; seed++)
        {
            using var sample = Sample(seed, heads: 1);
            for (int pair = 0; pair < 20; pair++)
            {
                var request = new RetrievalRequest
                {
                    User = sample.Sample.User(sample.Random),
                    K = sample.Random.Next(1, 30),
                    NProbe = sample.Random.Next(1, 5),
                    Filter = pair % 2 == 0 ? null : "NOT color = 'red'",
                };
                // Half of the items are among the best of all lists: more lists alone serve them.
                var best = sample.Ask(request with { NProbe = 11 }).Items;
                string item = pair % 4 < 2 ? best[^1].Id : sample.Model.Items.Text(sample.Random.Next(220));
                if (sample.Explain(request, item).Change is not { Steps: [var step] } change) continue;
                if (step.Field == "k")
                {
                    ks++;
                    Assert.Equal(change.Rank, change.Request.K);
                    for (int k = request.K; k < change.Request.K; k++) Assert.DoesNotContain(item, Ids(request with { K = k }));
                }
                if (step.Field == "nprobe")
                {
                    nprobes++;
                    for (int n = request.NProbe; n < change.Request.NProbe; n++)
                    {
                        Assert.DoesNotContain(item, Ids(request with { NProbe = n }));
                    }
                }

                IEnumerable<string> Ids(RetrievalRequest less) => sample.Ask(less).Items.Select(i => i.Id);
            }
        }
        Assert.True(ks > 10 && nprobes > 10, $"{ks} and {nprobes}");
    }

    [Fact]
    public void An_item_below_the_scan_is_served_by_the_least_rescore()
    {
        int found = 0;
        using var sample = Sample(seed: 3, heads: 1);
        for (int i = 0; i < 400; i++)
        {
            var request = new RetrievalRequest { User = sample.Sample.User(sample.Random), K = 10, NProbe = 11, Rescore = 0 };
            foreach (var missed in sample.Ask(request with { Rescore = null }).Items)
            {
                var explanation = sample.Explain(request, missed.Id);
                if (explanation.Verdict != ItemVerdict.BelowScan) continue;
                found++;
                Assert.Equal(10, explanation.Search.Kept);
                int margin = (int)explanation.Heads[0].ScanRank - 10;
                Assert.Equal([new ChangeStep("rescore", $"{margin}", ItemVerdict.Served)], explanation.Change!.Steps);
            }
        }
        Assert.True(found > 5, $"{found}");
    }

    [Fact]
    public void A_removed_or_unknown_item_has_no_change()
    {
        using var sample = Sample(seed: 1, heads: 1);
        var request = new RetrievalRequest { User = sample.Sample.User(sample.Random) };
        var unknown = sample.Explain(request, "no such item");
        Assert.Equal((ItemVerdict.UnknownItem, null, null), (unknown.Verdict, unknown.IsLive, unknown.Change));
        var lists = sample.Sample.Parts.Index.Lists;
        int slot = lists.SlotOfRow[7];
        lists.Live[slot / 64] &= ~(1UL << (slot % 64));
        var removed = sample.Explain(request, sample.Model.Items.Text(7));
        Assert.Equal((ItemVerdict.NotLive, false, null), (removed.Verdict, removed.IsLive, removed.Change));
        Assert.NotNull(removed.Value);
    }

    [Fact]
    public void A_pass_that_the_deadline_ended_is_explained_as_it_went_and_is_served_without_one()
    {
        using var sample = Sample(seed: 2, heads: 1);
        var request = new RetrievalRequest { User = sample.Sample.User(sample.Random), K = 60, NProbe = 1 };
        var whole = sample.Ask(request);
        Assert.True(whole.Probes > 1);
        int missed = 0;
        foreach (var item in whole.Items)
        {
            var explanation = sample.Explain(request, item.Id, deadline: 0);
            Assert.Equal((RetrievalStatus.Deadline, 1), (explanation.Search.Status, explanation.Search.Probes));
            if (explanation.Verdict == ItemVerdict.Served) continue;
            missed++;
            Assert.Equal(ItemVerdict.ListNotProbed, explanation.Verdict);
            Assert.Equal([new ChangeStep("deadlineMs", "none", ItemVerdict.Served)], explanation.Change!.Steps);
        }
        Assert.True(missed > 10);
    }

    [Fact]
    public void A_search_for_a_change_that_takes_too_long_ends_and_says_so()
    {
        var clock = new SlowClock();
        using var sample = new ExplainedSample(new SampleOptions { Items = 220, Dim = 6, NList = 11, Clock = clock }, new Random(4));
        var request = new RetrievalRequest { User = sample.Sample.User(sample.Random), K = 5, NProbe = 1 };
        var items = sample.Ask(request with { K = 150 }).Items;
        Assert.NotNull(sample.Explain(request, items[^1].Id).Change);
        clock.Step = TimeSpan.FromSeconds(3);
        var explanation = sample.Explain(request, items[^1].Id);
        Assert.True(explanation.IsChangeLate);
        Assert.Null(explanation.Change);
        Assert.NotEqual(ItemVerdict.Served, explanation.Verdict);
    }

    /// <summary>A clock that goes on by a step whenever it is read.</summary>
    sealed class SlowClock : TimeProvider
    {
        long _now;

        public TimeSpan Step { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now += Step.Ticks;
    }
}
