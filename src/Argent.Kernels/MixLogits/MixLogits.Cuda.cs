using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary><see cref="MixLogitsArgs"/> in a device's memory; nobody looks at the requests there.</summary>
public readonly record struct DeviceMixLogitsArgs
{
    /// <summary>[C, L] float32, L at least 1.</summary>
    public required DeviceTensor<float> Logits { get; init; }

    /// <summary>[R, T * L] float32.</summary>
    public required DeviceTensor<float> UserGates { get; init; }

    /// <summary>[C] int32, each in [0, R).</summary>
    public required DeviceTensor<int> Request { get; init; }

    /// <summary>[C, I] float32: columns [F, F + T * L) are what the item says of the gates.</summary>
    public required DeviceTensor<float> Items { get; init; }

    /// <summary>F.</summary>
    public required int ItemColumn { get; init; }

    /// <summary>[C, T * L] float32.</summary>
    public required DeviceTensor<float> PairGates { get; init; }

    /// <summary>[C, T * L] float32, or no tensor.</summary>
    public DeviceTensor<float> Keep { get; init; }

    /// <summary>Factor of the mixture.</summary>
    public required float Scale { get; init; }

    /// <summary>[C, T] float32, overwritten.</summary>
    public required DeviceTensor<float> Values { get; init; }
}

/// <summary>Mixtures of logits on a GPU, with the bits of the AVX2 kernel.</summary>
public static class MixLogitsCuda
{
    const uint Threads = 256;
    const int LanesOfValue = 8;

    /// <summary>ArgentMixLogitsArgs of the source.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Logits;
        public ulong UserGates;
        public ulong Request;
        public ulong Items;
        public ulong PairGates;
        public ulong Keep;
        public ulong Values;
        public long ItemStep;
        public long Candidates;
        public long Tasks;
        public int Count;
        public float Scale;
    }

    internal static CudaKernel<Parameters> Kernel { get; } = new("MixLogits/MixLogits.cu", "argent_mix_logits");

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Launch(in CudaQueue on, in DeviceMixLogitsArgs args)
    {
        DeviceChecks.Rank("MixLogits: Logits", args.Logits, 2);
        DeviceChecks.Rank("MixLogits: UserGates", args.UserGates, 2);
        DeviceChecks.Rank("MixLogits: Items", args.Items, 2);
        DeviceChecks.Rank("MixLogits: Values", args.Values, 2);
        long candidates = args.Logits.Shape[0], count = args.Logits.Shape[1], tasks = args.Values.Shape[1], gates = tasks * count;
        DeviceChecks.Is("MixLogits: Values", args.Values, new(candidates, tasks));
        DeviceChecks.Is("MixLogits: UserGates", args.UserGates, new(args.UserGates.Shape[0], gates));
        DeviceChecks.Is("MixLogits: Items", args.Items, new(candidates, args.Items.Shape[1]));
        DeviceChecks.Is("MixLogits: PairGates", args.PairGates, new(candidates, gates));
        DeviceChecks.IsOrMissing("MixLogits: Keep", args.Keep, new(candidates, gates));
        DeviceChecks.Is("MixLogits: Request", args.Request, new(candidates));
        if (count < 1 || args.ItemColumn < 0 || args.ItemColumn + gates > args.Items.Shape[1])
        {
            throw new ArgumentException($"MixLogits: Items {args.Items} has no {gates} columns from {args.ItemColumn} on.");
        }
        if (args.Values.Count == 0) return;
        on.Launch(Kernel, LaunchSize.Over(args.Values.Count * LanesOfValue, Threads), new Parameters
        {
            Logits = args.Logits.Address,
            UserGates = args.UserGates.Address,
            Request = args.Request.Address,
            Items = args.Items.Address + ((ulong)args.ItemColumn * sizeof(float)),
            PairGates = args.PairGates.Address,
            Keep = args.Keep.Address,
            Values = args.Values.Address,
            ItemStep = args.Items.Shape[1],
            Candidates = candidates,
            Tasks = tasks,
            Count = checked((int)count),
            Scale = args.Scale,
        });
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void MixLogits(in MixLogitsArgs args)
    {
        MixLogitsReference.Check(in args);
        lock (_lock)
        {
            Begin();
            var values = Output(args.Values);
            MixLogitsCuda.Launch(Queue, new DeviceMixLogitsArgs
            {
                Logits = Input(args.Logits),
                UserGates = Input(args.UserGates),
                Request = Input(args.Request),
                Items = Input(args.Items),
                ItemColumn = args.ItemColumn,
                PairGates = Input(args.PairGates),
                Keep = Input(args.Keep),
                Scale = args.Scale,
                Values = values,
            });
            Result(values, args.Values);
            Finish();
        }
    }
}
