using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>Options of the kind <c>mol</c>.</summary>
public sealed record MolOptions
{
    /// <summary>P, components of a user.</summary>
    public int UserComponents { get; init; } = 8;

    /// <summary>Q, components of an item.</summary>
    public int ItemComponents { get; init; } = 8;

    /// <summary>Numbers of a component.</summary>
    public int ComponentDim { get; init; } = 32;

    /// <summary>Width of the hidden layer of each of the three gating networks.</summary>
    public int GateHidden { get; init; } = 64;

    /// <summary>Share of the mixture's weights that a training step drops.</summary>
    public float Dropout { get; init; } = 0.1f;

    /// <summary>What the mixture of dots, which are cosines, is divided by.</summary>
    public float Temperature { get; init; } = 0.05f;

    /// <summary>Checks ranges.</summary>
    /// <exception cref="InvalidDataException">Something is out of range; the message says what.</exception>
    public void Check()
    {
        Count("userComponents", UserComponents, 64);
        Count("itemComponents", ItemComponents, 64);
        Count("componentDim", ComponentDim, 1024);
        Count("gateHidden", GateHidden, 4096);
        if (Dropout is not (>= 0 and < 1)) throw new InvalidDataException($"dropout is {Dropout}; it is 0 or more and less than 1.");
        if (Temperature is not (>= 1e-4f and <= 1e4f))
        {
            throw new InvalidDataException($"temperature is {Temperature}; it is 0.0001 to 10,000.");
        }
    }

    static void Count(string name, int value, int max)
    {
        if (value < 1 || value > max) throw new InvalidDataException($"{name} is {value}; it is 1 to {max}.");
    }
}

/// <summary>
/// A mixture of logits (Zhai et al. 2023, "Revisiting Neural Retrieval on Accelerators"; Ding and Zhai 2025, "Retrieval
/// with Learned Similarities"): the P * Q cosines of user and item components, weighted for each task by the softmax of
/// gates that user, item and pair set, divided by a temperature; plus a linear term of the cross features.
/// </summary>
/// <remarks>
/// An item's components and its part of the gates are its side, computed at publish; the user's are computed once for each
/// request. For a candidate remain the cosines, the pair's gating network over [cosines, features], and the mixture.
/// </remarks>
public sealed class MolOverArch : OverArch
{
    readonly MolOptions _options;
    readonly ScorerLayer _user;         // [P * d, H * D]
    readonly ScorerLayer _item;         // [Q * d, D]
    readonly Gate _userGate;            // of [B, H * D]
    readonly Gate _itemGate;            // of [n, D]
    readonly Gate _pairGate;            // of [C, P * Q + F]
    readonly ScorerLayer? _linear;      // [T, F]
    readonly int _tasks;

    /// <summary>A mixture for the sizes given.</summary>
    /// <exception cref="InvalidDataException">An option is out of range.</exception>
    public MolOverArch(OverArchShape shape, OverArchWeights weights) : base(weights)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(weights);
        _options = shape.Read<MolOptions>();
        _options.Check();
        _tasks = shape.Tasks;
        int user = shape.Heads * shape.Dim, dots = _options.UserComponents * _options.ItemComponents;
        var widths = (Hidden: _options.GateHidden, Outputs: shape.Tasks * dots);
        _user = weights.Dense("user", user, _options.UserComponents * _options.ComponentDim);
        _item = weights.Dense("item", shape.Dim, _options.ItemComponents * _options.ComponentDim);
        _userGate = new Gate("user_gate", user, widths, weights);
        _itemGate = new Gate("item_gate", shape.Dim, widths, weights);
        _pairGate = new Gate("pair_gate", dots + shape.Features, widths, weights);
        if (shape.Features > 0) _linear = weights.Dense("linear", shape.Features, shape.Tasks, 0.1f);
    }

    /// <summary>The components, normalised, then the item's part of the gates: [n, Q * d + T * P * Q].</summary>
    public override Tensor<float> ItemSide(Tensor<float> embeddings, in ForwardPass pass) => CandidateRows.Beside(
        Components(_item, embeddings, pass), _itemGate.Forward(embeddings, pass), pass);

    /// <inheritdoc/>
    public override Tensor<float> Forward(in CandidateBatch batch, in ForwardPass pass)
    {
        var users = CandidateRows.Users(batch);
        var dots = pass.Scratch.Rent<float>(new Shape(batch.Count, (long)_options.UserComponents * _options.ItemComponents));
        pass.Kernels.ComponentDots(new ComponentDotsArgs
        {
            Users = Components(_user, users, pass),
            Items = batch.Items,
            Request = batch.Request,
            UserComponents = _options.UserComponents,
            ItemComponents = _options.ItemComponents,
            Dots = dots,
        });
        var gates = _pairGate.Forward(CandidateRows.Beside(dots, batch.Features, pass), pass);
        var logits = pass.Scratch.Rent<float>(new Shape(batch.Count, _tasks));
        pass.Kernels.MixLogits(new MixLogitsArgs
        {
            Logits = dots,
            UserGates = _userGate.Forward(users, pass),
            Request = batch.Request,
            Items = batch.Items,
            ItemColumn = _options.ItemComponents * _options.ComponentDim,
            PairGates = gates,
            Keep = Keep(gates.Shape, pass),
            Scale = 1 / _options.Temperature,
            Values = logits,
        });
        return _linear is null
            ? logits
            : CandidateRows.Sum(logits, _linear.Forward(batch.Features, Activation.None, pass), pass);
    }

    /// <summary>Rows of components of length 1.</summary>
    Tensor<float> Components(ScorerLayer layer, Tensor<float> x, in ForwardPass pass)
    {
        var all = layer.Forward(x, Activation.None, pass);
        var rows = all.Reshape(new Shape(all.Count / _options.ComponentDim, _options.ComponentDim));
        var normal = pass.Scratch.Rent<float>(rows.Shape);
        pass.Kernels.NormalizeRows(new NormalizeRowsArgs { Input = rows, Output = normal });
        return normal.Reshape(all.Shape);
    }

    Tensor<float> Keep(Shape shape, in ForwardPass pass)
    {
        if (pass.Dropout is not { } dropout || _options.Dropout == 0) return default;
        var keep = pass.Scratch.Rent<float>(shape);
        dropout(keep, _options.Dropout);
        return keep;
    }

    /// <summary>One of the three networks that set the gates; it begins at zero, so that the mixture begins as a mean.</summary>
    sealed class Gate(string name, int inputs, (int Hidden, int Outputs) widths, OverArchWeights weights)
    {
        readonly ScorerLayer _hidden = weights.Dense(name + ".hidden", inputs, widths.Hidden);
        readonly ScorerLayer _output = weights.Dense(name + ".output", widths.Hidden, widths.Outputs, 0);

        public Tensor<float> Forward(Tensor<float> x, in ForwardPass pass) =>
            _output.Forward(_hidden.Forward(x, Activation.Silu, pass), Activation.None, pass);
    }
}
