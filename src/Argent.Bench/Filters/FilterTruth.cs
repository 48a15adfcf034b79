using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>The exact best K of the items that a filter lets pass, by scoring every item in float32.</summary>
static unsafe class FilterTruth
{
    /// <summary>By filter [Q, K] int32 rows, best first, -1 where fewer items match.</summary>
    /// <param name="bench">Vectors and features.</param>
    /// <param name="programs">The filters.</param>
    /// <param name="k">K.</param>
    public static IReadOnlyList<Tensor<int>> Find(FilterBench bench, IReadOnlyList<FilterProgram> programs, int k) =>
        Find(bench.Vectors, bench.Options.Queries, [.. programs.Select(p => Eligible(bench, p))], k, bench.Run);

    /// <summary>The same from who is eligible by row, for each filter; the metric is the inner product.</summary>
    public static IReadOnlyList<Tensor<int>> Find(
        VectorSet vectors, int queries, IReadOnlyList<bool[]> eligible, int k, BenchmarkRun run)
    {
        int items = vectors.Count;
        run.Progress.Step("exact filtered search", queries, "queries");
        using var workers = new Workers(run.Options.Threads);
        var kernels = CpuKernels.Create(workers);
        var found = eligible.Select(_ => Tensor.Zeros<int>(new Shape(queries, k))).ToList();
        var scores = Tensor.Zeros<float>(new Shape(1, items));
        var kept = Tensor.Zeros<float>(new Shape(1, items));
        var rows = Tensor.From<int>([.. Enumerable.Range(0, items)], new Shape(1, items));
        var top = Tensor.Zeros<float>(new Shape(1, k));
        for (int q = 0; q < queries; q++)
        {
            kernels.Dense(new DenseArgs { Input = vectors.Queries.Rows(q, 1), Weight = vectors.Items, Output = scores });
            for (int f = 0; f < found.Count; f++)
            {
                bool[] passes = eligible[f];
                for (int i = 0; i < items; i++) kept.Pointer[i] = passes[i] ? scores.Pointer[i] : float.NegativeInfinity;
                var best = found[f].Rows(q, 1);
                kernels.SelectTopK(new SelectTopKArgs { Scores = kept, Ties = rows, Top = top, Positions = best });
                for (int i = 0; i < k; i++)
                {
                    if (float.IsNegativeInfinity(top.Span[i])) best.Span[i] = -1;
                }
            }
            run.Progress.Advance(1);
        }
        run.Progress.Done(FormattableString.Invariant($"{eligible.Count} filters"));
        return found;
    }

    /// <summary>By row whether the item matches, decided from its forward values.</summary>
    public static bool[] Eligible(FilterBench bench, FilterProgram program)
    {
        bool[] passes = new bool[bench.Vectors.Count];
        var slotOfRow = bench.Lists.SlotOfRow;
        for (int row = 0; row < passes.Length; row++) passes[row] = ExactFilter.Matches(program, bench.Forward, slotOfRow[row]);
        return passes;
    }
}
