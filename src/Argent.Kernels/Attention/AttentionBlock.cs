using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>Some queries of one segment and head: their logits and their weights, row by row in the memory given.</summary>
unsafe struct AttentionBlock
{
    /// <summary>Queries of a block: whole tiles of the matrix product, and few enough rows for a cache.</summary>
    public const int Rows = 24;

    public AttentionBlock(in AttentionView view, int segment, int head, int firstQuery)
    {
        (View, Segment, Head, FirstQuery) = (view, segment, head, firstQuery);
        FirstKey = view.KeyStart[segment];
        Count = Math.Min(Rows, view.QueryStart[segment + 1] - firstQuery);
        Columns = view.VisibleKeys(segment, firstQuery + Count - 1);
    }

    public readonly AttentionView View;
    public readonly int Segment, Head, FirstQuery, FirstKey;

    /// <summary>Queries.</summary>
    public readonly int Count;

    /// <summary>Keys that any of them sees, and the width of a row.</summary>
    public readonly int Columns;

    /// <summary>[Count, E] in a matrix of rows of <see cref="AttentionView.Width"/>.</summary>
    public readonly long QueryOffset => (FirstQuery * View.Width) + (Head * View.Depth);

    public readonly long KeyOffset => (FirstKey * View.Width) + (Head * View.Depth);

    public readonly long ValueOffset => (FirstKey * View.ValueWidth) + (Head * View.ValueDepth);

    public readonly long OutputOffset => (FirstQuery * View.ValueWidth) + (Head * View.ValueDepth);

    /// <summary>Writes logits [Count, Columns]; those of keys that a query does not see are undefined.</summary>
    public readonly void Logits(float* logits, bool fast)
    {
        var products = new Gemm
        {
            A = View.Queries + QueryOffset,
            ARow = View.Width,
            AColumn = 1, // [Count, E]
            B = View.Keys + KeyOffset,
            BRow = 1,
            BColumn = View.Width, // [Columns, E] read as [E, Columns]
            C = logits,
            CRow = Columns,
            M = Count,
            N = Columns,
            K = View.Depth,
        };
        Run(products, fast);
        for (int r = 0; r < Count; r++) Finish(logits + ((long)r * Columns), FirstQuery + r);
    }

    /// <summary>Turns logits into weights in place; keys that a query does not see get 0.</summary>
    public readonly void Weights(float* logits, bool fast)
    {
        for (int r = 0; r < Count; r++)
        {
            float* row = logits + ((long)r * Columns);
            int visible = View.VisibleKeys(Segment, FirstQuery + r);
            if (View.Weighting == AttentionWeighting.Silu) Silu(row, visible, fast);
            else if (fast) Softmax(row, visible);
            else PlainSoftmax(row, visible);
            new Span<float>(row + visible, Columns - visible).Clear();
        }
    }

    /// <summary>A product on the calling thread.</summary>
    public static void Run(in Gemm gemm, bool fast)
    {
        if (fast) GemmAvx2.RunHere(gemm);
        else GemmReference.Run(gemm);
    }

    readonly void Finish(float* row, int query)
    {
        int visible = View.VisibleKeys(Segment, query);
        if (View.Bias == null)
        {
            for (int j = 0; j < visible; j++) row[j] *= View.Scale;
            return;
        }
        for (int j = 0; j < visible; j++)
        {
            row[j] = (row[j] * View.Scale) + View.Bias[((long)View.BiasRow(query, FirstKey + j) * View.Heads) + Head];
        }
    }

    static void Softmax(float* row, int visible)
    {
        if (visible == 0) return;
        var softmax = new SoftmaxRow { Logits = row, Columns = visible };
        float max = softmax.Max();
        softmax.Write(max, (float)(1 / softmax.Sum(max)), row, adds: false);
    }

    static void PlainSoftmax(float* row, int visible)
    {
        double max = double.NegativeInfinity, sum = 0;
        for (int j = 0; j < visible; j++) max = Math.Max(max, row[j]);
        for (int j = 0; j < visible; j++) sum += Math.Exp(row[j] - max);
        for (int j = 0; j < visible; j++) row[j] = (float)(Math.Exp(row[j] - max) / sum);
    }

    static void Silu(float* row, int visible, bool fast)
    {
        float share = 1f / Math.Max(1, visible);
        int j = 0;
        for (; fast && j + 8 <= visible; j += 8)
        {
            var x = Avx.LoadVector256(row + j);
            Avx.Store(row + j, Avx.Multiply(Exponentials.Apply(Activation.Silu, x), Vector256.Create(share)));
        }
        for (; j < visible; j++) row[j] = row[j] / (1 + MathF.Exp(-row[j])) * share;
    }
}
