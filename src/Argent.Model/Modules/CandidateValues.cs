using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>From the heads' exact scores to task values and the one value that orders the list.</summary>
/// <param name="activation">From a score to a task's value.</param>
/// <param name="value">The value model, which runs each request's own formula.</param>
/// <param name="index">Rows of slots.</param>
sealed class CandidateValues(TaskActivation activation, ValueModel value, IvfTensors index)
{
    /// <summary>What the formula of a request reads of one item.</summary>
    public float[] Inputs(RetrievalQuery query, int slot, ReadOnlySpan<float> tasks) => value.InputsOf(query.Value, slot, tasks);

    /// <summary>Values of the candidates of a group of requests, rented from the pass.</summary>
    /// <param name="queries">The requests, whose formulas may differ.</param>
    /// <param name="found">Their candidates.</param>
    /// <param name="scores">[B, K1, T] float32, overwritten with the task values.</param>
    /// <param name="pass">What it runs with.</param>
    public ValuedCandidates Evaluate(
        ReadOnlySpan<RetrievalQuery> queries, in SearchResult found, Tensor<float> scores, in ForwardPass pass)
    {
        long requests = found.Slots.Shape[0], capacity = found.Slots.Shape[1], tasks = scores.Shape[2];
        var values = pass.Scratch.Rent<float>(new Shape(requests, capacity));
        var rows = pass.Scratch.Rent<int>(new Shape(requests, capacity));
        for (int r = 0; r < requests; r++) TakeRows(found.Slots.Row(r)[..found.Counts[r]], rows.Row(r));
        var sums = Sums(scores, pass.Scratch);
        if (activation == TaskActivation.Sigmoid)
        {
            pass.Kernels.Elementwise(new ElementwiseArgs { Op = ElementwiseOp.Sigmoid, Left = scores, Output = scores });
        }
        for (int r = 0; r < requests; r++)
        {
            int count = found.Counts[r];
            var mark = pass.Scratch.Mark();
            var own = scores.Rows(r, 1).Reshape(new Shape(capacity, tasks)).Rows(0, count);
            value.Forward(own, found.Slots.Row(r)[..count], queries[r].Value, pass).Span.CopyTo(values.Row(r));
            values.Row(r)[count..].Fill(float.NegativeInfinity);
            pass.Scratch.Release(mark);
        }
        return new ValuedCandidates(scores, values, sums, rows);
    }

    /// <summary>Values of given items of one request, rented from the pass, as those of its candidates would be.</summary>
    /// <param name="query">The request.</param>
    /// <param name="slots">[n] int32.</param>
    /// <param name="scores">[n, T] float32, overwritten with the task values.</param>
    /// <param name="isOrdered">Whether what orders equal values is wanted; there are no such tensors otherwise.</param>
    /// <param name="pass">What it runs with.</param>
    public ValuedCandidates Evaluate(
        RetrievalQuery query, Tensor<int> slots, Tensor<float> scores, bool isOrdered, in ForwardPass pass)
    {
        long count = scores.Shape[0];
        var all = scores.Reshape(new Shape(1, count, scores.Shape[1]));
        var rows = isOrdered ? pass.Scratch.Rent<int>(new Shape(1, count)) : default;
        if (isOrdered) TakeRows(slots.Span, rows.Span);
        var sums = isOrdered ? Sums(all, pass.Scratch) : default;
        if (activation == TaskActivation.Sigmoid)
        {
            pass.Kernels.Elementwise(new ElementwiseArgs { Op = ElementwiseOp.Sigmoid, Left = scores, Output = scores });
        }
        var values = value.Forward(scores, slots.Span, query.Value, pass).Reshape(new Shape(1, count));
        return new ValuedCandidates(all, values, sums, rows);
    }

    void TakeRows(ReadOnlySpan<int> slots, Span<int> rows)
    {
        for (int c = 0; c < slots.Length; c++) rows[c] = index.Rows[slots[c]];
        rows[slots.Length..].Clear();
    }

    /// <summary>[B, K1] the sum of each candidate's scores after a sigmoid, rented; otherwise no tensor.</summary>
    /// <remarks>
    /// Near 1 a float32 sigmoid has few values: scores above 17 would all tie, and the row would order the best items.
    /// </remarks>
    unsafe Tensor<float> Sums(Tensor<float> scores, Scratch scratch)
    {
        if (activation == TaskActivation.None) return default;
        long tasks = scores.Shape[2];
        var sums = scratch.Rent<float>(new Shape(scores.Shape[0], scores.Shape[1]));
        float* from = scores.Pointer, to = sums.Pointer;
        for (long c = 0; c < sums.Count; c++, from += tasks)
        {
            float sum = 0;
            for (long t = 0; t < tasks; t++) sum += from[t];
            to[c] = sum;
        }
        return sums;
    }
}

/// <summary>Candidates with their values, best by value, then sum, then row.</summary>
/// <param name="Tasks">[B, K1, T] float32 task values.</param>
/// <param name="Values">[B, K1] float32, -infinity where there is no candidate.</param>
/// <param name="Sums">[B, K1] float32, descending among equal values; no tensor where rows order them.</param>
/// <param name="Rows">[B, K1] int32 item rows, ascending among what is still equal.</param>
readonly record struct ValuedCandidates(Tensor<float> Tasks, Tensor<float> Values, Tensor<float> Sums, Tensor<int> Rows)
{
    /// <summary>The best candidates of each request.</summary>
    /// <param name="positions">[B, K] int32, overwritten: places among the candidates, -1 where there are fewer.</param>
    /// <param name="pass">What it runs with.</param>
    public void Select(Tensor<int> positions, in ForwardPass pass)
    {
        var mark = pass.Scratch.Mark();
        pass.Kernels.SelectTopK(new SelectTopKArgs
        {
            Scores = Values,
            Seconds = Sums,
            Ties = Rows,
            Top = pass.Scratch.Rent<float>(positions.Shape),
            Positions = positions,
        });
        pass.Scratch.Release(mark);
    }

    /// <summary>The place of a candidate in the order of its request, from 1.</summary>
    public int Rank(int request, int candidate, int count)
    {
        int rank = 1;
        for (int c = 0; c < count; c++)
        {
            if (IsBefore(request, c, candidate)) rank++;
        }
        return rank;
    }

    bool IsBefore(int request, int left, int right)
    {
        var values = Values.Row(request);
        if (values[left] != values[right]) return values[left] > values[right];
        if (Sums.IsPresent && Sums.Row(request) is var sums && sums[left] != sums[right]) return sums[left] > sums[right];
        var rows = Rows.Row(request);
        return rows[left] < rows[right];
    }
}
