using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Retrieval;

public sealed class MergeHeadsTests
{
    const int Slots = 640;

    // Slot s holds row (s * 77) % 640: slots and rows are different orders.
    static IvfTensors Index()
    {
        int[] rows = [.. Enumerable.Range(0, Slots).Select(s => s * 77 % Slots)];
        var index = new IvfTensors
        {
            Codes = Tensor.Zeros<sbyte>(new Shape(Slots, 64)),
            Scales = Tensor.Zeros<float>(new Shape(Slots)),
            Bias = Tensor.Zeros<float>(new Shape(Slots)),
            Live = Tensor.Zeros<ulong>(new Shape(Slots / 64)),
            Rows = Tensor.From<int>(rows),
            SlotOfRow = Tensor.Zeros<int>(new Shape(Slots)),
            ListStart = Tensor.From(0, Slots),
            ListCount = Tensor.From(Slots),
        };
        for (int s = 0; s < Slots; s++) index.SlotOfRow[rows[s]] = s;
        return index;
    }

    static List<(float Score, int Slot)>[] Heads(Random random, int heads, int kept, IvfTensors index) =>
        [.. Enumerable.Range(0, heads).Select(_ => Head(random, kept, index))];

    static List<(float Score, int Slot)> Head(Random random, int kept, IvfTensors index)
    {
        int[] slots = [.. Enumerable.Range(0, Slots)];
        random.Shuffle(slots);
        // Few distinct scores: many ties.
        var scored = slots[..random.Next(kept + 1)].Select(s => (Score: random.Next(-9, 10) / 4f, Slot: s));
        return [.. scored.OrderByDescending(c => c.Score).ThenBy(c => index.Rows[c.Slot])];
    }

    static HeadCandidates Candidates(List<(float Score, int Slot)>[] heads, int kept, Scratch scratch)
    {
        var candidates = HeadCandidates.Rent(heads.Length, kept, scratch);
        candidates.Scores.Span.Fill(float.NegativeInfinity);
        candidates.Slots.Span.Fill(FusedScanArgs.NoSlot);
        for (int h = 0; h < heads.Length; h++)
        {
            candidates.Found[h] = heads[h].Count;
            for (int i = 0; i < heads[h].Count; i++)
            {
                (candidates.Scores[h * kept + i], candidates.Slots[h * kept + i]) = heads[h][i];
            }
        }
        return candidates;
    }

    static MergeConfig Config(MergeKind kind, float[] weights) => new()
    {
        Kind = kind,
        Weights = kind == MergeKind.WeightedSum ? weights : null,
        Operator = kind == MergeKind.Custom ? FusedRanks.Name : null,
    };

    static int[] Merged(MergeKind kind, List<(float Score, int Slot)>[] heads, int kept, IvfTensors index, float[] weights)
    {
        using var scratch = new Scratch();
        var merge = new MergeHeads(Config(kind, weights), heads.Length);
        var slots = scratch.Rent<int>(new Shape(merge.Capacity(kept)));
        slots.Span.Fill(12345);
        int count = merge.Merge(new MergeHeadsArgs
        {
            Candidates = Candidates(heads, kept, scratch),
            FirstQuery = 0,
            Offsets = Tensor.From<float>([.. Enumerable.Range(0, heads.Length).Select(h => h * 0.5f)]),
            Index = index,
            Slots = slots,
        }, scratch);
        Assert.All(slots.Span[count..].ToArray(), s => Assert.Equal(FusedScanArgs.NoSlot, s));
        return slots.Span[..count].ToArray();
    }

    static int[] Expected(MergeKind kind, List<(float Score, int Slot)>[] heads, int capacity, IvfTensors index, float[] weights)
    {
        if (kind == MergeKind.RoundRobin && heads.Length > 1) return InTurns(heads, capacity);
        var scored = new List<(float Score, int Slot)>();
        foreach (int slot in heads.SelectMany(h => h.Select(c => c.Slot)).Distinct())
        {
            float?[] scores =
                [.. heads.Select((h, i) => h.Where(c => c.Slot == slot).Select(c => (float?)(c.Score + i * 0.5f)).FirstOrDefault())];
            if (kind == MergeKind.Intersection && scores.Any(s => s is null)) continue;
            float[] floors = [.. heads.Select((h, i) => h.Count == 0 ? 0 : h[^1].Score + i * 0.5f)];
            float score = kind switch
            {
                MergeKind.Union => scores.Max()!.Value,
                MergeKind.Custom => FusedRanks.Of([.. heads.Select(h => h.FindIndex(c => c.Slot == slot))]),
                _ => scores.Select((s, i) => (kind == MergeKind.WeightedSum ? weights[i] : 1) * (s ?? floors[i])).Sum(),
            };
            scored.Add((score, slot));
        }
        return [.. scored.OrderByDescending(s => s.Score).ThenBy(s => index.Rows[s.Slot]).Take(capacity).Select(s => s.Slot)];
    }

    /// <summary>The first of every head, the second of every head, ..., each item once.</summary>
    static int[] InTurns(List<(float Score, int Slot)>[] heads, int capacity) =>
    [
        .. Enumerable.Range(0, heads.Max(h => h.Count))
            .SelectMany(rank => heads.Where(h => rank < h.Count).Select(h => h[rank].Slot))
            .Distinct().Take(capacity),
    ];

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_union_that_is_not_cut_has_the_order_of_the_kernels_definition(int heads)
    {
        const int Kept = 60;
        var index = Index();
        for (int seed = 0; seed < 20; seed++)
        {
            using var scratch = new Scratch();
            var drawn = Heads(new Random(seed), heads, Kept, index);
            var candidates = Candidates(drawn, Kept, scratch);
            var args = new MergeCandidatesArgs
            {
                Slots = candidates.Slots,
                Found = candidates.Found,
                Merged = Tensor.Zeros<int>(new(1, heads * Kept)),
                Counts = Tensor.Zeros<int>(new(1)),
            };
            MergeCandidatesReference.Run(args);
            Assert.Equal(Merged(MergeKind.Union, drawn, Kept, index, []), args.Merged.ToArray()[..args.Counts[0]]);
        }
    }

    [Fact]
    public void Every_kind_merges_as_its_definition_says()
    {
        FusedRanks.Register();
        var index = Index();
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            int count = random.Next(1, 8), kept = random.Next(1, 90);
            var heads = Heads(random, count, kept, index);
            // Powers of two keep the sums exact.
            float[] weights = [.. Enumerable.Range(0, count).Select(i => 1f / (1 << i))];
            foreach (var kind in Enum.GetValues<MergeKind>())
            {
                int capacity = new MergeHeads(Config(kind, weights), count).Capacity(kept);
                int[] expected = Expected(kind, heads, capacity, index, weights);
                int[] merged = Merged(kind, heads, kept, index, weights);
                Assert.True(expected.Order().SequenceEqual(merged.Order()), $"seed {seed}, {kind}, {count} heads, kept {kept}");
            }
        }
    }

    [Fact]
    public void One_head_passes_through_in_its_order()
    {
        var index = Index();
        var heads = Heads(new Random(4), 1, 80, index);
        Assert.Equal(heads[0].Select(c => c.Slot), Merged(MergeKind.Union, heads, 80, index, [1f]));
    }

    [Fact]
    public void Two_scans_of_different_lists_become_one_in_result_order()
    {
        var index = Index();
        for (int seed = 0; seed < 100; seed++)
        {
            using var scratch = new Scratch();
            var random = new Random(seed);
            int kept = random.Next(1, 70);
            var all = Heads(random, 1, 140, index)[0];
            List<(float Score, int Slot)> even = [.. all.Where(c => c.Slot % 2 == 0).Take(kept)];
            List<(float Score, int Slot)> odd = [.. all.Where(c => c.Slot % 2 == 1).Take(kept)];
            var left = Candidates([even], kept, scratch);
            var right = Candidates([odd], kept, scratch);
            (left.EligibleSeen[0], right.EligibleSeen[0]) = (5, 1L << 40);
            left.Absorb(0, in right, 0, index, scratch);
            var expected = all.Take(kept).ToList();
            Assert.True(expected.Count == left.Found[0], $"seed {seed}");
            Assert.Equal(expected, Enumerable.Range(0, expected.Count).Select(i => (left.Scores[i], left.Slots[i])));
            Assert.Equal(5 + (1L << 40), left.EligibleSeen[0]);
        }
    }

    [Fact]
    public void Heads_take_turns_and_the_list_is_as_long_as_one_head_keeps()
    {
        var index = Index();
        List<(float Score, int Slot)>[] heads = [[(9, 5), (8, 6), (7, 7)], [(1, 6), (0.5f, 8)], [(-3, 5), (-4, 9), (-5, 10)]];
        Assert.Equal([5, 6, 8, 9], Merged(MergeKind.RoundRobin, heads, 4, index, []));
        Assert.Equal([5, 6, 8, 9, 7, 10], Merged(MergeKind.RoundRobin, heads, 6, index, []));
    }

    [Theory]
    [InlineData(MergeKind.WeightedSum, new[] { 1f, 2f }, null, "2 merge weights for 3 heads")]
    [InlineData(MergeKind.WeightedSum, new[] { 1f, 2f, float.NaN }, null, "finite")]
    [InlineData(MergeKind.Union, new[] { 1f, 2f, 3f }, null, "no weights")]
    [InlineData(MergeKind.Custom, null, null, "names its operator")]
    [InlineData(MergeKind.Union, null, "fused", "names its operator")]
    [InlineData((MergeKind)17, null, null, "17")]
    public void What_does_not_go_together_is_refused(MergeKind kind, float[]? weights, string? name, string expected)
    {
        var config = new MergeConfig { Kind = kind, Weights = weights, Operator = name };
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => new MergeHeads(config, 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_order_scores_descending_and_rows_ascending()
    {
        float[] scores = [float.MaxValue, 3, 1e-30f, 0, -1e-30f, -3, float.MinValue, float.NegativeInfinity];
        ulong[] keys = [.. scores.SelectMany(s => new[] { RankOrder.Key(s, 0), RankOrder.Key(s, 7), RankOrder.Key(s, int.MaxValue) })];
        Assert.Equal(keys.Order(), keys);
        Assert.Equal(RankOrder.Key(0f, 3), RankOrder.Key(-0f, 3));
        Assert.Equal(int.MaxValue, RankOrder.Row(keys[2]));
    }
}
