using Argent.Tensors;

namespace Argent.Publish.Tests;

/// <summary>Generated vectors around centres whose sizes and lengths differ.</summary>
static class Mixture
{
    public static Tensor<float> Draw(int rows, int dim, int centres = 40, ulong seed = 7, double spread = 0.5)
    {
        var random = new SeededRandom(seed);
        double[][] means = [.. Enumerable.Range(0, centres).Select(_ => Normal(ref random, dim))];
        double[] lengths = [.. Enumerable.Range(0, centres).Select(_ => 0.5 + random.Unit() * 1.5)];
        var values = Tensor.Zeros<float>(new Shape(rows, dim));
        for (int r = 0; r < rows; r++)
        {
            // Squaring makes the first centres the large ones.
            double unit = random.Unit();
            int centre = (int)(unit * unit * centres);
            for (int d = 0; d < dim; d++)
            {
                values[(long)r * dim + d] = (float)(lengths[centre] * (means[centre][d] + spread * random.Normal()));
            }
        }
        return values;
    }

    static double[] Normal(ref SeededRandom random, int dim)
    {
        double[] values = new double[dim];
        for (int d = 0; d < dim; d++) values[d] = random.Normal();
        return values;
    }
}
