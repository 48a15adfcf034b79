using Argent.Tensors;

namespace Argent.Kernels.Tests;

public sealed class FloatAllocationTests
{
    [Fact]
    public void Float_operations_allocate_nothing_after_the_first_call()
    {
        using var workers = new Workers(2);
        var input = FloatCase.Random(new(200, 64), 1);
        var weight = FloatCase.Random(new(96, 64), 2);
        var row = FloatCase.Random(new(64), 3);
        var wide = Tensor.Zeros<float>(new(200, 96));
        var same = Tensor.Zeros<float>(input.Shape);
        var indices = FloatCase.RandomIds(200, 96, 4);
        var start = FloatCase.RandomStart(200, 200, 5);
        var program = new FormulaProgram([new(FormulaOp.Input), new(FormulaOp.Constant), new(FormulaOp.Multiply)], [2], 200, 2);
        var notFinite = Tensor.Zeros<long>(new(1));
        var values = Tensor.Zeros<float>(new(64));
        var concat = Tensor.Zeros<float>(new(200, 128));
        var panels = RowPanels.OfBFloat16(weight);
        var table = Tensor.Zeros<BFloat16>(new(96, 64));
        foreach (var kernels in CpuKernels.All(workers))
        {
            void Pass()
            {
                kernels.Dense(new() { Input = input, Weight = weight, Activation = Activation.Silu, Output = wide });
                kernels.Dense(new() { Input = input.Rows(0, 1), Weight = weight, Output = wide.Rows(0, 1) });
                kernels.DenseBFloat16(new() { Input = input, WeightPanels = panels, Activation = Activation.Silu, Output = wide });
                kernels.GatherRowsBFloat16(new() { Table = table, Indices = indices, Rows = same });
                kernels.GatherRows(new() { Table = weight, Indices = indices, Rows = same });
                kernels.SumEmbeddings(new() { Table = weight, Ids = indices, Start = start, Output = same });
                kernels.Elementwise(new() { Op = ElementwiseOp.Add, Left = input, Right = row, Output = same });
                kernels.NormalizeRows(new() { Input = same, Output = same });
                kernels.LayerNorm(new() { Input = input, Gain = row, Shift = row, Epsilon = 1e-5f, Output = same });
                kernels.ConcatColumns(new() { Left = input, Right = same, Output = concat });
                kernels.Softmax(new() { Input = input, Output = same });
                kernels.Attention(new()
                {
                    Queries = input,
                    Keys = input,
                    Values = input,
                    QueryStart = start,
                    KeyStart = start,
                    Heads = 4,
                    Scale = 0.25f,
                    IsCausal = true,
                    Output = same,
                });
                kernels.EvaluateFormula(new() { Program = program, Inputs = input, Values = values, NotFinite = notFinite });
            }
            Assert.Equal(0, Least(Pass));
        }
    }

    [Fact]
    public void Mixtures_of_logits_allocate_nothing_after_the_first_call()
    {
        using var workers = new Workers(2);
        var input = FloatCase.Random(new(200, 64), 1);
        var weight = FloatCase.Random(new(96, 64), 2);
        var (request, mixed) = (Tensor.Zeros<int>(new(200)), Tensor.Zeros<float>(new(200, 1)));
        var dots = Tensor.Zeros<float>(new(200, 64));
        foreach (var kernels in CpuKernels.All(workers))
        {
            void Pass()
            {
                kernels.ComponentDots(new()
                {
                    Users = weight,
                    Items = input,
                    Request = request,
                    UserComponents = 8,
                    ItemComponents = 8,
                    Dots = dots,
                });
                kernels.MixLogits(new()
                {
                    Logits = dots,
                    UserGates = weight,
                    Request = request,
                    Items = input,
                    ItemColumn = 0,
                    PairGates = input,
                    Scale = 20,
                    Values = mixed,
                });
            }
            Assert.Equal(0, Least(Pass));
        }
    }

    [Fact]
    public void Sums_of_neighbours_allocate_nothing_after_the_first_call()
    {
        using var workers = new Workers(2);
        var args = new SumNeighboursArgs
        {
            RowStart = Tensor.From<long>([.. Enumerable.Range(0, 31).Select(r => r * 10L)]),
            Neighbours = Tensor.From<int>([.. Enumerable.Range(0, 300).Select(n => n % 97)]),
            Weights = Tensor.Zeros<BFloat16>(new(300)),
            History = Tensor.From<int>([.. Enumerable.Range(0, 60).Select(h => h % 30)]),
            HistoryStart = FloatCase.RandomStart(8, 60, 6),
            Candidates = Tensor.From<int>([.. Enumerable.Range(0, 4095)]),
            CandidateStart = FloatCase.RandomStart(8, 4095, 7),
            Output = Tensor.Zeros<float>(new(4095, 2)),
            Column = 1,
        };
        foreach (var kernels in CpuKernels.All(workers)) Assert.Equal(0, Least(() => kernels.SumNeighbours(args)));
    }

    /// <summary>Bytes that the most frugal of ten passes allocates.</summary>
    static long Least(Action pass)
    {
        // A thread that has to wait for another for the first time allocates its event then; an operation that
        // allocates does so in every pass.
        long least = long.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            pass();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
