using System.Runtime.InteropServices;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>
/// The gradients of one step. The item tower runs once; its vectors then stand as parameters of their own while groups
/// of users run through user tower and loss, so that a group's logits stay in the cache; the gradients that the groups
/// left there at last flow back through the item tower.
/// </summary>
sealed class TrainingStep : IDisposable
{
    const string Heads = "user_tower.heads.";

    readonly TrainedModel _model;
    readonly ParameterSet _parameters;
    readonly int _leadingTask;
    readonly bool _jointTasks;
    readonly ItemTrend? _trend;
    readonly Tape _itemTape;
    readonly Tape _userTape;
    readonly Parameter _embeddings; // [candidates, D]
    readonly Parameter _biases;     // [candidates]
    readonly Scratch _itemMemory = new();
    readonly Scratch _userMemory = new();

    /// <summary>A step over kernels.</summary>
    /// <param name="model">Whose towers are trained.</param>
    /// <param name="parameters">Their weights; the vectors of the candidates are added.</param>
    /// <param name="steps">Chooses candidates and users.</param>
    /// <param name="kernels">The arithmetic.</param>
    public TrainingStep(TrainedModel model, ParameterSet parameters, StepBuilder steps, IKernels kernels)
    {
        (_model, _parameters) = (model, parameters);
        (_leadingTask, _jointTasks, _trend) = (steps.LeadingTask, steps.JointTasks, steps.Trend);
        int candidatesMax = steps.Candidates.Capacity;
        _embeddings = parameters.Add("candidates.embeddings", Tensor.Zeros<float>(new Shape(candidatesMax, model.Config.Dim)));
        _biases = parameters.Add("candidates.biases", Tensor.Zeros<float>(new Shape(candidatesMax)));
        _itemTape = new Tape(kernels, parameters);
        _userTape = new Tape(kernels, parameters);
    }

    /// <summary>Adds the gradients of a batch to the parameters.</summary>
    /// <param name="items">The candidates, as a function of the memory for them.</param>
    /// <param name="candidates">Which items they are.</param>
    /// <param name="groups">Users and targets.</param>
    /// <param name="losses">By task: the loss, summed over weighted targets, is added.</param>
    public void Run(Func<Scratch, ItemBatch> items, Candidates candidates, IEnumerable<UserGroup> groups, double[] losses)
    {
        var (embeddings, biases) = _model.ItemTower.Forward(items(_itemMemory), new ForwardPass(_itemTape, _itemMemory));
        int count = candidates.Count;
        _embeddings.Value.Rows(0, count).CopyFrom(embeddings);
        _biases.Value.Rows(0, count).CopyFrom(biases);
        int last = -1;
        foreach (var group in groups)
        {
            if (last >= 0 && group.Task != last && !_jointTasks) KeepHeadsOnly();
            last = group.Task;
            RunGroup(group, candidates, losses);
            _userTape.Clear();
            _userMemory.Reset();
        }
        if (last >= 0 && last != _leadingTask && !_jointTasks) KeepHeadsOnly();
        HoldLeadingHead();
        ReturnToItems(embeddings, biases);
        _itemTape.Clear();
        _itemMemory.Reset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _itemTape.Dispose();
        _userTape.Dispose();
        _itemMemory.Dispose();
        _userMemory.Dispose();
    }

    void RunGroup(UserGroup group, Candidates candidates, double[] losses)
    {
        if (group.Targets.QueryRows.Count == 0) return;
        var pass = new ForwardPass(_userTape, _userMemory);
        var queries = _model.UserTower.Forward(group.Inputs.Build(), pass);
        var loss = Loss(queries, group, candidates, pass);
        losses[group.Task] += loss[0];
        _userTape.Backward(loss);
    }

    /// <summary>
    /// Takes back what the tasks so far did to shared weights: they learn their rows of the heads over tables that the
    /// leading task, whose groups come last, learns.
    /// </summary>
    void KeepHeadsOnly()
    {
        foreach (var parameter in _parameters)
        {
            if (!parameter.Name.StartsWith(Heads, StringComparison.Ordinal)) parameter.ClearGradient();
        }
    }

    /// <summary>
    /// The leading task's head stays what it was, the sum of the bags: the tables below can learn any rotation that it
    /// could, so moving both only overfits (measured on goodbooks: Recall@20 falls by about 5 %).
    /// </summary>
    void HoldLeadingHead()
    {
        int dim = _model.Config.Dim;
        foreach (var parameter in _parameters)
        {
            if (!parameter.Name.StartsWith(Heads, StringComparison.Ordinal)) continue;
            parameter.Gradient.Rows((long)_leadingTask * dim, dim).Clear();
        }
    }

    Tensor<float> Loss(Tensor<float> queries, UserGroup group, Candidates candidates, in ForwardPass pass)
    {
        var targets = group.Targets;
        int count = candidates.Count, rows = targets.QueryRows.Count;
        var asked = pass.Scratch.Rent<float>(new Shape(rows, queries.Shape[1]));
        pass.Kernels.GatherRows(new GatherRowsArgs
        {
            Table = queries,
            Indices = Copy<int>(CollectionsMarshal.AsSpan(targets.QueryRows), pass.Scratch),
            Rows = asked,
        });
        var logits = pass.Scratch.Rent<float>(new Shape(rows, count));
        pass.Kernels.Dense(new DenseArgs
        {
            Input = asked,
            Weight = _embeddings.Value.Rows(0, count),
            Bias = _biases.Value.Rows(0, count),
            Output = logits,
        });
        var columns = pass.Scratch.Rent<int>(new Shape(targets.Items.Count));
        for (int i = 0; i < targets.Items.Count; i++) columns[i] = candidates.Column(targets.Items[i]);
        var loss = pass.Scratch.Rent<float>(new Shape(1));
        pass.Kernels.SoftmaxCrossEntropy(new SoftmaxCrossEntropyArgs
        {
            Logits = logits,
            Correction = Correction(group, candidates, pass.Scratch),
            Targets = columns,
            TargetStart = Copy<int>(CollectionsMarshal.AsSpan(targets.Start), pass.Scratch),
            TargetWeights = Copy<float>(CollectionsMarshal.AsSpan(targets.Weights), pass.Scratch),
            Loss = loss,
        });
        return loss;
    }

    /// <summary>What is subtracted from each candidate's logit: that of the sampling, and the trend taken negative.</summary>
    Tensor<float> Correction(UserGroup group, Candidates candidates, Scratch scratch)
    {
        if (_trend is null) return candidates.Correction.IsEmpty ? default : Copy(candidates.Correction, scratch);
        var correction = scratch.RentZeroed<float>(new Shape(candidates.Count));
        if (!candidates.Correction.IsEmpty) correction.CopyFrom(candidates.Correction);
        for (int c = 0; c < candidates.Count; c++) correction[c] -= _trend.At(candidates.Rows[c], group.Moment);
        return correction;
    }

    /// <summary>
    /// The sum of vectors times their gradients, with the gradients as constants, has exactly those gradients: that is
    /// how they enter the tape of the item tower.
    /// </summary>
    void ReturnToItems(Tensor<float> embeddings, Tensor<float> biases)
    {
        var pass = new ForwardPass(_itemTape, _itemMemory);
        var first = Product(embeddings, _embeddings.Gradient.Rows(0, embeddings.Shape[0]), pass);
        var second = Product(biases, _biases.Gradient.Rows(0, biases.Shape[0]), pass);
        _itemTape.Backward(Sum(first, second, pass));
        _embeddings.ClearGradient();
        _biases.ClearGradient();
    }

    static Tensor<float> Product(Tensor<float> left, Tensor<float> right, in ForwardPass pass)
    {
        var product = pass.Scratch.Rent<float>(new Shape(1, 1));
        var row = new Shape(1, left.Count);
        pass.Kernels.Dense(new DenseArgs { Input = left.Reshape(row), Weight = right.Reshape(row), Output = product });
        return product.Reshape(new Shape(1));
    }

    static Tensor<float> Sum(Tensor<float> left, Tensor<float> right, in ForwardPass pass)
    {
        var sum = pass.Scratch.Rent<float>(new Shape(1));
        pass.Kernels.Elementwise(new ElementwiseArgs { Op = ElementwiseOp.Add, Left = left, Right = right, Output = sum });
        return sum;
    }

    static Tensor<T> Copy<T>(ReadOnlySpan<T> values, Scratch scratch) where T : unmanaged
    {
        var tensor = scratch.Rent<T>(new Shape(values.Length));
        tensor.CopyFrom(values);
        return tensor;
    }
}
