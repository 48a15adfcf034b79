using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Training.Tests;

public sealed class TapeTests
{
    const int Seed = 20240611;

    [Theory]
    [InlineData(Pooling.Sum)]
    [InlineData(Pooling.Mean)]
    [InlineData(Pooling.SqrtCount)]
    public void Gradients_of_a_small_model_equal_finite_differences(Pooling pooling)
    {
        using var workers = new Workers(2);
        foreach (var kernels in CpuKernels.All(workers))
        {
            var model = new SmallModel(Seed);
            using var scratch = new Scratch();
            using var tape = new Tape(kernels, model.Parameters);
            tape.Backward(model.Loss(tape, scratch, pooling));
            foreach (var parameter in model.Parameters)
            {
                for (int i = 0; i < parameter.Value.Count; i++)
                {
                    double expected = Slope(model, pooling, () => ref parameter.Value[i]);
                    double actual = parameter.Gradient[i];
                    Assert.True(
                        Math.Abs(expected - actual) <= 2e-3 * (1 + Math.Abs(expected)),
                        $"{kernels.Variant}, seed {Seed}: {parameter.Name}[{i}]: {actual} where differences give {expected}.");
                }
            }
        }
    }

    [Fact]
    public void Gradients_have_equal_bits_for_one_and_two_workers()
    {
        var runs = new List<float[]>();
        foreach (int count in new[] { 1, 2, 3 })
        {
            using var workers = new Workers(count);
            var model = new SmallModel(Seed);
            using var scratch = new Scratch();
            using var tape = new Tape(CpuKernels.All(workers)[^1], model.Parameters);
            tape.Backward(model.Loss(tape, scratch));
            runs.Add([.. model.Parameters.SelectMany(p => p.Gradient.ToArray())]);
        }
        Assert.Equal(runs[0], runs[1]);
        Assert.Equal(runs[0], runs[2]);
    }

    [Fact]
    public void Two_backward_passes_add_up_and_a_cleared_tape_starts_anew()
    {
        using var workers = new Workers(1);
        var model = new SmallModel(Seed);
        using var scratch = new Scratch(256);
        using var tape = new Tape(new ReferenceKernels(workers), model.Parameters);
        tape.Backward(model.Loss(tape, scratch));
        var once = model.Parameters["gate.weight"].Gradient.ToArray();
        for (int i = 0; i < 3; i++)
        {
            tape.Clear();
            scratch.Reset();
            tape.Backward(model.Loss(tape, scratch));
        }
        var four = model.Parameters["gate.weight"].Gradient.ToArray();
        for (int i = 0; i < once.Length; i++) Assert.Equal(4 * once[i], four[i], 1e-5f);
    }

    [Fact]
    public void A_table_notes_the_rows_that_were_used_and_only_those()
    {
        using var workers = new Workers(1);
        var model = new SmallModel(Seed);
        using var scratch = new Scratch();
        using var tape = new Tape(new ReferenceKernels(workers), model.Parameters);
        tape.Backward(model.Loss(tape, scratch));
        Assert.Equal([0, 3, 7, 11, 2], model.Parameters["history"].Touched!.Rows.ToArray());
        Assert.Equal([3, 1, 0, 8], model.Parameters["items"].Touched!.Rows.ToArray());
        Assert.False(model.Parameters["items"].Touched!.Contains(2));
        model.Parameters.ClearGradients();
        Assert.All(model.Parameters, p => Assert.All(p.Gradient.ToArray(), g => Assert.Equal(0, g)));
        Assert.Equal(0, model.Parameters["items"].Touched!.Count);
    }

    [Fact]
    public void Using_rows_of_a_table_as_a_weight_touches_exactly_those_rows()
    {
        using var workers = new Workers(1);
        var parameters = new ParameterSet();
        var table = parameters.Add("table", Tensor.From<float>([1, 2, 3, 4, 5, 6, 7, 8], new(4, 2)), isTable: true);
        using var scratch = new Scratch();
        using var tape = new Tape(new ReferenceKernels(workers), parameters);
        var output = scratch.Rent<float>(new(1, 2));
        tape.Dense(new() { Input = Tensor.From<float>([1, 1], new(1, 2)), Weight = table.Value.Rows(1, 2), Output = output });
        tape.Backward(CrossEntropy(tape, scratch, output));
        Assert.Equal([1, 2], table.Touched!.Rows.ToArray());
        Assert.True(table.Gradient[2] != 0 && table.Gradient[0] == 0);
    }

    [Fact]
    public void Rows_of_a_slice_of_a_table_are_rows_of_the_table()
    {
        using var workers = new Workers(1);
        var parameters = new ParameterSet();
        var table = parameters.Add("table", Tensor.From<float>([1, 2, 3, 4, 5, 6, 7, 8], new(4, 2)), isTable: true);
        using var scratch = new Scratch();
        using var tape = new Tape(new ReferenceKernels(workers), parameters);
        var rows = scratch.Rent<float>(new(1, 2));
        tape.GatherRows(new() { Table = table.Value.Rows(2, 2), Indices = Tensor.From<int>(1), Rows = rows });
        tape.Backward(CrossEntropy(tape, scratch, rows));
        Assert.Equal([3], table.Touched!.Rows.ToArray());
    }

    [Fact]
    public void Memory_that_a_gradient_still_needs_may_not_be_overwritten()
    {
        using var workers = new Workers(1);
        var parameters = new ParameterSet();
        var weight = parameters.Add("weight", Tensor.From<float>([1, 2, 3, 4], new(2, 2))).Value;
        using var scratch = new Scratch();
        using var tape = new Tape(new ReferenceKernels(workers), parameters);
        var first = scratch.Rent<float>(new(1, 2));
        tape.Dense(new() { Input = Tensor.From<float>([1, 1], new(1, 2)), Weight = weight, Output = first });
        var second = scratch.Rent<float>(new(1, 2));
        tape.Dense(new() { Input = first, Weight = weight, Output = second });
        var inPlace = Assert.Throws<InvalidOperationException>(() =>
            tape.Elementwise(new() { Op = ElementwiseOp.Relu, Left = first, Output = first }));
        Assert.Contains("step 2 (Dense)", inPlace.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() =>
            tape.Dense(new() { Input = Tensor.From<float>([1, 1], new(1, 2)), Weight = weight, Output = second }));
        var normal = Assert.Throws<InvalidOperationException>(() =>
            tape.NormalizeRows(new() { Input = second, Output = second }));
        Assert.Contains("in place", normal.Message, StringComparison.Ordinal);
        tape.Elementwise(new() { Op = ElementwiseOp.Relu, Left = second, Output = second });
    }

    [Fact]
    public void Operations_without_a_gradient_refuse_by_name()
    {
        using var workers = new Workers(1);
        using var tape = new Tape(new ReferenceKernels(workers), new ParameterSet());
        Action[] calls =
        [
            () => tape.Probe(default), () => tape.FusedScan(default), () => tape.SelectTopK(default),
            () => tape.QuantizeRows(default), () => tape.BuildSignatures(default),
            () => tape.EvaluateFormula(default), () => tape.ScoreCandidates(default),
            () => tape.DenseBFloat16(default), () => tape.GatherRowsBFloat16(default),
        ];
        foreach (var call in calls)
        {
            var refusal = Assert.Throws<NotSupportedException>(call);
            Assert.Contains("no gradient", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_loss_that_depends_on_no_parameter_is_refused()
    {
        using var workers = new Workers(1);
        using var tape = new Tape(new ReferenceKernels(workers), new ParameterSet());
        var loss = Tensor.From<float>(1f);
        tape.Elementwise(new() { Op = ElementwiseOp.Relu, Left = loss, Output = loss });
        Assert.Equal(0, tape.Count);
        Assert.Throws<InvalidOperationException>(() => tape.Backward(loss));
        Assert.Throws<ArgumentException>(() => tape.Backward(Tensor.From<float>(1, 2)));
    }

    [Fact]
    public void Parameters_have_unique_names_and_memory_of_their_own()
    {
        var parameters = new ParameterSet();
        var values = Tensor.Zeros<float>(new(4, 2));
        parameters.Add("a", values.Rows(0, 2));
        parameters.Add("b", values.Rows(2, 2));
        Assert.Throws<ArgumentException>(() => parameters.Add("a", Tensor.Zeros<float>(new(1))));
        Assert.Throws<ArgumentException>(() => parameters.Add("c", values.Rows(1, 2)));
        Assert.Throws<KeyNotFoundException>(() => parameters["c"]);
        Assert.Equal(2, parameters.Count);
    }

    static Tensor<float> CrossEntropy(Tape tape, Scratch scratch, Tensor<float> logits)
    {
        var loss = scratch.Rent<float>(new(1));
        tape.SoftmaxCrossEntropy(new()
        {
            Logits = logits,
            Targets = Tensor.From<int>(0),
            TargetStart = Tensor.From<int>(0, 1),
            TargetWeights = Tensor.From<float>(1),
            Loss = loss,
        });
        return loss;
    }

    delegate ref float Place();

    static double Slope(SmallModel model, Pooling pooling, Place place)
    {
        const float Step = 4e-3f;
        using var workers = new Workers(1);
        using var scratch = new Scratch();
        var kernels = new ReferenceKernels(workers);
        float value = place();
        place() = value + Step;
        double above = model.Loss(kernels, scratch, pooling)[0], high = place();
        place() = value - Step;
        double below = model.Loss(kernels, scratch, pooling)[0], low = place();
        place() = value;
        return (above - below) / (high - low);
    }
}
