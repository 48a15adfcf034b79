using Argent.Tensors;

namespace Argent.Kernels.Tests;

/// <summary>Gradients of the tensors that were given to it, and the rows that were touched.</summary>
sealed class GivenGradients : IGradients
{
    readonly Dictionary<(Storage, long), Tensor<float>> _gradients = [];

    public List<int> Touched { get; } = [];

    public void Give(in Tensor<float> tensor, Tensor<float> gradient) =>
        _gradients[(tensor.Storage, tensor.ByteOffset)] = gradient;

    public Tensor<float> Of(in Tensor<float> tensor) =>
        tensor.IsPresent && _gradients.TryGetValue((tensor.Storage, tensor.ByteOffset), out var gradient) ? gradient : default;

    public void Touch(in Tensor<float> table, in Tensor<int> rows) => Touched.AddRange(rows.ToArray());
}

/// <summary>
/// Compares the gradient of sum(factors * output) with central differences of the reference, on every variant, with
/// equal bits for one and two workers, and checks that gradients are added to what is there.
/// </summary>
sealed class GradientCheck
{
    const float Before = 0.5f;
    const float Step = 1 / 128f;
    const int SampleCount = 60;

    static Workers[] Crews { get; } = [new(1), new(2)];

    public required string What { get; init; }

    public required Tensor<float>[] Inputs { get; init; }

    public required Tensor<float> Output { get; init; }

    public required Action<IKernels> Forward { get; init; }

    public required Action<IGradientKernels, IGradients> Backward { get; init; }

    /// <summary>Relative to 1 + the size of the slope.</summary>
    public double Tolerance { get; init; } = 2e-3;

    public void Run()
    {
        var factors = FloatCase.Random(Output.Shape, 991);
        var slopes = Inputs.Select((input, number) => Samples(input, number, factors)).ToArray();
        foreach (var variant in CpuKernels.All(Crews[0]).Select(k => k.Variant))
        {
            var runs = Crews.Select(workers => Gradients(FloatCase.Kernels(variant, workers), factors)).ToArray();
            for (int n = 0; n < Inputs.Length; n++)
            {
                FloatCase.AssertEqualBits(runs[0][n], runs[1][n], $"{What}, {variant}, input {n}, two workers");
                foreach (var (index, slope) in slopes[n])
                {
                    double actual = runs[0][n][index] - Before;
                    if (Math.Abs(actual - slope) <= Tolerance * (1 + Math.Abs(slope))) continue;
                    Assert.Fail($"{What}, {variant}, input {n}[{index}]: {actual} where differences give {slope}, seed {FloatCase.Seed}.");
                }
            }
        }
    }

    float[][] Gradients(IKernels kernels, Tensor<float> factors)
    {
        var given = new GivenGradients();
        var gradients = Inputs.Select(input => Tensor.Zeros<float>(input.Shape)).ToArray();
        for (int n = 0; n < Inputs.Length; n++)
        {
            gradients[n].Span.Fill(Before);
            given.Give(Inputs[n], gradients[n]);
        }
        given.Give(Output, factors);
        Output.Span.Fill(float.NaN);
        Forward(kernels);
        var backward = new GradientKernels(kernels);
        Backward(backward, new GivenGradients());
        Assert.All(gradients, g => Assert.False(g.Span.ContainsAnyExcept(Before), "Added to without being asked."));
        Backward(backward, given);
        return [.. gradients.Select(g => g.ToArray())];
    }

    List<(int Index, double Slope)> Samples(Tensor<float> input, int number, Tensor<float> factors)
    {
        var random = new Random(FloatCase.Seed + number);
        var indices = input.Count <= SampleCount
            ? Enumerable.Range(0, (int)input.Count)
            : Enumerable.Range(0, SampleCount).Select(_ => random.Next((int)input.Count)).Append((int)input.Count - 1);
        return [.. indices.Select(i => (i, Slope(input, i, factors)))];
    }

    double Slope(Tensor<float> input, int index, Tensor<float> factors)
    {
        var kernels = new ReferenceKernels(Crews[0]);
        float value = input[index];
        input[index] = value + Step;
        float high = input[index];
        Forward(kernels);
        double[] above = [.. Output.ToArray().Select(x => (double)x)];
        input[index] = value - Step;
        float low = input[index];
        Forward(kernels);
        double sum = 0;
        for (int i = 0; i < above.Length; i++) sum += factors[i] * (above[i] - Output[i]);
        input[index] = value;
        return sum / ((double)high - low);
    }
}
