using System.Globalization;
using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>The best K items of each query by scoring every item in float32: what recall is measured against.</summary>
static unsafe class ExactSearch
{
    const int BlockRows = 16_384;

    // Queries times (K + block) scores: some hundred megabytes at most.
    const long ScoresMax = 48L << 20;

    /// <summary>Finds the best K of each query.</summary>
    /// <returns>[Q, K] int32 rows, best first, equal scores by row; -1 where there are fewer items.</returns>
    public static Tensor<int> Run(
        Tensor<float> items, Metric metric, Tensor<float> queries, int k, IKernels kernels, Progress progress)
    {
        progress.Step("exact search", queries.Shape[0], "queries");
        var found = Tensor.Zeros<int>(new Shape(queries.Shape[0], k));
        using var scratch = new Scratch();
        var bias = Bias(items, metric);
        long part = Math.Clamp(ScoresMax / (k + BlockRows), 1, queries.Shape[0]);
        for (long first = 0; first < queries.Shape[0]; first += part)
        {
            long count = Math.Min(part, queries.Shape[0] - first);
            Search(items, bias, queries.Rows(first, count), found.Rows(first, count), new ForwardPass(kernels, scratch));
            scratch.Reset();
            progress.Advance(count);
        }
        if (bias.IsPresent) bias.Storage.Dispose();
        progress.Done(string.Create(CultureInfo.InvariantCulture, $"the best {k:N0} of {items.Shape[0]:N0} items"));
        return found;
    }

    static void Search(Tensor<float> items, Tensor<float> bias, Tensor<float> queries, Tensor<int> best, in ForwardPass pass)
    {
        long count = queries.Shape[0], k = best.Shape[1];
        // Columns [0, K) hold the best so far, the rest the scores of the next block.
        var scores = pass.Scratch.Rent<float>(new Shape(count, k + BlockRows));
        var rows = pass.Scratch.Rent<int>(new Shape(count, k + BlockRows));
        var block = pass.Scratch.Rent<float>(new Shape(count, BlockRows));
        var top = pass.Scratch.Rent<float>(new Shape(count, k));
        var positions = pass.Scratch.Rent<int>(new Shape(count, k));
        new Span<float>(scores.Pointer, checked((int)scores.Count)).Fill(float.NegativeInfinity);
        new Span<int>(rows.Pointer, checked((int)rows.Count)).Fill(-1);
        for (long first = 0; first < items.Shape[0]; first += BlockRows)
        {
            long width = Math.Min(BlockRows, items.Shape[0] - first);
            var part = new Tensor<float>(block.Storage, block.ByteOffset, new Shape(count, width));
            pass.Kernels.Dense(new DenseArgs
            {
                Input = queries,
                Weight = items.Rows(first, width),
                Bias = bias.IsPresent ? bias.Rows(first, width) : default,
                Output = part,
            });
            for (long q = 0; q < count; q++)
            {
                var to = scores.Row(q)[(int)k..];
                var names = rows.Row(q)[(int)k..];
                part.Row(q).CopyTo(to);
                to[(int)width..].Fill(float.NegativeInfinity);
                for (int i = 0; i < width; i++) names[i] = (int)first + i;
                names[(int)width..].Fill(-1);
            }
            pass.Kernels.SelectTopK(new SelectTopKArgs { Scores = scores, Ties = rows, Top = top, Positions = positions });
            for (long q = 0; q < count; q++)
            {
                Pick(rows.Row(q), positions.Row(q), best.Row(q));
                top.Row(q).CopyTo(scores.Row(q));
                best.Row(q).CopyTo(rows.Row(q));
            }
        }
    }

    static void Pick(ReadOnlySpan<int> rows, ReadOnlySpan<int> positions, Span<int> best)
    {
        for (int i = 0; i < best.Length; i++) best[i] = positions[i] < 0 ? -1 : rows[positions[i]];
    }

    static Tensor<float> Bias(Tensor<float> items, Metric metric)
    {
        if (metric != Metric.L2) return default;
        // |q - x|² = |q|² - 2 (q · x - |x|² / 2): the largest of the bracket is the nearest.
        var bias = Tensor.Zeros<float>(new Shape(items.Shape[0]));
        for (long r = 0; r < bias.Count; r++)
        {
            double sum = 0;
            foreach (float value in items.Row(r)) sum += (double)value * value;
            bias.Pointer[r] = (float)(-sum / 2);
        }
        return bias;
    }
}
