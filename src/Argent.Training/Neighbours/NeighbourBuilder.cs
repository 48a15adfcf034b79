using Argent.Data;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>Item-to-item weights from events: for each task and history a sparse matrix, see <see cref="NeighbourSolver"/>.</summary>
static class NeighbourBuilder
{
    // Weights below it are noise of single events: leaving them out changes no sum that matters.
    const float WeightMin = 1e-4f;

    const int ItemsPerStep = 256;

    /// <summary>Solves for every item.</summary>
    /// <param name="tasks">Events of each task to predict, over the same users and items.</param>
    /// <param name="histories">Events of each history to predict from.</param>
    /// <param name="items">R, items.</param>
    /// <param name="options">How many neighbours, and the ridge.</param>
    /// <param name="threads">Threads; the result does not depend on them.</param>
    /// <param name="progress">One unit per item.</param>
    public static IReadOnlyList<ItemNeighbours> Build(
        IReadOnlyList<Interactions> tasks, IReadOnlyList<Interactions> histories, int items, OverArchOptions options, int threads,
        Progress progress)
    {
        var columns = new EventColumns(histories, items);
        EventColumns[] targets = [.. tasks.Select(task => new EventColumns([task], items))];
        var found = new Found[items];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        progress.Step("neighbours", items, "items");
        for (int first = 0; first < items; first += ItemsPerStep)
        {
            int last = Math.Min(items, first + ItemsPerStep);
            Parallel.For(
                first, last, parallel,
                () => new NeighbourSolver(columns, targets, options.Neighbours, options.Ridge),
                (item, _, solver) =>
                {
                    solver.Solve(item);
                    found[item] = Found.Of(solver, targets.Length);
                    return solver;
                },
                _ => { });
            progress.Advance(last - first);
        }
        var result = new List<ItemNeighbours>();
        for (int t = 0; t < tasks.Count; t++)
        {
            for (int h = 0; h < histories.Count; h++)
            {
                result.Add(Gather(tasks[t].Task, histories[h].Task, t, found, h * items, items));
            }
        }
        progress.Done($"{result.Sum(n => n.Items.Count):N0} weights");
        return result;
    }

    /// <summary>Turns the columns of each item into the neighbours of each past item.</summary>
    static ItemNeighbours Gather(string task, string history, int target, Found[] found, int firstColumn, int items)
    {
        var start = Tensor.Zeros<long>(new Shape(items + 1));
        foreach (var item in found) item.Count(target, firstColumn, start);
        for (int r = 0; r < items; r++) start[r + 1] += start[r];
        var neighbours = Tensor.Zeros<int>(new Shape(start[items]));
        var weights = Tensor.Zeros<BFloat16>(new Shape(start[items]));
        long[] next = start.Span[..items].ToArray();
        for (int item = 0; item < items; item++)
        {
            int[] columns = found[item].Columns;
            var values = found[item].Of(target);
            for (int c = 0; c < columns.Length; c++)
            {
                int row = columns[c] - firstColumn;
                if ((uint)row >= (uint)items || Math.Abs(values[c]) < WeightMin) continue;
                (neighbours[next[row]], weights[next[row]]) = (item, (BFloat16)values[c]);
                next[row]++;
            }
        }
        return new ItemNeighbours(task, history, start, neighbours, weights);
    }

    /// <summary>What was found for an item: columns, and weights for each target.</summary>
    readonly record struct Found(int[] Columns, float[] Weights)
    {
        public static Found Of(NeighbourSolver solver, int targets)
        {
            var weights = new float[solver.Count * targets];
            for (int t = 0; t < targets; t++) solver.Weights(t).CopyTo(weights.AsSpan(t * solver.Count));
            return new Found(solver.Columns[..solver.Count], weights);
        }

        public ReadOnlySpan<float> Of(int target) => Weights.AsSpan(target * Columns.Length, Columns.Length);

        public void Count(int target, int firstColumn, Tensor<long> start)
        {
            var values = Of(target);
            for (int c = 0; c < Columns.Length; c++)
            {
                int row = Columns[c] - firstColumn;
                if ((uint)row < (uint)(start.Count - 1) && Math.Abs(values[c]) >= WeightMin) start[row + 1]++;
            }
        }
    }
}
