using System.Text.Json;
using Argent.Tensors;

namespace Argent.Model.Tests;

public sealed class MolOverArchTests
{
    const string Options = """
        { "userComponents": 3, "itemComponents": 4, "componentDim": 5, "gateHidden": 7, "temperature": 0.5 }
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Logits_equal_the_formula_in_float64(bool served)
    {
        using var one = new OverArchCase("mol", Options, served);
        var layers = new Float64Layers(one.OverArch);
        float[] sides = one.Sides().ToArray();
        int width = sides.Length / OverArchCase.Items;
        Assert.Equal((4 * 5) + (OverArchCase.Tasks * 12), width);
        one.AssertNear(
            c =>
            {
                double[] user = one.User(c), side = [.. sides[(c * width)..((c + 1) * width)].Select(v => (double)v)];
                double[] features = [.. one.FeatureRows.Row(c).ToArray().Select(v => (double)v)];
                double[][] users = [.. layers.Dense("user", user).Chunk(5).Select(Float64Layers.Normalized)];
                double[][] items = [.. side[..20].Chunk(5)];
                double[] dots = [.. items.SelectMany(i => users.Select(u => Float64Layers.Dot(i, u)))];
                double[] ofUser = Gate(layers, "user_gate", user), ofPair = Gate(layers, "pair_gate", [.. dots, .. features]);
                double[] linear = layers.Dense("linear", features);
                return
                [
                    .. Enumerable.Range(0, OverArchCase.Tasks).Select(t =>
                    {
                        double[] gates = [.. Enumerable.Range(t * 12, 12).Select(l => ofUser[l] + ofPair[l] + side[20 + l])];
                        return (Float64Layers.Dot(Float64Layers.Softmax(gates), dots) / 0.5) + linear[t];
                    }),
                ];
            },
            2e-5);
    }

    [Fact]
    public void Item_sides_equal_the_formula_in_float64_up_to_their_rounding()
    {
        using var one = new OverArchCase("mol", Options, served: true);
        var layers = new Float64Layers(one.OverArch);
        float[] sides = one.Sides().ToArray();
        int width = sides.Length / OverArchCase.Items;
        for (int i = 0; i < OverArchCase.Items; i++)
        {
            double[] item = [.. one.Embeddings.Row(i).ToArray().Select(v => (double)v)];
            double[] expected =
            [
                .. layers.Dense("item", item).Chunk(5).SelectMany(Float64Layers.Normalized),
                .. Gate(layers, "item_gate", item),
            ];
            for (int k = 0; k < width; k++)
            {
                double error = Math.Abs(expected[k] - sides[(i * width) + k]);
                Assert.True(error <= (Math.Abs(expected[k]) / 256) + 1e-5, $"item {i}, column {k}");
            }
        }
    }

    [Fact]
    public void A_candidate_does_not_depend_on_its_batch_mates()
    {
        using var one = new OverArchCase("mol", Options, served: true);
        float[] all = one.Logits(0, OverArchCase.Items);
        foreach (var (first, end) in new[] { (0, 1), (16, 18), (5, 33), (39, 40) })
        {
            Assert.Equal(all[(first * OverArchCase.Tasks)..(end * OverArchCase.Tasks)], one.Logits(first, end));
        }
    }

    [Theory]
    [InlineData("""{ "userComponents": 0 }""", "userComponents is 0")]
    [InlineData("""{ "componentDim": 5000 }""", "componentDim is 5000")]
    [InlineData("""{ "dropout": 1 }""", "dropout is 1")]
    [InlineData("""{ "temperature": 0 }""", "temperature is 0")]
    public void Options_out_of_range_are_refused_by_name(string options, string message)
    {
        var shape = new OverArchShape(4, 1, 1, 2, JsonDocument.Parse(options).RootElement);
        var error = Assert.Throws<InvalidDataException>(() => new MolOverArch(shape, OverArchWeights.New(1)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropout_is_asked_for_only_by_a_pass_that_drops()
    {
        using var one = new OverArchCase("mol", Options, served: false);
        float[] whole = one.Logits(0, OverArchCase.Items);
        var asked = new List<(Shape Shape, float Rate)>();
        float[] dropped = one.Logits(0, OverArchCase.Items, (keep, rate) =>
        {
            asked.Add((keep.Shape, rate));
            keep.Span.Fill(2);
        });
        Assert.Equal([(new Shape(OverArchCase.Items, OverArchCase.Tasks * 12), 0.1f)], asked);
        // Weights that all count twice double the mixture and leave the linear term.
        double[] linear = new Float64Layers(one.OverArch).Dense("linear", [.. one.FeatureRows.Row(0).ToArray().Select(v => (double)v)]);
        Assert.Equal((2 * (whole[0] - linear[0])) + linear[0], dropped[0], 1e-4);
    }

    static double[] Gate(Float64Layers layers, string name, double[] x) =>
        layers.Dense(name + ".output", layers.Dense(name + ".hidden", x, silu: true));
}
