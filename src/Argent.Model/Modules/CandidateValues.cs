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
        var ties = pass.Scratch.Rent<int>(new Shape(requests, capacity));
        for (int r = 0; r < requests; r++)
        {
            Order(found.Slots.Row(r)[..found.Counts[r]], scores.Row(r), ties.Row(r), pass.Scratch);
        }
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
        return new ValuedCandidates(scores, values, ties);
    }

    /// <summary>Values of given items of one request, rented from the pass, as those of its candidates would be.</summary>
    /// <param name="query">The request.</param>
    /// <param name="slots">[n] int32.</param>
    /// <param name="scores">[n, T] float32, overwritten with the task values.</param>
    /// <param name="isOrdered">Whether ties are wanted; there is no tensor of them otherwise.</param>
    /// <param name="pass">What it runs with.</param>
    public ValuedCandidates Evaluate(
        RetrievalQuery query, Tensor<int> slots, Tensor<float> scores, bool isOrdered, in ForwardPass pass)
    {
        long count = scores.Shape[0];
        var ties = isOrdered ? pass.Scratch.Rent<int>(new Shape(1, count)) : default;
        if (isOrdered) Order(slots.Span, scores.Span, ties.Span, pass.Scratch);
        if (activation == TaskActivation.Sigmoid)
        {
            pass.Kernels.Elementwise(new ElementwiseArgs { Op = ElementwiseOp.Sigmoid, Left = scores, Output = scores });
        }
        var values = value.Forward(scores, slots.Span, query.Value, pass).Reshape(new Shape(1, count));
        return new ValuedCandidates(scores.Reshape(new Shape(1, count, scores.Shape[1])), values, ties);
    }

    /// <summary>What orders candidates of equal value: the item row; before it, after a sigmoid, the sum of the scores.</summary>
    void Order(ReadOnlySpan<int> slots, ReadOnlySpan<float> scores, Span<int> ties, Scratch scratch)
    {
        ties[slots.Length..].Clear();
        if (activation == TaskActivation.None)
        {
            for (int c = 0; c < slots.Length; c++) ties[c] = index.Rows[slots[c]];
            return;
        }
        // Near 1 a float32 sigmoid has few values: scores above 17 would all tie, and the row would order the best items.
        var mark = scratch.Mark();
        var keys = scratch.Rent<ulong>(new Shape(slots.Length)).Span;
        var positions = scratch.Rent<int>(new Shape(slots.Length)).Span;
        int tasks = value.Tasks.Count;
        for (int c = 0; c < slots.Length; c++)
        {
            float sum = 0;
            for (int t = 0; t < tasks; t++) sum += scores[c * tasks + t];
            keys[c] = RankOrder.Key(sum, index.Rows[slots[c]]);
            positions[c] = c;
        }
        keys.Sort(positions);
        for (int rank = 0; rank < positions.Length; rank++) ties[positions[rank]] = rank;
        scratch.Release(mark);
    }
}

/// <summary>Candidates with their values.</summary>
/// <param name="Tasks">[B, K1, T] float32 task values.</param>
/// <param name="Values">[B, K1] float32, -infinity where there is no candidate.</param>
/// <param name="Ties">[B, K1] int32, ascending among equal values.</param>
readonly record struct ValuedCandidates(Tensor<float> Tasks, Tensor<float> Values, Tensor<int> Ties);
