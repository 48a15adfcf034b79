namespace Argent.Model.Tests.Blending;

/// <summary>Candidates as plain arrays, and what a place is worth to each of them by definition, in float64.</summary>
sealed class ComposeOracle(float[] quality, float[][] vectors, int[][][] classes, bool[][] conditions, ComposePlan plan)
{
    public float[] Quality { get; } = quality;

    public float[][] Vectors { get; } = vectors;

    public int[][][] Classes { get; } = classes;

    public bool[][] Conditions { get; } = conditions;

    public ComposePlan Plan { get; } = plan;

    int Count => Quality.Length;

    /// <summary>Similarity by definition.</summary>
    public double Similarity(int a, int b)
    {
        if (a == b) return 1;
        double sum = 0, weights = 0;
        for (int s = 0; s < Plan.Diversity!.Similarity.Count; s++)
        {
            double weight = Plan.Diversity.Similarity[s].Weight;
            weights += weight;
            int set = Plan.SimilarityClasses[s];
            if (set < 0)
            {
                sum += weight * Vectors[a].Zip(Vectors[b], (x, y) => (double)x * y).Sum();
                continue;
            }
            int[] left = Classes[set][a], right = Classes[set][b];
            int shared = left.Intersect(right).Count();
            if (shared > 0) sum += weight * shared / Math.Sqrt((double)left.Length * right.Length);
        }
        return sum / weights;
    }

    /// <summary>What each candidate is worth behind a list, -infinity where it is placed or forbidden.</summary>
    public double[] Worth(IReadOnlyList<int> list, int places)
    {
        double[] worth = new double[Count];
        for (int i = 0; i < Count; i++)
        {
            bool allowed = !list.Contains(i) && Plan.Rules.All(rule => Allows(rule, list, i, places));
            worth[i] = allowed ? Quality[i] + Diversity(list, i) - Plan.Spacing.Sum(s => Price(s, list, i)) : double.NegativeInfinity;
        }
        return worth;
    }

    double Diversity(IReadOnlyList<int> list, int candidate)
    {
        if (Plan.Diversity is not { } diversity) return 0;
        int[] window = [.. list.TakeLast(diversity.Window)];
        double gain = diversity.Kind switch
        {
            DiversityKind.Mmr => window.Length == 0 ? 0 : -window.Max(j => Similarity(candidate, j)),
            DiversityKind.Ssd => Math.Sqrt(Determinant([.. window, candidate])),
            _ => Math.Log(Determinant([.. window, candidate]) / Determinant(window)),
        };
        return diversity.Weight * gain;
    }

    /// <summary>The determinant of the similarities of some candidates, by elimination.</summary>
    double Determinant(int[] members)
    {
        double[][] rows = [.. members.Select(a => members.Select(b => Similarity(a, b)).ToArray())];
        double product = 1;
        for (int p = 0; p < rows.Length; p++)
        {
            product *= rows[p][p];
            for (int r = p + 1; r < rows.Length; r++)
            {
                double factor = rows[r][p] / rows[p][p];
                for (int c = p; c < rows.Length; c++) rows[r][c] -= factor * rows[p][c];
            }
        }
        return product;
    }

    double Price((SpacingConfig Config, int Classes, int Condition) spacing, IReadOnlyList<int> list, int candidate)
    {
        if (spacing.Condition >= 0 && !Conditions[spacing.Condition][candidate]) return 0;
        double price = 0;
        for (int distance = 1; distance <= Math.Min(spacing.Config.Window, list.Count); distance++)
        {
            int shared = Classes[spacing.Classes][candidate].Intersect(Classes[spacing.Classes][list[^distance]]).Count();
            double at = spacing.Config.Kernel switch
            {
                SpacingKernel.Inverse => 1.0 / distance,
                SpacingKernel.Exponential => Math.Exp(-(distance - 1) / spacing.Config.Scale),
                _ => distance <= spacing.Config.Steps!.Count ? spacing.Config.Steps[distance - 1] : 0,
            };
            price += shared * spacing.Config.Weight * at;
        }
        return price;
    }

    bool Allows((BlendRule Config, int Classes, int Condition) rule, IReadOnlyList<int> list, int candidate, int places)
    {
        if (rule.Config.Slot is { } slot)
        {
            int[] meeting = [.. Enumerable.Range(0, Count).Where(i => Conditions[rule.Condition][i] && !list.Contains(i))];
            if (slot > places || list.Count + 1 > slot || meeting.Length == 0) return true;
            return list.Count + 1 == slot ? meeting.Contains(candidate) : meeting.Length > 1 || meeting[0] != candidate;
        }
        var recent = rule.Config.Window is { } window ? list.TakeLast(window - 1) : list;
        return Classes[rule.Classes][candidate].All(
            id => recent.Count(placed => Classes[rule.Classes][placed].Contains(id)) < rule.Config.Count);
    }
}
