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
    public static IReadOnlyList<Tensor<int>> Find(FilterBench bench, IReadOnlyList<FilterProgram> programs, int k)
    {
        int items = bench.Vectors.Count, queries = bench.Options.Queries;
        bench.Run.Progress.Step("exact filtered search", queries, "queries");
        using var workers = new Workers(bench.Run.Options.Threads);
        var kernels = CpuKernels.Create(workers);
        var eligible = programs.Select(p => Eligible(bench, p)).ToList();
        var found = programs.Select(_ => Tensor.Zeros<int>(new Shape(queries, k))).ToList();
        var scores = Tensor.Zeros<float>(new Shape(1, items));
        var kept = Tensor.Zeros<float>(new Shape(1, items));
        var rows = Tensor.From<int>([.. Enumerable.Range(0, items)], new Shape(1, items));
        var top = Tensor.Zeros<float>(new Shape(1, k));
        for (int q = 0; q < queries; q++)
        {
            kernels.Dense(new DenseArgs { Input = bench.Vectors.Queries.Rows(q, 1), Weight = bench.Vectors.Items, Output = scores });
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
            bench.Run.Progress.Advance(1);
        }
        bench.Run.Progress.Done(FormattableString.Invariant($"{programs.Count} filters"));
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
