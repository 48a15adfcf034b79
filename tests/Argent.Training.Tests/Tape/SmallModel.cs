using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Training.Tests;

/// <summary>
/// A two-tower model that uses every trainable operation: bags of item embeddings and a hidden layer against gathered items.
/// </summary>
sealed class SmallModel
{
    public const int Items = 12, Dim = 5, Hidden = 7, Users = 4, Candidates = 6;

    readonly Tensor<int> _ids = Tensor.From<int>(0, 3, 3, -1, 7, 11, 2);
    readonly Tensor<int> _start = Tensor.From<int>(0, 3, 3, 6, 7);
    readonly Tensor<int> _candidates = Tensor.From<int>(3, 1, 0, 8, -1, 3);
    readonly Tensor<int> _targets = Tensor.From<int>(0, 3, 2, 5);
    readonly Tensor<int> _targetStart = Tensor.From<int>(0, 2, 3, 3, 4);
    readonly Tensor<float> _weights = Tensor.From<float>(0.5f, 0.25f, 1f, 2f);
    readonly Tensor<float> _correction = Tensor.From<float>(0.1f, -0.3f, 0.2f, 0f, 0.7f, -0.1f);
    readonly Tensor<int> _context = Tensor.From<int>(1, 0, -1, 1);

    public SmallModel(int seed)
    {
        var random = new Random(seed);
        Add("history", new Shape(Items, Dim), random, isTable: true);
        Add("context", new Shape(2, 3), random, isTable: true);
        Add("items", new Shape(Items, Dim), random, isTable: true);
        Add("hidden.weight", new Shape(Hidden, Dim + 3), random);
        Add("hidden.bias", new Shape(Hidden), random);
        Add("norm.gain", new Shape(Hidden), random);
        Add("norm.shift", new Shape(Hidden), random);
        Add("gate.weight", new Shape(Hidden, Hidden), random);
        Add("out.weight", new Shape(Dim, Hidden), random);
        Add("scale", new Shape(Dim), random);
    }

    public ParameterSet Parameters { get; } = new();

    public Tensor<float> Loss(IKernels kernels, Scratch scratch, Pooling pooling = Pooling.SqrtCount)
    {
        var users = UserVectors(kernels, scratch, pooling);
        var items = scratch.Rent<float>(new(Candidates, Dim));
        kernels.GatherRows(new() { Table = Value("items"), Indices = _candidates, Rows = items });
        kernels.NormalizeRows(new() { Input = items, Output = items = scratch.Rent<float>(items.Shape) });
        var logits = scratch.Rent<float>(new(Users, Candidates));
        kernels.Dense(new() { Input = users, Weight = items, Output = logits });
        kernels.Elementwise(new() { Op = ElementwiseOp.Scale, Left = logits, Scalar = 3, Output = logits });
        var loss = scratch.Rent<float>(new(1));
        kernels.SoftmaxCrossEntropy(new()
        {
            Logits = logits,
            Correction = _correction,
            Targets = _targets,
            TargetStart = _targetStart,
            TargetWeights = _weights,
            Loss = loss,
        });
        return loss;
    }

    Tensor<float> UserVectors(IKernels kernels, Scratch scratch, Pooling pooling)
    {
        var pooled = scratch.Rent<float>(new(Users, Dim));
        kernels.SumEmbeddings(new()
        {
            Table = Value("history"),
            Ids = _ids,
            Start = _start,
            Pooling = pooling,
            Output = pooled,
        });
        var context = scratch.Rent<float>(new(Users, 3));
        kernels.GatherRows(new() { Table = Value("context"), Indices = _context, Rows = context });
        var input = scratch.Rent<float>(new(Users, Dim + 3));
        kernels.ConcatColumns(new() { Left = pooled, Right = context, Output = input });
        var hidden = scratch.Rent<float>(new(Users, Hidden));
        kernels.Dense(new()
        {
            Input = input,
            Weight = Value("hidden.weight"),
            Bias = Value("hidden.bias"),
            Activation = Activation.Silu,
            Output = hidden,
        });
        var normal = scratch.Rent<float>(hidden.Shape);
        kernels.LayerNorm(new()
        {
            Input = hidden,
            Gain = Value("norm.gain"),
            Shift = Value("norm.shift"),
            Epsilon = 1e-3f,
            Output = normal,
        });
        var gate = scratch.Rent<float>(hidden.Shape);
        kernels.Dense(new() { Input = normal, Weight = Value("gate.weight"), Output = gate });
        kernels.Softmax(new() { Input = gate, Output = gate });
        var gated = scratch.Rent<float>(hidden.Shape);
        kernels.Elementwise(new() { Op = ElementwiseOp.Multiply, Left = normal, Right = gate, Output = gated });
        kernels.Elementwise(new() { Op = ElementwiseOp.Add, Left = gated, Right = hidden, Output = gated });
        var users = scratch.Rent<float>(new(Users, Dim));
        kernels.Dense(new()
        {
            Input = gated,
            Weight = Value("out.weight"),
            Activation = Activation.Sigmoid,
            Output = users,
        });
        var scaled = scratch.Rent<float>(users.Shape);
        kernels.Elementwise(new() { Op = ElementwiseOp.Multiply, Left = users, Right = Value("scale"), Output = scaled });
        return scaled;
    }

    Tensor<float> Value(string name) => Parameters[name].Value;

    void Add(string name, Shape shape, Random random, bool isTable = false)
    {
        var value = Tensor.Zeros<float>(shape);
        foreach (ref float x in value.Span) x = (float)((random.NextDouble() * 1.6) - 0.8);
        Parameters.Add(name, value, isTable);
    }
}
