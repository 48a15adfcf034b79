using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Training.Tests;

public sealed class OptimizerTests
{
    const int Seed = 5;

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(4097)]
    [InlineData(20_000)]
    public void Adam_equals_its_formula_in_float64(int count)
    {
        using var workers = new Workers(2);
        var parameter = new Parameter("p", Random(count, 1));
        var adam = new Adam([parameter], workers) { LearningRate = 3e-3f, WeightDecay = 0.1f };
        double[] value = [.. parameter.Value.ToArray().Select(x => (double)x)];
        double[] mean = new double[count], square = new double[count];
        for (int t = 1; t <= 5; t++)
        {
            parameter.Gradient.CopyFrom(Random(count, 100 + t));
            var g = parameter.Gradient.ToArray();
            for (int i = 0; i < count; i++)
            {
                mean[i] = (0.9 * mean[i]) + (0.1 * g[i]);
                square[i] = (0.999 * square[i]) + (0.001 * g[i] * g[i]);
                double root = Math.Sqrt(square[i] / (1 - Math.Pow(0.999, t))) + 1e-8;
                value[i] -= 3e-3 * ((mean[i] / (1 - Math.Pow(0.9, t)) / root) + (0.1 * value[i]));
            }
            adam.Step();
            Assert.All(parameter.Gradient.ToArray(), x => Assert.Equal(0, x));
        }
        for (int i = 0; i < count; i++) Assert.Equal(value[i], parameter.Value[i], 2e-6);
        Assert.Equal(5, adam.Steps);
    }

    [Fact]
    public void Adam_on_a_table_moves_touched_rows_only()
    {
        using var workers = new Workers(2);
        var table = new Parameter("table", Random(50 * 9, 2).Reshape(new(50, 9)), isTable: true);
        var dense = new Parameter("dense", Tensor.From(table.Value.Span, new(50, 9)));
        var adam = new Adam([table, dense], workers) { LearningRate = 1e-2f, WeightDecay = 0.5f };
        var before = table.Value.ToArray();
        Touch(table, 7, 3, 7, -1, 49);
        Touch(dense, 7, 3, 49);
        adam.Step();
        for (int i = 0; i < before.Length; i++)
        {
            bool touched = i / 9 is 7 or 3 or 49;
            Assert.Equal(touched ? dense.Value[i] : before[i], table.Value[i]);
        }
        Assert.Equal(0, table.Touched!.Count);
        Assert.All(table.Gradient.ToArray(), x => Assert.Equal(0, x));
        var once = table.Value.ToArray();
        Touch(table, 3);
        adam.Step();
        for (int i = 0; i < once.Length; i++) Assert.Equal(i / 9 == 3, once[i] != table.Value[i]);
    }

    [Fact]
    public void Rowwise_adagrad_equals_its_formula_in_float64()
    {
        const int Rows = 130, Columns = 5;
        using var workers = new Workers(2);
        var parameter = new Parameter("p", Random(Rows * Columns, 3).Reshape(new(Rows, Columns)), isTable: true);
        var adagrad = new RowwiseAdagrad([parameter], workers) { LearningRate = 0.1f, WeightDecay = 0.01f };
        double[] value = [.. parameter.Value.ToArray().Select(x => (double)x)];
        double[] sums = new double[Rows];
        for (int t = 1; t <= 3; t++)
        {
            var rows = Enumerable.Range(0, Rows).Where(r => r % t == 0).ToArray();
            Touch(parameter, rows);
            var g = parameter.Gradient.ToArray();
            foreach (int row in rows)
            {
                var part = g.AsSpan(row * Columns, Columns).ToArray();
                sums[row] += part.Average(x => (double)x * x);
                for (int d = 0; d < Columns; d++)
                {
                    ref double x = ref value[(row * Columns) + d];
                    x -= 0.1 * ((part[d] / (Math.Sqrt(sums[row]) + 1e-8)) + (0.01 * x));
                }
            }
            adagrad.Step();
        }
        for (int i = 0; i < value.Length; i++) Assert.Equal(value[i], parameter.Value[i], 2e-6);
    }

    [Fact]
    public void Steps_have_equal_bits_for_every_thread_count()
    {
        var runs = new List<float[]>();
        foreach (int count in new[] { 1, 2, 3 })
        {
            using var workers = new Workers(count);
            var dense = new Parameter("dense", Random(9_999, 4));
            var table = new Parameter("table", Random(3_000 * 3, 4).Reshape(new(3_000, 3)), isTable: true);
            Optimizer[] optimizers =
            [
                new Adam([dense], workers) { LearningRate = 1e-2f },
                new RowwiseAdagrad([table], workers) { LearningRate = 1e-2f },
            ];
            for (int t = 0; t < 3; t++)
            {
                dense.Gradient.CopyFrom(Random(9_999, t));
                Touch(table, [.. Enumerable.Range(0, 1_500).Select(r => (r * 2) + (t & 1))]);
                foreach (var optimizer in optimizers) optimizer.Step();
            }
            runs.Add([.. dense.Value.ToArray(), .. table.Value.ToArray()]);
        }
        Assert.Equal(runs[0], runs[1]);
        Assert.Equal(runs[0], runs[2]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void State_saved_and_loaded_continues_with_equal_bits(bool useAdam)
    {
        using var workers = new Workers(1);
        var parameter = new Parameter("a.b", Random(24, 6).Reshape(new(6, 4)));
        var optimizer = Make(useAdam, parameter, workers);
        Train(optimizer, parameter, 0, 3);

        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".safetensors");
        SafetensorsWriter.Write(path, optimizer.State);
        var copy = new Parameter("a.b", Tensor.From(parameter.Value.Span, parameter.Value.Shape));
        var second = Make(useAdam, copy, workers);
        using (var file = SafetensorsFile.Open(path))
        {
            second.Load(name => file.Tensors.TryGetValue(name, out var tensor) ? tensor : null);
        }
        File.Delete(path);

        Train(optimizer, parameter, 3, 6);
        Train(second, copy, 3, 6);
        Assert.Equal(parameter.Value.ToArray(), copy.Value.ToArray());
        Assert.Equal(6, second.Steps);
        var missing = Assert.Throws<InvalidDataException>(() => second.Load(_ => null));
        Assert.Contains("missing", missing.Message, StringComparison.Ordinal);
        var wrong = AnyTensor.From(Tensor.Zeros<float>(new(7)));
        Assert.Throws<InvalidDataException>(() => second.Load(_ => wrong));
    }

    static Optimizer Make(bool useAdam, Parameter parameter, Workers workers) => useAdam
        ? new Adam([parameter], workers) { LearningRate = 1e-2f }
        : new RowwiseAdagrad([parameter], workers) { LearningRate = 1e-2f };

    static void Train(Optimizer optimizer, Parameter parameter, int first, int last)
    {
        for (int t = first; t < last; t++)
        {
            parameter.Gradient.CopyFrom(Random((int)parameter.Value.Count, t));
            optimizer.Step();
        }
    }

    static void Touch(Parameter parameter, params int[] rows)
    {
        var values = Random((int)parameter.Value.Count, rows.Max());
        long width = parameter.Value.Shape.RowCount;
        foreach (int row in rows.Where(r => r >= 0))
        {
            for (long i = row * width; i < (row + 1) * width; i++) parameter.Gradient[i] = values[i];
        }
        parameter.Touched?.Add(0, rows);
    }

    static Tensor<float> Random(int count, int salt)
    {
        var random = new Random((Seed * 1000) + salt);
        var tensor = Tensor.Zeros<float>(new(count));
        foreach (ref float x in tensor.Span) x = (float)((random.NextDouble() * 2) - 1);
        return tensor;
    }
}
