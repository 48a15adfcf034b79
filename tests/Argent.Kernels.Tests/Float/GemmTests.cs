using Argent.Tensors;

namespace Argent.Kernels.Tests;

public sealed unsafe class GemmTests
{
    [Fact]
    public void Products_of_transposed_operands_equal_float64()
    {
        foreach (var (m, k, n) in new[] { (1, 9, 33), (5, 300, 16), (64, 65, 63), (103, 257, 31), (200, 70, 47), (97, 600, 1) })
        {
            for (int kind = 0; kind < 8; kind++) CheckProduct((m, k, n), (kind & 1) != 0, (kind & 2) != 0, (kind & 4) != 0);
        }
    }

    static void CheckProduct((int M, int K, int N) e, bool transposedA, bool transposedB, bool accumulates)
    {
        var a = FloatCase.Random(new(e.M, e.K), 1);
        var b = FloatCase.Random(new(e.K, e.N), 2);
        var before = FloatCase.Random(new(e.M, e.N), 3);
        var expected = Oracle(e, (a, transposedA), (b, transposedB), accumulates ? before : default);
        foreach (bool fast in Avx2Kernels.IsSupported ? new[] { false, true } : [false])
        {
            float[]? first = null;
            foreach (int count in new[] { 1, 2, 3 })
            {
                using var workers = new Workers(count);
                var c = new Poisoned(new(e.M, e.N));
                if (accumulates) c.Tensor.CopyFrom(before);
                var gemm = new Gemm
                {
                    A = a.Pointer,
                    ARow = transposedA ? 1 : e.K,
                    AColumn = transposedA ? e.M : 1,
                    B = b.Pointer,
                    BRow = transposedB ? 1 : e.N,
                    BColumn = transposedB ? e.K : 1,
                    C = c.Tensor.Pointer,
                    CRow = e.N,
                    M = e.M,
                    N = e.N,
                    K = e.K,
                    Accumulate = accumulates,
                };
                Gemm.Run(gemm, fast, workers);
                var values = c.Read();
                string label = $"{e} {transposedA} {transposedB} {accumulates} fast {fast} {count} workers";
                if (first is not null) FloatCase.AssertEqualBits(first, values, label);
                first = values;
                for (int i = 0; i < values.Length; i++)
                {
                    if (!(Math.Abs(values[i] - expected[i]) < e.K * 4e-7)) Assert.Fail($"{label}: [{i}] {values[i]}, not {expected[i]}.");
                }
            }
        }
    }

    static double[] Oracle(
        (int M, int K, int N) e, (Tensor<float> T, bool Transposed) a, (Tensor<float> T, bool Transposed) b, Tensor<float> before)
    {
        var (x, y) = (a.T.ToArray(), b.T.ToArray());
        var expected = new double[e.M * e.N];
        for (int i = 0; i < expected.Length; i++)
        {
            int row = i / e.N, column = i % e.N;
            double sum = before.IsPresent ? before[i] : 0;
            for (int d = 0; d < e.K; d++)
            {
                sum += (double)x[a.Transposed ? (d * e.M) + row : (row * e.K) + d]
                    * y[b.Transposed ? (column * e.K) + d : (d * e.N) + column];
            }
            expected[i] = sum;
        }
        return expected;
    }
}
