namespace Argent.Kernels;

/// <summary>
/// One matrix product: c[m, n] (+)= sum over k of a[m, k] * b[k, n], then activation(c + bias). Operands have any
/// strides, so a transposed operand is the same memory with its strides swapped.
/// </summary>
/// <remarks>
/// Every element is summed over k in ascending order, in blocks of <see cref="DepthBlock"/> whose sums are added in
/// ascending order. So an element does not depend on how many rows and columns there are, nor on threads.
/// </remarks>
unsafe struct Gemm
{
    /// <summary>Depth of one partial sum: a 16-column panel of b is then 16 KB and stays in a 32 KB first-level cache.</summary>
    public const int DepthBlock = 256;

    /// <summary>[M, K], element (m, k) at m * ARow + k * AColumn.</summary>
    public float* A;

    /// <summary>[K, N], element (k, n) at k * BRow + n * BColumn.</summary>
    public float* B;

    /// <summary>The same b in panels as <see cref="RowPanels"/> lays them out, or null: then it is packed in the call.</summary>
    public float* Panels;

    /// <summary>The same b in panels of bfloat16, which are widened in the call, or null; then <see cref="B"/> is not read.</summary>
    public ushort* BFloat16Panels;

    /// <summary>[M, N], element (m, n) at m * CRow + n.</summary>
    public float* C;

    /// <summary>[N], or null for zero; added after the last sum.</summary>
    public float* Bias;

    public long ARow, AColumn, BRow, BColumn, CRow;
    public int M, N, K;

    /// <summary>Applied last.</summary>
    public Activation Activation;

    /// <summary>Whether the product is added to what C holds; never together with a bias or an activation.</summary>
    public bool Accumulate;

    /// <summary>Whether 256-bit tiles are used although there are wider ones; the bits are the same.</summary>
    public bool IsNarrow;

    /// <summary>The same product on plain loops or on AVX2, split over <paramref name="workers"/>.</summary>
    public static void Run(in Gemm gemm, bool fast, Workers workers)
    {
        if (fast) GemmAvx2.Run(gemm, workers);
        else GemmReference.Run(gemm);
    }
}

static unsafe class GemmReference
{
    public static void Run(in Gemm g)
    {
        for (int m = 0; m < g.M; m++)
        {
            for (int n = 0; n < g.N; n++)
            {
                float sum = g.Accumulate ? g.C[m * g.CRow + n] : 0f;
                for (int k = 0; k < g.K; k++) sum += g.A[m * g.ARow + k * g.AColumn] * g.B[k * g.BRow + n * g.BColumn];
                if (g.Bias != null) sum += g.Bias[n];
                g.C[m * g.CRow + n] = DenseReference.Apply(g.Activation, sum);
            }
        }
    }
}
