using System.Text.Json;
using Argent.Tensors;

namespace Argent.Model.Tests;

public sealed class MlpOverArchTests
{
    const string Options = """{ "projection": 3, "hidden": [7, 5], "targetAttention": 4 }""";
    const string AttentionAlone = """{ "projection": 0, "hidden": [6], "targetAttention": 5 }""";

    /// <summary>Past items of the three requests: some of each, none of one, none at all.</summary>
    static readonly int[][] _histories = [[0, 9, 11, 30], [0, 0, 4, 26], [0, 25, 31, 31], [0, 0, 0, 0]];

    [Theory]
    [InlineData(Options, false)]
    [InlineData(Options, true)]
    [InlineData(AttentionAlone, false)]
    [InlineData(AttentionAlone, true)]
    [InlineData("""{ "projection": 3, "hidden": [7, 5] }""", true)]
    [InlineData("""{ "hidden": [7] }""", true)]
    public void Logits_equal_the_formula_in_float64(string options, bool served)
    {
        foreach (int[] starts in _histories)
        {
            using var one = new OverArchCase("mlp", options, served) { HistoryStart = Tensor.From(starts) };
            var mlp = JsonSerializer.Deserialize<MlpOptions>(options, JsonSerializerOptions.Web)!;
            double[][] sides = Rows(one.OverArch.ReadsItems ? one.Sides() : one.Embeddings), history = Rows(one.History());
            Assert.Equal(mlp.Projection > 0 ? mlp.Projection : mlp.TargetAttention, one.OverArch.ReadsItems ? sides[0].Length : 0);
            one.AssertNear(c => Logits(one, mlp, (c, sides[c]), history), 2e-5);
        }
    }

    [Fact]
    public void A_candidate_scores_the_same_with_the_past_of_others_beside_it()
    {
        using var one = new OverArchCase("mlp", Options, served: true);
        Assert.False(one.OverArch.SeesWholeList);
        float[] all = one.Logits(0, OverArchCase.Items);
        Assert.Equal(all[(5 * OverArchCase.Tasks)..(12 * OverArchCase.Tasks)], one.Logits(5, 12));
        using var others = new OverArchCase("mlp", Options, served: true) { HistoryStart = Tensor.From<int>(0, 9, 11, 12) };
        float[] changed = others.Logits(0, OverArchCase.Items);
        Assert.Equal(all[..(17 * OverArchCase.Tasks)], changed[..(17 * OverArchCase.Tasks)]);
        for (int c = 17; c < OverArchCase.Items; c++) Assert.NotEqual(all[c * OverArchCase.Tasks], changed[c * OverArchCase.Tasks]);
    }

    [Theory]
    [InlineData(Options, true, true)]
    [InlineData(AttentionAlone, true, true)]
    [InlineData("""{ "projection": 3 }""", true, false)]
    [InlineData("""{ "targetAttention": 0 }""", false, false)]
    public void Sides_and_history_are_read_where_the_options_need_them(string options, bool items, bool history)
    {
        using var one = new OverArchCase("mlp", options, served: true);
        Assert.Equal((items, history), (one.OverArch.ReadsItems, one.OverArch.ReadsHistory));
        Assert.Equal(history, one.OverArch.Tensors.Any(t => t.Name == "target.key.weight"));
    }

    [Theory]
    [InlineData("""{ "targetAttention": -1 }""", "targetAttention is -1; it is 0 to 4096.")]
    [InlineData("""{ "targetAttention": 4097 }""", "targetAttention is 4097; it is 0 to 4096.")]
    [InlineData("""{ "targetAttention": "wide" }""", "targetAttention")]
    [InlineData("""{ "targetAtention": 8 }""", "targetAtention")]
    [InlineData("""{ "projection": -2 }""", "projection is -2; it is 0 to 4096.")]
    [InlineData("""{ "hidden": [] }""", "hidden names one layer or more")]
    public void Options_out_of_range_or_unknown_are_refused_by_name(string options, string message)
    {
        var shape = new OverArchShape(4, 1, 1, 2, JsonDocument.Parse(options).RootElement);
        var error = Assert.Throws<InvalidDataException>(() => new MlpOverArch(shape, OverArchWeights.New(1)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    static double[] Logits(OverArchCase one, MlpOptions mlp, (int Row, double[] Side) candidate, double[][] history)
    {
        var layers = new Float64Layers(one.OverArch);
        double[] features = [.. one.FeatureRows.Row(candidate.Row).ToArray().Select(v => (double)v)];
        double[] x = features;
        if (mlp.Projection > 0)
        {
            double[] user = layers.Dense("user", one.User(candidate.Row));
            x = [.. user, .. candidate.Side, .. user.Zip(candidate.Side, (u, i) => u * i), .. features];
        }
        if (mlp.TargetAttention > 0)
        {
            int request = OverArchCase.RequestOf(candidate.Row);
            double[] key = layers.Dense("target.key", candidate.Side), value = layers.Dense("target.value", candidate.Side);
            double[] attended = new double[mlp.TargetAttention];
            double[][] past = history[one.HistoryStart[request]..one.HistoryStart[request + 1]];
            double[] weights = Float64Layers.Softmax([.. past.Select(
                side => Float64Layers.Dot(key, layers.Dense("target.key", side)) / Math.Sqrt(mlp.TargetAttention))]);
            for (int j = 0; j < past.Length; j++)
            {
                double[] of = layers.Dense("target.value", past[j]);
                for (int d = 0; d < attended.Length; d++) attended[d] += weights[j] * of[d];
            }
            x = [.. x, .. attended, .. attended.Zip(value, (a, v) => a * v)];
        }
        for (int layer = 0; layer < mlp.Hidden.Count; layer++) x = layers.Dense($"hidden.{layer}", x, silu: true);
        return [.. layers.Dense("output", x).Zip(layers.Dense("linear", features), (o, l) => o + l)];
    }

    static double[][] Rows(Tensor<float> rows) =>
        [.. Enumerable.Range(0, (int)rows.Shape[0]).Select(r => rows.Row(r).ToArray().Select(v => (double)v).ToArray())];
}
