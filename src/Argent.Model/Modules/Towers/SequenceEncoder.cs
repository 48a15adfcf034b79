using System.Globalization;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// A user's ordered history to one row: x(e) = embedding of event e + position, counted from the last event; then blocks
/// of causal attention; row = output(norm(x(last event))). The output starts at zero, so that a tower begins as its
/// pooled histories and learns what their order adds.
/// </summary>
public sealed class SequenceEncoder : Module
{
    readonly SequenceConfig _config;
    readonly Tensor<float> _items;     // [R, D]
    readonly Tensor<float> _positions; // [L, D]
    readonly SequenceBlock[] _blocks;
    readonly NormLayer _norm;
    readonly DenseLayer _output; // [D, D]

    SequenceEncoder(
        SequenceConfig config, (Tensor<float> Items, Tensor<float> Positions) tables, SequenceBlock[] blocks,
        (NormLayer Norm, DenseLayer Layer) output)
    {
        (_config, _blocks) = (config, blocks);
        (_items, _positions) = tables;
        (_norm, _output) = output;
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Module Child)> Children
    {
        get
        {
            for (int i = 0; i < _blocks.Length; i++) yield return ("blocks." + i.ToString(CultureInfo.InvariantCulture), _blocks[i]);
            yield return ("norm", _norm);
            yield return ("output", _output);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, AnyTensor Tensor)> Tensors =>
        [("items.weight", AnyTensor.From(_items)), ("positions", AnyTensor.From(_positions))];

    /// <summary>An encoder of zeros, for training to fill; its norms are the identity.</summary>
    public static SequenceEncoder Zeros(SequenceConfig config, int items, int dim) => new(
        config,
        (Tensor.Zeros<float>(new Shape(items, dim)), Tensor.Zeros<float>(new Shape(config.Length, dim))),
        [.. Enumerable.Range(0, config.Blocks).Select(_ => SequenceBlock.Zeros(config, dim))],
        (NormLayer.Identity(dim), DenseLayer.Zeros(dim, dim)));

    /// <summary>Binds the tensors below <paramref name="path"/>.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another type or shape.</exception>
    public static SequenceEncoder FromTensors(SequenceConfig config, Shape table, string path, TensorSource tensors)
    {
        int dim = (int)table[1];
        return new(
            config,
            (tensors.Get<float>(path + ".items.weight", [table[0], dim]), tensors.Get<float>(path + ".positions", [config.Length, dim])),
            [.. Enumerable.Range(0, config.Blocks).Select(
                i => SequenceBlock.FromTensors(config, dim, path + ".blocks." + i.ToString(CultureInfo.InvariantCulture), tensors))],
            (NormLayer.FromTensors(path + ".norm", dim, tensors), DenseLayer.FromTensors(path + ".output", dim, dim, tensors)));
    }

    /// <summary>Rows of a batch.</summary>
    /// <param name="history">Events of each user, oldest first: trained rows.</param>
    /// <param name="pass">The arithmetic.</param>
    /// <returns>[B, D], rented; all users without events get one and the same row.</returns>
    public Tensor<float> Forward(in IdBags history, in ForwardPass pass)
    {
        var events = Last(history, pass.Scratch);
        var x = Rows.Add(Rows.Gather(_items, events.Ids, pass), Rows.Gather(_positions, events.Places, pass), pass);
        for (int i = 0; i + 1 < _blocks.Length; i++) x = _blocks[i].Forward(x, events.Start, pass);
        x = _blocks[^1].ForwardLast(x, events.Start, events.Last, events.Each, pass);
        return _output.Forward(_norm.Forward(x, pass), Activation.None, pass);
    }

    /// <summary>Lays weights out for many passes. They must not change afterwards.</summary>
    public void Freeze()
    {
        foreach (var block in _blocks) block.Freeze();
        _output.Freeze();
    }

    /// <summary>The last L events of each user.</summary>
    Events Last(in IdBags history, Scratch scratch)
    {
        int users = (int)history.Start.Count - 1, length = _config.Length;
        var start = scratch.Rent<int>(new Shape(users + 1));
        start[0] = 0;
        for (int u = 0; u < users; u++) start[u + 1] = start[u] + Math.Min(length, history.Start[u + 1] - history.Start[u]);
        var ids = scratch.Rent<int>(new Shape(start[users]));
        var places = scratch.Rent<int>(new Shape(start[users]));
        var last = scratch.Rent<int>(new Shape(users));
        var each = scratch.Rent<int>(new Shape(users + 1));
        for (int u = 0; u < users; u++)
        {
            int count = start[u + 1] - start[u];
            ids.Rows(start[u], count).CopyFrom(history.Ids.Rows(history.Start[u + 1] - count, count));
            for (int i = 0; i < count; i++) places[start[u] + i] = count - 1 - i;
            last[u] = count > 0 ? start[u + 1] - 1 : -1;
            each[u] = u;
        }
        each[users] = users;
        return new Events(ids, places, start, last, each);
    }

    /// <param name="Ids">[n] rows of the table.</param>
    /// <param name="Places">[n] 0 for a user's last event, 1 for the one before it, ...</param>
    /// <param name="Start">[B + 1] bounds of each user's events.</param>
    /// <param name="Last">[B] the last of them, or -1.</param>
    /// <param name="Each">[B + 1] 0, 1, 2, ...: one query for each user.</param>
    readonly record struct Events(Tensor<int> Ids, Tensor<int> Places, Tensor<int> Start, Tensor<int> Last, Tensor<int> Each);
}
