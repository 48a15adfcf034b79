using Argent.Tensors;

namespace Argent.Kernels;

static unsafe class MixLogitsReference
{
    public static void Run(in MixLogitsArgs args)
    {
        Check(in args);
        long candidates = args.Logits.Shape[0], tasks = args.Values.Shape[1];
        for (long c = 0; c < candidates; c++)
        {
            for (long t = 0; t < tasks; t++) args.Values.Pointer[(c * tasks) + t] = Value(args, c, t);
        }
    }

    public static void Check(in MixLogitsArgs args)
    {
        Checks.Rank("MixLogits: Logits", args.Logits, 2);
        Checks.Rank("MixLogits: UserGates", args.UserGates, 2);
        Checks.Rank("MixLogits: Items", args.Items, 2);
        Checks.Rank("MixLogits: Values", args.Values, 2);
        Shape logits = args.Logits.Shape, items = args.Items.Shape;
        long candidates = logits[0], gates = logits[1] * args.Values.Shape[1];
        Checks.Is("MixLogits: Values", args.Values, new(candidates, args.Values.Shape[1]), "Logits", logits);
        Checks.Is("MixLogits: UserGates", args.UserGates, new(args.UserGates.Shape[0], gates), "Logits", logits);
        Checks.Is("MixLogits: Items", args.Items, new(candidates, items[1]), "Logits", logits);
        Checks.Is("MixLogits: PairGates", args.PairGates, new(candidates, gates), "Logits", logits);
        Checks.IsOrMissing("MixLogits: Keep", args.Keep, new(candidates, gates), "Logits", logits);
        Checks.Is("MixLogits: Request", args.Request, new(candidates), "Logits", logits);
        if (logits[1] < 1) throw new ArgumentException($"MixLogits: Logits is {args.Logits}; there is none to weigh.");
        if (args.ItemColumn < 0 || args.ItemColumn + gates > items[1])
        {
            throw new ArgumentException($"MixLogits: Items is {args.Items}, which has no {gates} columns from {args.ItemColumn} on.");
        }
        Checks.Requests("MixLogits: a request", args.Request, args.UserGates.Shape[0]);
    }

    static float Value(in MixLogitsArgs args, long c, long t)
    {
        long count = args.Logits.Shape[1];
        var gate = new GateSum(args);
        float max = float.NegativeInfinity;
        for (long l = 0; l < count; l++) max = MathF.Max(max, gate.At(c, (t * count) + l));
        double sum = 0, mixed = 0;
        for (long l = 0; l < count; l++)
        {
            float weight = MathF.Exp(gate.At(c, (t * count) + l) - max);
            float keep = args.Keep.IsPresent ? args.Keep.Pointer[(((c * args.Values.Shape[1]) + t) * count) + l] : 1f;
            sum += weight;
            mixed += (double)weight * keep * args.Logits.Pointer[(c * count) + l];
        }
        return (float)(args.Scale * (mixed / sum));
    }
}

/// <summary>The three parts of a gate, added.</summary>
readonly unsafe struct GateSum(in MixLogitsArgs args)
{
    readonly float* _users = args.UserGates.Pointer, _items = args.Items.Pointer + args.ItemColumn, _pairs = args.PairGates.Pointer;
    readonly int* _request = args.Request.Pointer;
    readonly long _width = args.PairGates.Shape[1];

    /// <summary>From one candidate to the next in Items.</summary>
    public readonly long ItemStep = args.Items.Shape[1];

    /// <summary>The gate of a candidate before the softmax; columns go over logits, then tasks.</summary>
    public float At(long candidate, long column) =>
        _users[(_request[candidate] * _width) + column] + _items[(candidate * ItemStep) + column] + _pairs[(candidate * _width) + column];
}
