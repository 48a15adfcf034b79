using Argent.Model;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>Drawn candidates: directions around some centres, a creator each, and up to four kinds of sixteen.</summary>
sealed class BlendBenchmarkPool
{
    const int Centres = 12, Kinds = 16, KindsMax = 4;

    readonly int _count;
    readonly Tensor<float> _quality;
    readonly Tensor<float> _vectors;
    readonly ClassSets _classes;
    readonly Tensor<ulong> _conditions;

    public BlendBenchmarkPool(int count, int dim, Random random)
    {
        _count = count;
        _quality = Tensor.From<float>([.. Enumerable.Range(0, count).Select(_ => random.NextSingle()).OrderDescending()]);
        float[][] centres = [.. Enumerable.Range(0, Centres).Select(_ => Draw(random, dim))];
        _vectors = Tensor.Zeros<float>(new Shape(count, dim));
        for (int i = 0; i < count; i++)
        {
            float[] centre = centres[random.Next(Centres)], own = Draw(random, dim);
            double length = Math.Sqrt(own.Zip(centre, (a, b) => (double)(a + b) * (a + b)).Sum());
            for (int d = 0; d < dim; d++) _vectors.Row(i)[d] = (float)((own[d] + centre[d]) / length);
        }
        int creators = Math.Max(1, count / 5);
        int[][][] sets =
        [
            [.. Enumerable.Range(0, count).Select(_ => (int[])[random.Next(creators)])],
            [.. Enumerable.Range(0, count).Select(_ => DrawKinds(random))],
        ];
        _classes = Sets(sets, Math.Max(creators, Kinds));
        _conditions = Tensor.Zeros<ulong>(new Shape(1, (count + 63) / 64));
        for (int i = 0; i < count; i++) _conditions[i / 64] |= (random.Next(10) == 0 ? 1UL : 0) << (i % 64);
    }

    /// <summary>Diversity by embeddings; with rules also a spacing of kinds, a gap between a creator's items, and a slot.</summary>
    public static ComposePlan Plan(DiversityKind kind, int window, bool hasRules = false)
    {
        var plan = new ComposePlan
        {
            Diversity = new DiversityConfig { Kind = kind, Weight = 0.5, Window = window },
            SimilarityClasses = [-1],
        };
        return !hasRules ? plan : plan with
        {
            Spacing = [(new SpacingConfig { Feature = "kind", Weight = 0.1 }, 1, -1)],
            Rules =
            [
                (new BlendRule { Feature = "creator", Window = 5 }, 0, -1),
                (new BlendRule { Slot = 3, Filter = "TRUE" }, -1, 0),
            ],
        };
    }

    /// <summary>The candidates to compose a list of.</summary>
    public ComposeArgs Args(ComposePlan plan, int places) => new()
    {
        Quality = _quality,
        Vectors = _vectors,
        Classes = _classes,
        Conditions = _conditions,
        Plan = plan,
        Positions = Tensor.Zeros<int>(new Shape(Math.Min(places, _count))),
        Reasons = Tensor.Zeros<int>(new Shape(_count)),
    };

    static int[] DrawKinds(Random random) =>
        [.. Enumerable.Range(0, KindsMax).Select(_ => random.Next(Kinds)).Distinct()];

    static float[] Draw(Random random, int dim) => [.. Enumerable.Range(0, dim).Select(_ => random.NextSingle() - 0.5f)];

    static ClassSets Sets(int[][][] sets, int most)
    {
        var (start, ids) = (new List<int>(), new List<int>());
        foreach (int[][] set in sets)
        {
            start.Add(ids.Count);
            foreach (int[] classes in set)
            {
                ids.AddRange(classes);
                start.Add(ids.Count);
            }
        }
        return new ClassSets(
            Tensor.From<int>([.. start], new Shape(sets.Length, sets[0].Length + 1)), Tensor.From<int>([.. ids]), most);
    }
}
