using Argent.Tensors;

namespace Argent.Model.Tests.Blending;

public sealed class ListComposerTests
{
    const int Seed = 90_125;

    [Fact]
    public void Every_place_has_the_candidate_that_is_worth_most_there_by_definition()
    {
        var random = new Random(Seed);
        for (int round = 0; round < 120; round++)
        {
            var oracle = Draw(random);
            int places = random.Next(1, oracle.Quality.Length + 5);
            var (list, reasons) = Compose(oracle, places);
            var before = new List<int>();
            foreach (int chosen in list)
            {
                double[] worth = oracle.Worth(before, places);
                Assert.True(
                    worth[chosen] >= worth.Max() - 1e-3,
                    $"seed {Seed}, round {round}, place {before.Count}: {worth[chosen]} of {worth.Max()}");
                before.Add(chosen);
            }
            // A list ends early only where every candidate is placed or forbidden.
            if (list.Length < places) Assert.Equal(double.NegativeInfinity, oracle.Worth(before, places).Max());
            // Whoever stands behind a candidate of lower quality has a reason, and nobody else.
            for (int i = 0; i < oracle.Quality.Length; i++)
            {
                int place = Array.IndexOf(list, i);
                bool passed = (place < 0 ? list : list[..place]).Any(other => other > i);
                Assert.Equal(passed, reasons[i] >= 0);
                Assert.True(reasons[i] < oracle.Plan.Parts.Count);
            }
        }
    }

    [Fact]
    public void Without_parts_the_order_stays()
    {
        var oracle = new ComposeOracle([3, 2, 2, 1], [], [], [], new ComposePlan());
        Assert.Equal([0, 1, 2], Compose(oracle, 3).List);
        Assert.Equal([0, 1, 2, 3], Compose(oracle, 9).List);
    }

    [Fact]
    public void Equal_items_are_no_trouble_to_any_measure()
    {
        foreach (var kind in Enum.GetValues<DiversityKind>())
        {
            var plan = new ComposePlan
            {
                Diversity = new DiversityConfig { Kind = kind, Weight = 1, Window = 5 },
                SimilarityClasses = [-1],
            };
            float[][] vectors = [[1, 0], [1, 0], [1, 0], [0, 1], [0, 1], [0.6f, 0.8f]];
            var (list, _) = Compose(new ComposeOracle([1, 0.9f, 0.8f, 0.7f, 0.6f, 0.5f], vectors, [], [], plan), 6);
            Assert.Equal([0, 3], list[..2]);
            Assert.Equal([0, 1, 2, 3, 4, 5], list.Order());
        }
    }

    [Fact]
    public void A_rule_that_cannot_hold_ends_the_list_and_a_slot_that_nobody_can_fill_is_any_place()
    {
        var plan = new ComposePlan
        {
            Rules =
            [
                (new BlendRule { Feature = "author", Count = 1, Window = 2 }, 0, -1),
                (new BlendRule { Slot = 2, Filter = "TRUE" }, -1, 0),
                (new BlendRule { Slot = 3, Filter = "TRUE" }, -1, 1),
            ],
        };
        int[][] authors = [[0], [0], [1], [0], [0]];
        bool[][] conditions = [[false, false, false, false, false], [true, false, true, false, false]];
        var (list, reasons) = Compose(new ComposeOracle([5, 4, 3, 2, 1], [], [authors], conditions, plan), 5);
        // Both may fill slot 3; the first of them is taken at once, and then the other is kept for it.
        Assert.Equal([0], list);
        Assert.Equal(-1, reasons[0]);
        var (spaced, _) = Compose(new ComposeOracle([5, 4, 3, 2, 1], [], [authors], conditions, plan with { Rules = [plan.Rules[0]] }), 5);
        Assert.Equal([0, 2, 1], spaced);
    }

    static (int[] List, int[] Reasons) Compose(ComposeOracle oracle, int places)
    {
        using var scratch = new Scratch();
        int count = oracle.Quality.Length, words = (count + 63) / 64;
        var conditions = Tensor.Zeros<ulong>(new Shape(oracle.Conditions.Length, words));
        for (int c = 0; c < oracle.Conditions.Length; c++)
        {
            for (int i = 0; i < count; i++) conditions.Row(c)[i / 64] |= (oracle.Conditions[c][i] ? 1UL : 0) << (i % 64);
        }
        var args = new ComposeArgs
        {
            Quality = Tensor.From<float>(oracle.Quality),
            Vectors = oracle.Vectors.Length == 0
                ? default
                : Tensor.From<float>([.. oracle.Vectors.SelectMany(v => v)], new Shape(count, oracle.Vectors[0].Length)),
            Classes = Sets(oracle.Classes, count),
            Conditions = conditions,
            Plan = oracle.Plan,
            Positions = Tensor.Zeros<int>(new Shape(places)),
            Reasons = Tensor.Zeros<int>(new Shape(count)),
        };
        int filled = ListComposer.Compose(in args, scratch);
        int[] positions = args.Positions.ToArray();
        Assert.All(positions[filled..], p => Assert.Equal(-1, p));
        return (positions[..filled], args.Reasons.ToArray());
    }

    static ClassSets Sets(int[][][] sets, int count)
    {
        if (sets.Length == 0) return default;
        int[] ids = [.. sets.SelectMany(set => set.SelectMany(c => c))];
        var start = new List<int>();
        int next = 0;
        foreach (int[][] set in sets)
        {
            start.Add(next);
            start.AddRange(set.Select(classes => next += classes.Length));
        }
        return new ClassSets(
            Tensor.From<int>([.. start], new Shape(sets.Length, count + 1)), Tensor.From<int>(ids), ids.Length == 0 ? 0 : ids.Max() + 1);
    }

    /// <summary>Random candidates in one to three kinds of classes, with every sort of part.</summary>
    static ComposeOracle Draw(Random random)
    {
        int count = random.Next(1, 80), dim = random.Next(2) == 0 ? 24 : 37;
        float[] quality = [.. Enumerable.Range(0, count).Select(_ => random.NextSingle()).OrderDescending()];
        float[][] vectors = [.. Enumerable.Range(0, count).Select(_ => Direction(random, dim))];
        T[] Each<T>(Func<T> draw) => [.. Enumerable.Range(0, count).Select(_ => draw())];
        int[][][] classes = [.. Enumerable.Range(0, 3).Select(c => Each(() => Classes(random, 4 + 4 * c)))];
        bool[][] conditions = [.. Enumerable.Range(0, 2).Select(_ => Each(() => random.Next(4) == 0))];
        var similarity = new List<SimilarityConfig> { new() { Kind = SimilarityKind.Embedding, Weight = 1 } };
        var similarityClasses = new List<int> { -1 };
        if (random.Next(2) == 0)
        {
            similarity.Add(new() { Kind = SimilarityKind.Overlap, Feature = "genre", Weight = 0.5 });
            similarityClasses.Add(2);
        }
        var plan = new ComposePlan
        {
            Diversity = random.Next(4) == 0 ? null : new DiversityConfig
            {
                Kind = (DiversityKind)random.Next(3),
                Weight = random.NextDouble(),
                Window = random.Next(1, 9),
                Similarity = similarity,
            },
            SimilarityClasses = similarityClasses,
            Spacing = [.. Enumerable.Range(0, random.Next(3)).Select(s => (Spacing(random), s, random.Next(3) - 1))],
            Rules = [.. Enumerable.Range(0, random.Next(4)).Select(r => Rule(random, r))],
        };
        return new ComposeOracle(quality, vectors, classes, conditions, plan);
    }

    static SpacingConfig Spacing(Random random)
    {
        var kernel = (SpacingKernel)random.Next(3);
        return new SpacingConfig
        {
            Feature = "genre",
            Kernel = kernel,
            Weight = random.NextDouble() * 0.4,
            Window = random.Next(1, 7),
            Scale = 1 + random.NextDouble(),
            Steps = kernel == SpacingKernel.Steps ? [1, 0.25, 0.1] : null,
        };
    }

    static (BlendRule, int, int) Rule(Random random, int number) => number < 2
        ? (new BlendRule
        {
            Feature = "author",
            Count = random.Next(1, 3),
            Window = random.Next(3) == 0 ? null : random.Next(2, 6),
        }, number, -1)
        : (new BlendRule { Slot = random.Next(1, 9), Filter = "TRUE" }, -1, random.Next(2));

    static int[] Classes(Random random, int values) =>
        [.. Enumerable.Range(0, random.Next(3)).Select(_ => random.Next(values)).Distinct().Order()];

    static float[] Direction(Random random, int dim)
    {
        double[] drawn = [.. Enumerable.Range(0, dim).Select(_ => random.NextDouble() - 0.4)];
        double length = Math.Sqrt(drawn.Sum(x => x * x));
        return [.. drawn.Select(x => (float)(x / length))];
    }
}
