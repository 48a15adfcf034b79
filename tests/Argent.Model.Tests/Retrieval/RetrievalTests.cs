using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Retrieval;

public sealed class RetrievalTests : IDisposable
{
    readonly Workers _workers = new(2);
    readonly Scratch _scratch = new();

    public void Dispose()
    {
        _scratch.Dispose();
        _workers.Dispose();
    }

    IKernels Kernels => CpuKernels.Create(_workers);

    RetrievalResponse Ask(RetrievalModel model, RetrievalRequest request, IKernels kernels, long deadline = long.MaxValue)
    {
        _scratch.Reset();
        var batch = new RetrievalBatch(1);
        batch.Add(model.Prepare(request, deadline));
        model.Forward(batch, new ForwardPass(kernels, _scratch));
        return batch.Respond(0, "sample/1", 7);
    }

    [Theory]
    [InlineData(Metric.InnerProduct, false)]
    [InlineData(Metric.InnerProduct, true)]
    [InlineData(Metric.L2, false)]
    public void All_lists_give_exactly_what_brute_force_gives(Metric metric, bool bias)
    {
        foreach (var kernels in CpuKernels.All(_workers))
        {
            var sample = new SampleModel(new SampleOptions { Metric = metric, HasBias = bias }, kernels);
            var oracle = new BruteForce(sample);
            var random = new Random(11);
            string?[] filters =
            [
                null, "color = 'red'", "tag = 't7' OR year = 1995",
                "NOT tag IN ('t1', 't2', 't3') AND NOT color = 'blue'", "tag = 't59' AND year = 1991",
            ];
            foreach (string? filter in filters)
            {
                foreach (int k in (int[])[1, 10, 63, 65])
                {
                    var request = new RetrievalRequest { User = sample.User(random), K = k, Filter = filter, NProbe = 12 };
                    var expected = oracle.Search(request);
                    var answer = Ask(sample.Model, request, kernels);
                    Assert.Equal(expected.Take(k).Select(e => (e.Row, (float)e.Value)), answer.Items.Select(i => (i.Row, i.Score)));
                    Assert.Equal(expected.Count >= k ? RetrievalStatus.Complete : RetrievalStatus.Exhausted, answer.Status);
                    Assert.Equal(12, answer.Probes);
                    if (expected.Count < k) Assert.Equal(expected.Count, answer.EligibleSeen);
                    else Assert.True(answer.EligibleSeen >= k);
                }
            }
        }
    }

    [Fact]
    public void Rescore_widens_what_is_scored_exactly()
    {
        foreach (var kernels in CpuKernels.All(_workers))
        {
            var sample = new SampleModel(new SampleOptions(), kernels);
            var oracle = new BruteForce(sample);
            var random = new Random(12);
            int[] found = new int[3], margins = [0, 5, 1000];
            for (int i = 0; i < 20; i++)
            {
                var request = new RetrievalRequest { User = sample.User(random), K = 30, NProbe = 12 };
                var exact = oracle.Search(request).ToDictionary(e => e.Row, e => (float)e.Value);
                var best = exact.OrderByDescending(e => e.Value).ThenBy(e => e.Key).Take(30).Select(e => e.Key).ToHashSet();
                for (int m = 0; m < margins.Length; m++)
                {
                    var items = Ask(sample.Model, request with { Rescore = margins[m] }, kernels).Items;
                    Assert.All(items, item => Assert.Equal(exact[item.Row], item.Score));
                    Assert.Equal(items.OrderByDescending(item => item.Score).ThenBy(item => item.Row), items);
                    found[m] += items.Count(item => best.Contains(item.Row));
                }
            }
            Assert.Equal(20 * 30, found[2]);
            Assert.True(found[0] < found[1] && found[1] <= found[2], string.Join(" ", found));
        }
    }

    [Fact]
    public void Cosine_orders_by_angle_whatever_the_length_of_the_query()
    {
        var sample = new SampleModel(new SampleOptions { Metric = Metric.Cosine }, Kernels);
        var oracle = new BruteForce(sample);
        var random = new Random(5);
        for (int i = 0; i < 10; i++)
        {
            var user = sample.User(random);
            var request = new RetrievalRequest { User = user, K = 20, NProbe = 12 };
            var expected = oracle.Search(request);
            var scaled = request with { User = new UserInput { Vectors = [[.. user.Vectors![0].Select(x => x * 1000)]] } };
            foreach (var answer in new[] { Ask(sample.Model, request, Kernels), Ask(sample.Model, scaled, Kernels) })
            {
                // A unit vector in bfloat16 is off by 2^-9 of each number at most.
                for (int rank = 0; rank < 20; rank++) Assert.Equal(expected[rank].Value, answer.Items[rank].Score, 0.004);
            }
        }
    }

    [Fact]
    public void An_answer_carries_ids_titles_tasks_and_where_it_came_from()
    {
        var sample = new SampleModel(new SampleOptions { HasTextIds = true }, Kernels);
        var answer = Ask(sample.Model, new RetrievalRequest { User = sample.User(new Random(3)), K = 30 }, Kernels);
        Assert.Equal(("sample/1", 7L), (answer.Snapshot, answer.Watermark));
        Assert.Equal(30, answer.Items.Count);
        foreach (var item in answer.Items)
        {
            Assert.Equal($"item-{item.Row:D6}", item.Id);
            Assert.Equal(item.Row % 5 == 0 ? null : $"Nr. {item.Row} — „ü“", item.Title);
            Assert.Equal([item.Score], item.Tasks);
        }
    }

    [Fact]
    public void Excluded_items_never_return_and_only_allowed_ones_do()
    {
        var sample = new SampleModel(new SampleOptions(), Kernels);
        var oracle = new BruteForce(sample);
        var random = new Random(17);
        var user = sample.User(random);
        string[] best = [.. Ask(sample.Model, new RetrievalRequest { User = user, K = 40, NProbe = 12 }, Kernels).Items.Select(i => i.Id)];
        foreach (string? filter in new[] { null, "NOT tag = 't3'" })
        {
            var all = new RetrievalRequest { User = user, K = 40, NProbe = 12, Filter = filter };
            var exclude = all with { Exclude = [.. best, best[0], "999999", "-5"] };
            var left = Ask(sample.Model, exclude, Kernels).Items.Select(i => i.Row);
            Assert.Equal(oracle.Search(exclude).Take(40).Select(e => e.Row), left);

            var only = all with { NProbe = 1, Only = [.. best[10..20], best[10], "999999"], Exclude = [best[12]] };
            var answer = Ask(sample.Model, only, Kernels);
            Assert.Equal(oracle.Search(only).Select(e => e.Row), answer.Items.Select(i => i.Row));
            Assert.Equal(RetrievalStatus.Exhausted, answer.Status);
        }
        var none = Ask(sample.Model, new RetrievalRequest { User = user, K = 5, Only = [] }, Kernels);
        Assert.Empty(none.Items);
        Assert.Equal((RetrievalStatus.Exhausted, 0), (none.Status, none.Probes));
    }

    [Fact]
    public void Few_allowed_items_are_found_in_their_own_lists_and_many_by_probing()
    {
        // More lists than items: some are empty.
        foreach (int nlist in (int[])[40, 600])
        {
            var sample = new SampleModel(new SampleOptions { Items = 500, NList = nlist }, Kernels);
            var oracle = new BruteForce(sample);
            var random = new Random(31);
            foreach (int count in (int[])[1, 2, 5, 30, 400])
            {
                string[] only = [.. Enumerable.Range(0, count).Select(_ => sample.Catalogue.Ids.Text(random.Next(500))).Distinct()];
                var request = new RetrievalRequest { User = sample.User(random), K = 500, NProbe = 2, Only = only };
                var answer = Ask(sample.Model, request, Kernels);
                Assert.Equal(oracle.Search(request).Select(e => e.Row), answer.Items.Select(i => i.Row));
                Assert.Equal(RetrievalStatus.Exhausted, answer.Status);
                if (count <= 5) Assert.InRange(answer.Probes, 1, only.Length);
                Assert.Equal(only.Length, answer.EligibleSeen);
            }
        }
    }

    [Fact]
    public void A_strict_filter_widens_the_probe_until_k_are_found_or_nothing_is_left()
    {
        var sample = new SampleModel(new SampleOptions { Items = 2000, NList = 40 }, Kernels);
        var oracle = new BruteForce(sample);
        var random = new Random(23);
        var seen = new HashSet<RetrievalStatus>();
        for (int i = 0; i < 20; i++)
        {
            var request = new RetrievalRequest { User = sample.User(random), K = 65, NProbe = 1, Filter = $"tag = 't{i}'" };
            int eligible = oracle.Search(request).Count;
            var answer = Ask(sample.Model, request, Kernels);
            Assert.Equal(Math.Min(65, eligible), answer.Items.Count);
            Assert.Equal(eligible < 65 ? RetrievalStatus.Exhausted : RetrievalStatus.Complete, answer.Status);
            Assert.InRange(answer.Probes, 4, 40);
            Assert.True(answer.EligibleSeen >= answer.Items.Count);
            if (answer.Status == RetrievalStatus.Exhausted) Assert.Equal(eligible, answer.EligibleSeen);
            int[] rows = [.. answer.Items.Select(x => x.Row)];
            Assert.Equal(rows, oracle.Search(request).Select(e => e.Row).Where(rows.Contains));
            seen.Add(answer.Status);
        }
        Assert.Equal(2, seen.Count);
    }

    [Fact]
    public void A_widened_probe_finds_what_the_same_lists_give_at_once()
    {
        var sample = new SampleModel(new SampleOptions { Items = 2000, NList = 64 }, Kernels);
        var random = new Random(29);
        for (int i = 0; i < 10; i++)
        {
            // Without a filter, so that only the number of items widens the probe.
            var request = new RetrievalRequest { User = sample.User(random), K = 500, NProbe = 1, Exclude = ["5", "8"] };
            var widened = Ask(sample.Model, request, Kernels);
            var atOnce = Ask(sample.Model, request with { NProbe = widened.Probes }, Kernels);
            Assert.Equal(atOnce.Items.Select(x => (x.Row, x.Score)), widened.Items.Select(x => (x.Row, x.Score)));
            Assert.True(widened.Probes > 1);
        }
    }

    [Fact]
    public void The_stricter_a_filter_is_the_more_lists_are_probed()
    {
        var sample = new SampleModel(new SampleOptions { Items = 4000, NList = 60 }, Kernels);
        var random = new Random(41);
        string?[] filters =
        [
            null, "NOT color = 'red'", "color IN ('red', 'blue')", "color = 'red'", "color = 'red' AND tag = 't1'",
        ];
        var means = new List<double>();
        foreach (string? filter in filters)
        {
            var request = new RetrievalRequest { K = 1, NProbe = 12, Filter = filter };
            means.Add(Enumerable.Range(0, 20).Average(
                _ => Ask(sample.Model, request with { User = sample.User(random) }, Kernels).Probes));
        }
        // 7/8, 1/4 and 1/8 of the items pass; the last filter passes fewer than the scan keeps.
        Assert.Equal(12, means[0]);
        Assert.InRange(means[1], 12.5, 14);
        Assert.InRange(means[2], 15, 22);
        Assert.True(means[3] > means[2]);
        Assert.True(means[4] > 50);
    }

    [Fact]
    public void Time_that_is_over_ends_the_search_after_the_first_round()
    {
        var sample = new SampleModel(new SampleOptions { Items = 2000, NList = 40 }, Kernels);
        var request = new RetrievalRequest { User = sample.User(new Random(2)), K = 100, NProbe = 1, Filter = "NOT tag = 't1'" };
        long now = TimeProvider.System.GetTimestamp();
        var late = Ask(sample.Model, request, Kernels, deadline: now);
        Assert.Equal((RetrievalStatus.Deadline, 1), (late.Status, late.Probes));
        Assert.True(late.Items.Count < 100);
        var enough = Ask(sample.Model, request with { K = 1, Filter = null }, Kernels, deadline: 0);
        Assert.Equal(RetrievalStatus.Complete, enough.Status);
    }

    [Fact]
    public void A_filter_that_few_items_pass_is_asked_of_all_lists_at_once()
    {
        var sample = new SampleModel(new SampleOptions { Items = 4000, NList = 60 }, Kernels);
        var random = new Random(43);
        for (int i = 0; i < 10; i++)
        {
            var request = new RetrievalRequest
            {
                User = sample.User(random),
                K = 5,
                NProbe = 10,
                Filter = "tag = 't1' AND year BETWEEN 1992 AND 1994 AND color = 'red'",
            };
            // Even without time: there is only one round.
            var answer = Ask(sample.Model, request, Kernels, deadline: 0);
            var expected = new BruteForce(sample).Search(request).Select(e => e.Row).ToList();
            Assert.Equal(60, answer.Probes);
            Assert.Equal(expected.Count < 5 ? RetrievalStatus.Exhausted : RetrievalStatus.Complete, answer.Status);
            Assert.Equal(expected.Take(5), answer.Items.Select(item => item.Row));
        }
    }

    [Fact]
    public void What_few_items_match_and_the_mask_cannot_rule_out_is_verified_before_the_scan_scores()
    {
        // The complement of Bloom terms rules out nothing.
        var sample = new SampleModel(new SampleOptions { Items = 4000, NList = 60 }, Kernels);
        var random = new Random(44);
        string Tags(int first) => string.Join(", ", Enumerable.Range(first, 40).Select(t => $"'t{t}'"));
        string filter = $"tag NOT IN ({Tags(0)}) AND tag NOT IN ({Tags(20)}) AND tag NOT IN ({Tags(10)})";
        for (int i = 0; i < 10; i++)
        {
            var request = new RetrievalRequest { User = sample.User(random), K = 20, NProbe = 60, Filter = filter };
            Assert.True(sample.Model.Prepare(request).Filter!.VerifyFirst);
            var answer = Ask(sample.Model, request, Kernels);
            Assert.Equal(new BruteForce(sample).Search(request).Take(20).Select(e => e.Row), answer.Items.Select(item => item.Row));
        }
        var wide = new RetrievalRequest { User = sample.User(random), K = 20, Filter = $"tag IN ({Tags(0)})" };
        Assert.False(sample.Model.Prepare(wide).Filter!.VerifyFirst);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    public void More_items_than_there_are_gives_all_of_them(int items)
    {
        var sample = new SampleModel(new SampleOptions { Items = items, NList = 3, HasFeatures = items > 0 }, Kernels);
        var request = new RetrievalRequest { User = sample.User(new Random(2)), K = 100_000 };
        var answer = Ask(sample.Model, request, Kernels);
        Assert.Equal(new BruteForce(sample).Search(request).Select(e => e.Row), answer.Items.Select(i => i.Row));
        Assert.Equal(RetrievalStatus.Exhausted, answer.Status);
    }
}
