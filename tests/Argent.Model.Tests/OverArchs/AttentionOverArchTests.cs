using System.Text.Json;

namespace Argent.Model.Tests;

public sealed class AttentionOverArchTests
{
    const string Options = """
        { "projection": 3, "width": 8, "heads": 2, "blocks": 2, "feedForward": 11 }
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Logits_equal_the_formula_in_float64(bool served)
    {
        using var one = new OverArchCase("attention", Options, served);
        var layers = new Float64Layers(one.OverArch);
        float[] sides = one.Sides().ToArray();
        double[][] features = [.. Enumerable.Range(0, OverArchCase.Items).Select(
            c => one.FeatureRows.Row(c).ToArray().Select(v => (double)v).ToArray())];
        double[][] x = [.. Enumerable.Range(0, OverArchCase.Items).Select(c =>
        {
            double[] user = layers.Dense("user", one.User(c)), item = [.. sides[(c * 3)..((c + 1) * 3)].Select(v => (double)v)];
            return layers.Dense("input", [.. user, .. item, .. user.Zip(item, (u, i) => u * i), .. features[c]], silu: true);
        })];
        for (int b = 0; b < 2; b++) x = Block(layers, $"block.{b}", x);
        one.AssertNear(
            c => [.. layers.Dense("output", layers.Norm("norm", x[c])).Zip(layers.Dense("linear", features[c]), (o, l) => o + l)],
            5e-5);
    }

    [Fact]
    public void A_request_sees_its_own_candidates_and_no_others()
    {
        using var one = new OverArchCase("attention", Options, served: true);
        Assert.True(one.OverArch.SeesWholeList);
        float[] all = one.Logits(0, OverArchCase.Items);
        Assert.Equal(all[..(17 * OverArchCase.Tasks)], one.Logits(0, 17));
        Assert.NotEqual(all[..(16 * OverArchCase.Tasks)], one.Logits(0, 16));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Sides_of_items_are_read_where_there_is_a_projection_alone(int projection)
    {
        using var one = new OverArchCase("attention", Options.Replace("3", $"{projection}", StringComparison.Ordinal), served: true);
        Assert.Equal(projection > 0, one.OverArch.ReadsItems);
        Assert.Equal(projection > 0, one.OverArch.Tensors.Any(t => t.Name == "item.weight"));
        Assert.All(one.Logits(0, OverArchCase.Items), value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData("""{ "width": 30, "heads": 4 }""", "multiple of heads")]
    [InlineData("""{ "blocks": 0 }""", "blocks is 0")]
    [InlineData("""{ "feedForward": 0 }""", "feedForward is 0")]
    [InlineData("""{ "projection": 9999 }""", "projection is 9999")]
    public void Options_out_of_range_are_refused_by_name(string options, string message)
    {
        var shape = new OverArchShape(4, 1, 1, 2, JsonDocument.Parse(options).RootElement);
        var error = Assert.Throws<InvalidDataException>(() => new AttentionOverArch(shape, OverArchWeights.New(1)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    static double[][] Block(Float64Layers layers, string name, double[][] x)
    {
        double[][] normal = [.. x.Select(r => layers.Norm(name + ".norm", r))];
        double[][] queries = Rows("query"), keys = Rows("key"), values = Rows("value");
        double[][] seen = [.. x.Select((_, i) => Enumerable.Range(0, 2).SelectMany(h => Head(i, h)).ToArray())];
        double[][] after = [.. x.Select((r, i) => Plus(r, layers.Dense(name + ".together", seen[i])))];
        return [.. after.Select(r => Plus(
            r, layers.Dense(name + ".narrow", layers.Dense(name + ".wide", layers.Norm(name + ".between", r), silu: true))))];

        double[][] Rows(string layer) => [.. normal.Select(r => layers.Dense(name + "." + layer, r))];

        IEnumerable<double> Head(int i, int h)
        {
            int[] others = [.. Enumerable.Range(0, x.Length).Where(j => OverArchCase.RequestOf(j) == OverArchCase.RequestOf(i))];
            double[] weights = Float64Layers.Softmax(
                [.. others.Select(j => Float64Layers.Dot(Part(queries[i], h), Part(keys[j], h)) / Math.Sqrt(4))]);
            return Enumerable.Range(0, 4).Select(d => others.Select((j, n) => weights[n] * Part(values[j], h)[d]).Sum());
        }
    }

    static double[] Part(double[] row, int head) => row[(head * 4)..((head + 1) * 4)];

    static double[] Plus(double[] x, double[] y) => [.. x.Zip(y, (a, b) => a + b)];
}
