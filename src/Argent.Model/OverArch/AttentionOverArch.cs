using System.Globalization;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>Options of the kind <c>attention</c>.</summary>
public sealed record AttentionOptions
{
    /// <summary>P: embeddings enter as P numbers of the user, P of the item and their P products; 0 for cross features alone.</summary>
    public int Projection { get; init; } = 16;

    /// <summary>Numbers of a candidate's row between the blocks, a multiple of <see cref="Heads"/>.</summary>
    public int Width { get; init; } = 32;

    /// <summary>Heads of the attention.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Blocks, one above the other.</summary>
    public int Blocks { get; init; } = 2;

    /// <summary>Width of the layer between the two of a block's feed-forward part.</summary>
    public int FeedForward { get; init; } = 64;

    /// <summary>Checks ranges.</summary>
    /// <exception cref="InvalidDataException">Something is out of range; the message says what.</exception>
    public void Check()
    {
        CrossedInputs.Check(Projection);
        if (Heads is < 1 or > 64) throw new InvalidDataException($"heads is {Heads}; it is 1 to 64.");
        if (Width < Heads || Width > 4096 || Width % Heads != 0)
        {
            throw new InvalidDataException($"width is {Width}; it is a multiple of heads, {Heads}, up to 4096.");
        }
        if (Blocks is < 1 or > 32) throw new InvalidDataException($"blocks is {Blocks}; it is 1 to 32.");
        if (FeedForward is < 1 or > 65_536) throw new InvalidDataException($"feedForward is {FeedForward}; it is 1 to 65,536.");
    }
}

/// <summary>
/// Self-attention over the candidates of a request, so that a candidate's logits depend on which others there are: rows
/// x = W [user, item, user * item, features], then blocks x += attention(norm(x)), x += feedForward(norm(x)), then
/// logits = V norm(x) + U features (Vaswani et al. 2017; norms first, so that a new model begins as its linear part).
/// </summary>
/// <remarks>Time grows with the square of a request's candidates.</remarks>
public sealed class AttentionOverArch : OverArch
{
    readonly AttentionOptions _options;
    readonly CrossedInputs _inputs;     // [C, 3 * P + F]
    readonly ScorerLayer _input;        // [W, 3 * P + F]
    readonly Block[] _blocks;
    readonly Norm _norm;
    readonly ScorerLayer _output;       // [T, W]
    readonly ScorerLayer? _linear;      // [T, F]

    /// <summary>A stack for the sizes given.</summary>
    /// <exception cref="InvalidDataException">An option is out of range.</exception>
    public AttentionOverArch(OverArchShape shape, OverArchWeights weights) : base(weights)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(weights);
        _options = shape.Read<AttentionOptions>();
        _options.Check();
        _inputs = new CrossedInputs(shape, _options.Projection, weights);
        _input = weights.Dense("input", _inputs.Width, _options.Width);
        _blocks = new Block[_options.Blocks];
        for (int i = 0; i < _blocks.Length; i++)
        {
            _blocks[i] = new Block("block." + i.ToString(CultureInfo.InvariantCulture), _options, weights);
        }
        _norm = new Norm("norm", _options.Width, weights);
        _output = weights.Dense("output", _options.Width, shape.Tasks, 0);
        if (shape.Features > 0) _linear = weights.Dense("linear", shape.Features, shape.Tasks, 0.1f);
    }

    /// <inheritdoc/>
    public override bool SeesWholeList => true;

    /// <inheritdoc/>
    public override bool ReadsItems => _inputs.ReadsItems;

    /// <inheritdoc/>
    public override Tensor<float> ItemSide(Tensor<float> embeddings, in ForwardPass pass) => _inputs.ItemSide(embeddings, pass);

    /// <inheritdoc/>
    public override Tensor<float> Forward(in CandidateBatch batch, in ForwardPass pass)
    {
        var x = _input.Forward(_inputs.Forward(batch, pass), Activation.Silu, pass);
        foreach (var block in _blocks) x = block.Forward(x, batch.Start, pass);
        var logits = _output.Forward(_norm.Forward(x, pass), Activation.None, pass);
        return _linear is null
            ? logits
            : CandidateRows.Sum(logits, _linear.Forward(batch.Features, Activation.None, pass), pass);
    }

    sealed class Norm(string name, int width, OverArchWeights weights)
    {
        const float Epsilon = 1e-5f;

        readonly Tensor<float> _gain = weights.Vector(name + ".gain", width, 1);
        readonly Tensor<float> _shift = weights.Vector(name + ".shift", width, 0);

        public Tensor<float> Forward(Tensor<float> x, in ForwardPass pass)
        {
            var y = pass.Scratch.Rent<float>(x.Shape);
            pass.Kernels.LayerNorm(new LayerNormArgs { Input = x, Gain = _gain, Shift = _shift, Epsilon = Epsilon, Output = y });
            return y;
        }
    }

    sealed class Block(string name, AttentionOptions options, OverArchWeights weights)
    {
        readonly Norm _before = new(name + ".norm", options.Width, weights);
        readonly ScorerLayer _query = weights.Dense(name + ".query", options.Width, options.Width);
        readonly ScorerLayer _key = weights.Dense(name + ".key", options.Width, options.Width);
        readonly ScorerLayer _value = weights.Dense(name + ".value", options.Width, options.Width);
        readonly ScorerLayer _together = weights.Dense(name + ".together", options.Width, options.Width, 0);
        readonly Norm _between = new(name + ".between", options.Width, weights);
        readonly ScorerLayer _wide = weights.Dense(name + ".wide", options.Width, options.FeedForward);
        readonly ScorerLayer _narrow = weights.Dense(name + ".narrow", options.FeedForward, options.Width, 0);

        /// <summary>Rows [C, W] of requests with bounds [B + 1].</summary>
        public Tensor<float> Forward(Tensor<float> x, Tensor<int> start, in ForwardPass pass)
        {
            var normal = _before.Forward(x, pass);
            var seen = pass.Scratch.Rent<float>(x.Shape);
            pass.Kernels.Attention(new AttentionArgs
            {
                Queries = _query.Forward(normal, Activation.None, pass),
                Keys = _key.Forward(normal, Activation.None, pass),
                Values = _value.Forward(normal, Activation.None, pass),
                QueryStart = start,
                KeyStart = start,
                Heads = options.Heads,
                Scale = 1 / MathF.Sqrt((float)options.Width / options.Heads),
                Output = seen,
            });
            x = CandidateRows.Sum(x, _together.Forward(seen, Activation.None, pass), pass);
            var wide = _wide.Forward(_between.Forward(x, pass), Activation.Silu, pass);
            return CandidateRows.Sum(x, _narrow.Forward(wide, Activation.None, pass), pass);
        }
    }
}
