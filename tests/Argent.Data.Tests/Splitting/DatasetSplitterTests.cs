using Argent.Model;
using FsCheck;
using FsCheck.Fluent;

namespace Argent.Data.Tests;

public sealed class DatasetSplitterTests
{
    static Dataset Make(int users, int items, ulong seed, bool hasTimes, SplitSpec spec)
    {
        var chance = new Chance(seed, 99);
        Interactions Task(string name)
        {
            var start = new int[users + 1];
            var rows = new List<int>();
            var times = new List<long>();
            for (int u = 0; u < users; u++)
            {
                int count = chance.Next(12);
                var mine = Enumerable.Range(0, count).Select(_ => (Time: (long)chance.Next(100), Row: chance.Next(items))).ToList();
                mine = hasTimes ? [.. mine.Order()] : [.. mine.OrderBy(m => m.Row)];
                rows.AddRange(mine.Select(m => m.Row));
                times.AddRange(mine.Select(m => m.Time));
                start[u + 1] = rows.Count;
            }
            return new Interactions(name, start, [.. rows], hasTimes ? [.. times] : null);
        }
        var ids = ItemIds.FromSorted([.. Enumerable.Range(0, items).Select(i => (long)i * 3)]);
        string[] userIds = [.. Enumerable.Range(0, users).Select(u => "u" + u)];
        return new Dataset("made", new Catalogue(ids, null, []), userIds, [], [Task("save"), Task("like")], spec, "");
    }

    static HashSet<int> Set(Interactions events, int user) => [.. events.Of(user).ToArray()];

    static void CheckCommon(Dataset data, DatasetSplit split, ulong seed)
    {
        Assert.Equal(["save", "like"], split.Train.Select(t => t.Task));
        Assert.Equal("save", split.Test.Task);
        for (int u = 0; u < data.UserIds.Count; u++)
        {
            string place = $"seed {seed}, user {u}";
            var test = split.Test.Of(u).ToArray();
            Assert.True(test.Length == test.Distinct().Count(), place);
            var asked = test.ToHashSet();
            foreach (var train in split.Train) Assert.False(Set(train, u).Overlaps(asked), place);
            Assert.True(Set(data.Events[0], u).IsSupersetOf(asked), place);
            Assert.True(asked.Count == 0 || split.Train[0].Of(u).Length > 0, place);
        }
    }

    [Theory]
    [InlineData(0.2, 5)]
    [InlineData(0.01, 1)]
    [InlineData(0.99, 2)]
    public void A_random_split_holds_out_by_the_hash_and_keeps_something_on_each_side(double holdout, int minEvents)
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var spec = new SplitSpec("save", SplitKind.Random, holdout, minEvents, seed, 0);
            var data = Make(60, 40, seed, seed % 2 == 0, spec);
            var split = DatasetSplitter.Split(data);
            CheckCommon(data, split, seed);
            for (int u = 0; u < 60; u++)
            {
                int pairs = Set(data.Events[0], u).Count, held = split.Test.Of(u).Length;
                bool isTested = pairs >= Math.Max(2, minEvents);
                Assert.True(isTested ? held >= 1 && held < pairs : held == 0, $"seed {seed}, user {u}: {held} of {pairs}");
                // Only the held-out pairs leave training, from every task.
                Assert.Equal(
                    data.Events[1].Of(u).ToArray().Where(r => !Set(split.Test, u).Contains(r)), split.Train[1].Of(u).ToArray());
            }
        }
    }

    [Fact]
    public void A_pair_is_held_out_by_its_own_hash_alone()
    {
        var spec = new SplitSpec("save", SplitKind.Random, 0.3, 2, 7, 0);
        var data = Make(50, 30, 5, false, spec);
        var split = DatasetSplitter.Split(data);
        int exact = 0;
        for (int u = 0; u < 50; u++)
        {
            var expected = Set(data.Events[0], u)
                .Where(r => SplitHash.Fraction(7, SplitHash.OfId("u" + u), SplitHash.OfId($"{r * 3}")) < 0.3).ToHashSet();
            if (expected.Count == 0 || expected.Count == Set(data.Events[0], u).Count) continue;
            exact++;
            Assert.Equal(expected, Set(split.Test, u), HashSet<int>.CreateSetComparer());
        }
        Assert.True(exact > 20);
    }

    [Fact]
    public void The_hash_is_the_documented_one_for_ever()
    {
        // From ten lines of Python after the formula in the documentation of SplitHash.
        Assert.Equal(0xCBF29CE484222325UL, SplitHash.OfId(""));
        Assert.Equal(0xAF63AC4C86019AFCUL, SplitHash.OfId("1"));
        Assert.Equal(Expected("42", "é", 7), SplitHash.Fraction(7, SplitHash.OfId("42"), SplitHash.OfId("é")));
        Assert.Equal(0.3594307766357433, SplitHash.Fraction(7, SplitHash.OfId("42"), SplitHash.OfId("1")));
    }

    static double Expected(string user, string item, ulong seed)
    {
        static ulong Fnv(string text) =>
            System.Text.Encoding.UTF8.GetBytes(text).Aggregate(14695981039346656037, (h, b) => (h ^ b) * 1099511628211);
        static ulong Mix(ulong v)
        {
            v = (v ^ v >> 30) * 0xBF58476D1CE4E5B9;
            v = (v ^ v >> 27) * 0x94D049BB133111EB;
            return v ^ v >> 31;
        }
        return (Mix(Mix(Fnv(user) + seed) + Fnv(item)) >> 11) / 9007199254740992.0;
    }

    [Fact]
    public void A_temporal_split_learns_only_from_before_the_moment()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var data = Make(60, 40, seed, true, new SplitSpec("save", SplitKind.Temporal, 0.2, 3, 1, 60));
            var split = DatasetSplitter.Split(data);
            CheckCommon(data, split, seed);
            Assert.All(split.Train, t => Assert.All(t.Times!, time => Assert.True(time < 60)));
            Assert.All(split.Test.Times!, time => Assert.True(time >= 60));
            Assert.True(split.Test.Count > 0);
        }
    }

    [Fact]
    public void Leave_last_out_asks_for_the_last_new_item_and_forgets_what_came_later()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var data = Make(60, 40, seed, true, new SplitSpec("save", SplitKind.LeaveLastOut, 0.2, 2, 1, 0));
            var split = DatasetSplitter.Split(data);
            CheckCommon(data, split, seed);
            for (int u = 0; u < 60; u++)
            {
                int pairs = Set(data.Events[0], u).Count;
                Assert.Equal(pairs >= 2 ? 1 : 0, split.Test.Of(u).Length);
                if (pairs < 2) continue;
                long last = split.Test.Times![split.Test.Start[u]];
                foreach (var train in split.Train)
                {
                    var times = train.Times.AsSpan(train.Start[u], train.Of(u).Length).ToArray();
                    Assert.All(times, t => Assert.True(t <= last));
                }
            }
        }
    }

    [Theory]
    [InlineData(SplitKind.Random, 0)]
    [InlineData(SplitKind.Temporal, 60)]
    [InlineData(SplitKind.LeaveLastOut, 0)]
    public void Further_tasks_are_held_out_by_the_same_rule_and_the_first_is_asked_the_same(SplitKind kind, long after)
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var spec = new SplitSpec("save", kind, 0.3, 3, seed, after);
            var data = Make(60, 40, seed, true, spec);
            var (one, other) = (DatasetSplitter.Split(data), DatasetSplitter.Split(data, spec with { Task = "like" }));
            var both = DatasetSplitter.Split(data, spec with { Also = ["like"] });
            Assert.Equal(one.Test.ItemRows, both.Test.ItemRows);
            Assert.Equal(one.Test.Start, both.Test.Start);
            Assert.Equal("like", Assert.Single(both.AlsoTest).Task);
            Assert.Equal(other.Test.ItemRows, both.AlsoTest[0].ItemRows);
            Assert.Empty(one.AlsoTest);
            for (int u = 0; u < data.UserIds.Count; u++)
            {
                HashSet<int> asked = [.. Set(both.Test, u), .. Set(both.AlsoTest[0], u)];
                for (int task = 0; task < 2; task++)
                {
                    var kept = Set(both.Train[task], u);
                    Assert.False(kept.Overlaps(asked), $"seed {seed}, user {u}");
                    // What either split keeps away is kept away, and nothing else.
                    var expected = Set(one.Train[task], u);
                    expected.IntersectWith(Set(other.Train[task], u));
                    Assert.Equal(expected, kept, HashSet<int>.CreateSetComparer());
                }
            }
        }
    }

    [Fact]
    public void Splits_are_the_same_each_time_and_follow_the_seed()
    {
        Prop.ForAll<ulong>(seed =>
        {
            var spec = new SplitSpec("save", SplitKind.Random, 0.4, 2, seed, 0);
            var data = Make(20, 30, 3, false, spec);
            int[] once = DatasetSplitter.Split(data).Test.ItemRows, again = DatasetSplitter.Split(data).Test.ItemRows;
            int[] other = DatasetSplitter.Split(data, spec with { Seed = seed + 1 }).Test.ItemRows;
            return once.SequenceEqual(again) && !once.SequenceEqual(other);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_cannot_be_split_is_refused()
    {
        var data = Make(3, 5, 1, false, new SplitSpec("save", SplitKind.Random, 0.2, 2, 1, 0));
        TestText.Fails<ArgumentException>("has no \"split\"", () => DatasetSplitter.Split(data with { Split = null }));
        TestText.Fails<ArgumentException>("'buy'", () => DatasetSplitter.Split(data, data.Split! with { Task = "buy" }));
        TestText.Fails<ArgumentException>("'buy'", () => DatasetSplitter.Split(data, data.Split! with { Also = ["buy"] }));
        var last = data.Split! with { Kind = SplitKind.LeaveLastOut };
        TestText.Fails<ArgumentException>("no times", () => DatasetSplitter.Split(data, last));
    }

    [Fact]
    public void Books_are_split_at_the_known_popularity_level()
    {
        var data = SharedData.Books();
        var split = DatasetSplitter.Split(data);
        Assert.Equal(912_705, split.Train[0].Count + split.Test.Count);
        Assert.InRange(split.Test.Count, 175_000, 190_000);
        var popular = new PopularityRanking(split.Train[0], data.Items.Count);
        var metrics = new RankingMetrics(data.Items.Count, 20, 100);
        var top = new int[100];
        for (int u = 0; u < data.UserIds.Count; u++)
        {
            popular.Top(split.Train[0].Of(u), top);
            metrics.Add(top, split.Test.Of(u));
        }
        Assert.InRange(metrics.Recall(20), 0.033, 0.039);
        Assert.InRange(metrics.Recall(100), 0.12, 0.135);
        Assert.InRange(metrics.Coverage(100), 0.01, 0.03);
    }
}
