using Argent.Tensors;

namespace Argent.Kernels.Tests;

public sealed class GradientTests
{
    [Fact]
    public void Dense_gradients_equal_differences()
    {
        foreach (var (m, k, n) in new[] { (1, 1, 1), (1, 65, 7), (7, 1, 16), (5, 63, 65), (64, 7, 127), (101, 40, 17), (3, 0, 2) })
        {
            foreach (var activation in Enum.GetValues<Activation>())
            {
                var input = FloatCase.Random(new(m, k), 1);
                var weight = FloatCase.Random(new(n, k), 2);
                var bias = activation == Activation.None ? default : FloatCase.Random(new(n), 3);
                if (activation == Activation.Relu) KeepFromKink(bias, k);
                var args = new DenseArgs
                {
                    Input = input,
                    Weight = weight,
                    Bias = bias,
                    Activation = activation,
                    Output = Tensor.Zeros<float>(new(m, n)),
                };
                new GradientCheck
                {
                    What = $"Dense {m}x{k}x{n} {activation}",
                    Inputs = bias.IsPresent ? [input, weight, bias] : [input, weight],
                    Output = args.Output,
                    Forward = kernels => kernels.Dense(args),
                    Backward = (kernels, gradients) => kernels.Dense(args, gradients),
                }.Run();
            }
        }
    }

    /// <summary>Biases so far from zero that no sum of K products of numbers up to 1 changes its sign: outputs are on or off.</summary>
    static void KeepFromKink(Tensor<float> bias, int depth)
    {
        for (int n = 0; n < bias.Count; n++) bias[n] = (depth + 1) * (n % 3 == 0 ? -1 : 1);
    }

    [Fact]
    public void Embedding_gradients_equal_differences_and_touch_their_rows()
    {
        foreach (int dim in new[] { 0, 1, 7, 65 })
        {
            foreach (var (bags, count) in new[] { (0, 0), (1, 1), (9, 63), (64, 300) })
            {
                foreach (var pooling in Enum.GetValues<Pooling>()) CheckPooling((dim, bags, count), pooling);
                CheckGather(dim, count);
            }
        }
    }

    static void CheckPooling((int Dim, int Bags, int Count) e, Pooling pooling)
    {
        var args = new SumEmbeddingsArgs
        {
            Table = FloatCase.Random(new(23, e.Dim), 1),
            Ids = FloatCase.RandomIds(e.Count, 23, 2),
            Start = FloatCase.RandomStart(e.Bags, e.Count, 3),
            Pooling = pooling,
            Output = Tensor.Zeros<float>(new(e.Bags, e.Dim)),
        };
        new GradientCheck
        {
            What = $"SumEmbeddings {e} {pooling}",
            Inputs = [args.Table],
            Output = args.Output,
            Forward = kernels => kernels.SumEmbeddings(args),
            Backward = (kernels, gradients) =>
            {
                kernels.SumEmbeddings(args, gradients);
                CheckTouched(args.Table, args.Ids, gradients);
            },
        }.Run();
    }

    static void CheckGather(int dim, int count)
    {
        var args = new GatherRowsArgs
        {
            Table = FloatCase.Random(new(23, dim), 1),
            Indices = FloatCase.RandomIds(count, 23, 2),
            Rows = Tensor.Zeros<float>(new(count, dim)),
        };
        new GradientCheck
        {
            What = $"GatherRows {count}x{dim}",
            Inputs = [args.Table],
            Output = args.Rows,
            Forward = kernels => kernels.GatherRows(args),
            Backward = (kernels, gradients) =>
            {
                kernels.GatherRows(args, gradients);
                CheckTouched(args.Table, args.Indices, gradients);
            },
        }.Run();
    }

    static void CheckTouched(Tensor<float> table, Tensor<int> rows, IGradients gradients)
    {
        if (gradients is GivenGradients given && given.Of(table).Count > 0) Assert.Equal(rows.ToArray(), given.Touched);
    }

    [Fact]
    public void Elementwise_gradients_equal_differences()
    {
        foreach (var op in Enum.GetValues<ElementwiseOp>())
        {
            foreach (var (rows, columns) in new[] { (0, 3), (1, 1), (3, 65), (64, 7), (5, 127) })
            {
                foreach (bool repeats in new[] { false, true })
                {
                    bool binary = op is ElementwiseOp.Add or ElementwiseOp.Multiply;
                    if (repeats && !binary) continue;
                    var left = AwayFromZero(FloatCase.Random(new(rows, columns), 1));
                    var right = FloatCase.Random(repeats ? new(columns) : new(rows, columns), 2);
                    var args = new ElementwiseArgs
                    {
                        Op = op,
                        Left = left,
                        Right = binary ? right : default,
                        Scalar = -1.5f,
                        Output = Tensor.Zeros<float>(left.Shape),
                    };
                    new GradientCheck
                    {
                        What = $"{op} {rows}x{columns} repeats {repeats}",
                        Inputs = binary ? [left, right] : [left],
                        Output = args.Output,
                        Forward = kernels => kernels.Elementwise(args),
                        Backward = (kernels, gradients) => kernels.Elementwise(args, gradients),
                    }.Run();
                }
            }
        }
    }

    [Fact]
    public void Row_gradients_equal_differences()
    {
        foreach (var (rows, columns) in new[] { (0, 3), (1, 1), (3, 2), (9, 65), (40, 127) })
        {
            var shape = new Shape(rows, columns);
            var input = FloatCase.Random(shape, 1, scale: 2);
            var gain = FloatCase.Random(new(columns), 2);
            var shift = FloatCase.Random(new(columns), 3);
            var right = FloatCase.Random(new(rows, 5), 4);
            var normalize = new NormalizeRowsArgs { Input = input, Output = Tensor.Zeros<float>(shape) };
            var norm = new LayerNormArgs
            {
                Input = input,
                Gain = gain,
                Shift = shift,
                Epsilon = 0.01f,
                Output = Tensor.Zeros<float>(shape),
            };
            var softmax = new SoftmaxArgs { Input = input, Output = Tensor.Zeros<float>(shape) };
            var concat = new ConcatColumnsArgs { Left = input, Right = right, Output = Tensor.Zeros<float>(new(rows, columns + 5)) };
            Check(
                $"NormalizeRows {shape}", [input], normalize.Output,
                k => k.NormalizeRows(normalize), (k, g) => k.NormalizeRows(normalize, g));
            Check($"LayerNorm {shape}", [input, gain, shift], norm.Output, k => k.LayerNorm(norm), (k, g) => k.LayerNorm(norm, g));
            Check($"Softmax {shape}", [input], softmax.Output, k => k.Softmax(softmax), (k, g) => k.Softmax(softmax, g));
            Check(
                $"ConcatColumns {shape}", [input, right], concat.Output,
                k => k.ConcatColumns(concat), (k, g) => k.ConcatColumns(concat, g));
        }
    }

    [Fact]
    public void Cross_entropy_gradients_equal_differences()
    {
        foreach (var (rows, columns) in new[] { (0, 3), (1, 1), (5, 2), (9, 65), (40, 127), (3, 4095) })
        {
            foreach (bool corrected in new[] { false, true })
            {
                var args = SoftmaxCrossEntropyTests.Arguments(rows, columns, corrected);
                new GradientCheck
                {
                    What = $"SoftmaxCrossEntropy {rows}x{columns} corrected {corrected}",
                    Inputs = [args.Logits],
                    Output = args.Loss,
                    Forward = kernels => kernels.SoftmaxCrossEntropy(args),
                    Backward = (kernels, gradients) => kernels.SoftmaxCrossEntropy(args, gradients),
                    // The loss is one float32 number: its rounding by the step is the error of the difference.
                    Tolerance = 5e-3,
                }.Run();
            }
        }
    }

    [Fact]
    public void Attention_gradients_equal_differences()
    {
        int salt = 0;
        foreach (var batch in new (int, int)[][] { [], [(1, 1), (0, 2), (2, 0), (3, 5)], [(25, 63), (64, 65)] })
        {
            foreach (var (heads, depth, valueDepth) in new[] { (1, 1, 1), (2, 7, 5), (1, 16, 17) })
            {
                foreach (var weighting in Enum.GetValues<AttentionWeighting>())
                {
                    foreach (var (isCausal, biasRows) in new[] { (false, 0), (true, 6) })
                    {
                        var args = AttentionTests.Arguments(batch, (heads, depth, valueDepth), biasRows, salt++) with
                        {
                            Weighting = weighting,
                            IsCausal = isCausal,
                        };
                        Tensor<float>[] inputs = [args.Queries, args.Keys, args.Values];
                        Check(
                            $"Attention {string.Join(' ', batch)} {heads}x{depth}x{valueDepth} {weighting} {isCausal}",
                            biasRows > 0 ? [.. inputs, args.Bias] : inputs,
                            args.Output, k => k.Attention(args), (k, g) => k.Attention(args, g));
                    }
                }
            }
        }
    }

    [Fact]
    public void In_place_operations_replace_the_gradient_they_share()
    {
        using var workers = new Workers(2);
        foreach (var kernels in CpuKernels.All(workers))
        {
            var backward = new GradientKernels(kernels);
            foreach (var op in new[] { ElementwiseOp.Relu, ElementwiseOp.Sigmoid, ElementwiseOp.Scale })
            {
                var (apart, together) = (FloatCase.Random(new(77), 1), FloatCase.Random(new(77), 1));
                var output = Tensor.Zeros<float>(new(77));
                var plain = new ElementwiseArgs { Op = op, Left = apart, Scalar = 3, Output = output };
                var inPlace = plain with { Left = together, Output = together };
                kernels.Elementwise(plain);
                kernels.Elementwise(inPlace);
                var expected = Gradient(apart, output, g => backward.Elementwise(plain, g));
                var actual = Gradient(together, together, g => backward.Elementwise(inPlace, g));
                Assert.Equal(expected, actual);
            }
            var multiply = new ElementwiseArgs
            {
                Op = ElementwiseOp.Multiply,
                Left = Tensor.From<float>(1),
                Right = Tensor.From<float>(2),
                Output = default,
            };
            multiply = multiply with { Output = multiply.Left };
            Assert.Throws<ArgumentException>(() => Gradient(multiply.Left, multiply.Left, g => backward.Elementwise(multiply, g)));
            var rows = Tensor.From<float>([3, 4], new(1, 2));
            Assert.Throws<ArgumentException>(() => backward.NormalizeRows(new() { Input = rows, Output = rows }, new GivenGradients()));
        }
    }

    [Fact]
    public void Softmax_in_place_has_the_gradient_of_softmax_apart()
    {
        using var workers = new Workers(1);
        foreach (var kernels in CpuKernels.All(workers))
        {
            var backward = new GradientKernels(kernels);
            var (apart, together) = (FloatCase.Random(new(5, 21), 1), FloatCase.Random(new(5, 21), 1));
            var plain = new SoftmaxArgs { Input = apart, Output = Tensor.Zeros<float>(apart.Shape) };
            var inPlace = new SoftmaxArgs { Input = together, Output = together };
            kernels.Softmax(plain);
            kernels.Softmax(inPlace);
            Assert.Equal(
                Gradient(apart, plain.Output, g => backward.Softmax(plain, g)),
                Gradient(together, together, g => backward.Softmax(inPlace, g)));
        }
    }

    static float[] Gradient(Tensor<float> input, Tensor<float> output, Action<IGradients> backward)
    {
        var given = new GivenGradients();
        var gradient = Tensor.Zeros<float>(input.Shape);
        given.Give(input, gradient);
        given.Give(output, ReferenceEquals(input.Storage, output.Storage) ? gradient : Tensor.Zeros<float>(output.Shape));
        given.Of(output).CopyFrom(FloatCase.Random(output.Shape, 5));
        backward(given);
        return gradient.ToArray();
    }

    static void Check(
        string what, Tensor<float>[] inputs, Tensor<float> output,
        Action<IKernels> forward, Action<IGradientKernels, IGradients> backward) =>
        new GradientCheck { What = what, Inputs = inputs, Output = output, Forward = forward, Backward = backward }.Run();

    /// <summary>Keeps values a step away from the kink of Relu.</summary>
    static Tensor<float> AwayFromZero(Tensor<float> tensor)
    {
        foreach (ref float x in tensor.Span) x += x >= 0 ? 0.02f : -0.02f;
        return tensor;
    }
}
