using Argent.Kernels;

namespace Argent.Bench.Tests;

public sealed class OverArchScoringTests
{
    [Theory]
    [InlineData("mlp", """{ "projection": 8, "hidden": [16, 12] }""", (((3 * 8) + 8) * 16) + (16 * 12) + (12 * 2) + (8 * 2))]
    [InlineData("mol", """{ "userComponents": 3, "itemComponents": 5, "componentDim": 4, "gateHidden": 6 }""",
        (3 * 5 * 4) + ((15 + 8) * 6) + (6 * 30) + (8 * 2))]
    public void Logits_equal_float64_and_the_products_are_those_of_the_formula(string kind, string options, double products)
    {
        using var workers = new Workers(1);
        using var scoring = new OverArchScoring(new(kind, options, 1_500), CpuKernels.Create(workers), 3_000, seed: 2);
        Assert.Equal(2 * 1_500 * products, scoring.Flops);
        double? error = scoring.LargestError(50);
        Assert.InRange(error!.Value, 1e-12, OverArchScoring.Tolerance);
    }
}
