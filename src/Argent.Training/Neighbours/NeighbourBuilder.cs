using Argent.Data;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>Item-to-item weights from events, see <see cref="NeighbourSolver"/>.</summary>
static class NeighbourBuilder
{
    // Weights below it are noise of single events: leaving them out changes no sum that matters.
    const float WeightMin = 1e-4f;

    const int ItemsPerStep = 256;

    /// <summary>Solves for every item.</summary>
    /// <param name="histories">Events of each history, over the same users and items.</param>
    /// <param name="items">R, items.</param>
    /// <param name="options">How many neighbours, and the ridge.</param>
    /// <param name="threads">Threads; the result does not depend on them.</param>
    /// <param name="progress">One unit per item.</param>
    public static ItemNeighbours Build(
        IReadOnlyList<Interactions> histories, int items, OverArchOptions options, int threads, Progress progress)
    {
        var rows = new EventRows(histories, items);
        var found = new (int[] Neighbours, float[] Weights)[items];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        progress.Step("neighbours", items, "items");
        for (int first = 0; first < items; first += ItemsPerStep)
        {
            int last = Math.Min(items, first + ItemsPerStep);
            Parallel.For(
                first, last, parallel,
                () => new NeighbourSolver(rows, options.Neighbours, options.Ridge),
                (item, _, solver) =>
                {
                    solver.Solve(item);
                    found[item] = ([.. solver.Neighbours], [.. solver.Weights]);
                    return solver;
                },
                _ => { });
            progress.Advance(last - first);
        }
        var result = Gather(found, items);
        progress.Done($"{result.Items.Count:N0} weights");
        return result;
    }

    /// <summary>Turns the neighbours that speak for each item into the items that each past item speaks for.</summary>
    static ItemNeighbours Gather((int[] Neighbours, float[] Weights)[] found, int items)
    {
        var start = Tensor.Zeros<long>(new Shape(items + 1));
        foreach (var (past, weights) in found)
        {
            for (int n = 0; n < past.Length; n++) start[past[n] + 1] += IsKept(weights[n]) ? 1 : 0;
        }
        for (int r = 0; r < items; r++) start[r + 1] += start[r];
        var neighbours = Tensor.Zeros<int>(new Shape(start[items]));
        var values = Tensor.Zeros<BFloat16>(new Shape(start[items]));
        long[] next = start.Span[..items].ToArray();
        for (int item = 0; item < items; item++)
        {
            var (past, weights) = found[item];
            for (int n = 0; n < past.Length; n++)
            {
                if (!IsKept(weights[n])) continue;
                long place = next[past[n]]++;
                (neighbours[place], values[place]) = (item, (BFloat16)weights[n]);
            }
        }
        return new ItemNeighbours(start, neighbours, values);
    }

    static bool IsKept(float weight) => Math.Abs(weight) >= WeightMin;
}
