using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary><see cref="AttentionArgs"/> in a device's memory; bounds and places are the caller's word.</summary>
public readonly record struct DeviceAttentionArgs
{
    /// <summary>[Q, H * E] float32.</summary>
    public required DeviceTensor<float> Queries { get; init; }

    /// <summary>[K, H * E] float32.</summary>
    public required DeviceTensor<float> Keys { get; init; }

    /// <summary>[K, H * V] float32.</summary>
    public required DeviceTensor<float> Values { get; init; }

    /// <summary>[B + 1] int32.</summary>
    public required DeviceTensor<int> QueryStart { get; init; }

    /// <summary>[B + 1] int32.</summary>
    public required DeviceTensor<int> KeyStart { get; init; }

    /// <summary>Keys of the longest segment, or more.</summary>
    public required int KeysMax { get; init; }

    /// <summary>H, 1 or more.</summary>
    public required int Heads { get; init; }

    /// <summary>Factor of the products.</summary>
    public required float Scale { get; init; }

    /// <summary>How logits become weights.</summary>
    public AttentionWeighting Weighting { get; init; }

    /// <summary>Whether a query sees no later key.</summary>
    public bool IsCausal { get; init; }

    /// <summary>[P, H] float32, or no tensor.</summary>
    public DeviceTensor<float> Bias { get; init; }

    /// <summary>[P - 1] int32, ascending; only with a bias.</summary>
    public DeviceTensor<int> BiasBounds { get; init; }

    /// <summary>[Q] int32; only with a bias.</summary>
    public DeviceTensor<int> QueryPlaces { get; init; }

    /// <summary>[K] int32; only with a bias.</summary>
    public DeviceTensor<int> KeyPlaces { get; init; }

    /// <summary>[Q, H * V] float32, overwritten; overlaps no operand.</summary>
    public required DeviceTensor<float> Output { get; init; }
}

/// <summary>Attention on a GPU: softmax weights and sums have the AVX2 kernel's bits but for the sign of a zero.</summary>
public static class AttentionCuda
{
    const uint Threads = 128;

    // More than a device runs at once; each has a row of working memory.
    const long BlocksMax = 2048;

    /// <summary>ArgentAttentionArgs of the source.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Queries, Keys, Values, QueryStart, KeyStart, Bias, Bounds, QueryPlaces, KeyPlaces, Output, Weights;
        public long QueryCount, KeysMax;
        public int Segments, Heads, Depth, ValueDepth, BiasRows;
        public uint IsSilu, IsCausal;
        public float Scale;
    }

    internal static CudaKernel<Parameters> Kernel { get; } = new("Attention/Attention.cu", "argent_attention");

    /// <summary>Queues the operation, working in <paramref name="memory"/>: a row of logits for each of 2,048 blocks.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Launch(in CudaQueue on, in DeviceAttentionArgs args, DeviceMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        Check(in args);
        if (args.Output.Count == 0) return;
        long units = args.Queries.Shape[0] * args.Heads, blocks = Math.Min(units, BlocksMax);
        // A segment without keys needs no row, but the launch an address.
        var weights = memory.Rent<float>(new(blocks, Math.Max(1, args.KeysMax)));
        on.Launch(Kernel, new LaunchSize(blocks, Threads), new Parameters
        {
            Queries = args.Queries.Address,
            Keys = args.Keys.Address,
            Values = args.Values.Address,
            QueryStart = args.QueryStart.Address,
            KeyStart = args.KeyStart.Address,
            Bias = args.Bias.Address,
            Bounds = args.BiasBounds.Address,
            QueryPlaces = args.QueryPlaces.Address,
            KeyPlaces = args.KeyPlaces.Address,
            Output = args.Output.Address,
            Weights = weights.Address,
            QueryCount = args.Queries.Shape[0],
            KeysMax = weights.Shape[1],
            Segments = checked((int)args.QueryStart.Count - 1),
            Heads = args.Heads,
            Depth = checked((int)(args.Queries.Shape[1] / args.Heads)),
            ValueDepth = checked((int)(args.Values.Shape[1] / args.Heads)),
            BiasRows = args.Bias.IsPresent ? checked((int)args.Bias.Shape[0]) : 0,
            IsSilu = args.Weighting == AttentionWeighting.Silu ? 1u : 0u,
            IsCausal = args.IsCausal ? 1u : 0u,
            Scale = args.Scale,
        });
    }

    static void Check(in DeviceAttentionArgs args)
    {
        DeviceChecks.Rank("Attention: Queries", args.Queries, 2);
        DeviceChecks.Rank("Attention: Keys", args.Keys, 2);
        DeviceChecks.Rank("Attention: Values", args.Values, 2);
        DeviceChecks.Rank("Attention: QueryStart", args.QueryStart, 1);
        long queries = args.Queries.Shape[0], keys = args.Keys.Shape[0], width = args.Queries.Shape[1], values = args.Values.Shape[1];
        DeviceChecks.Is("Attention: Keys", args.Keys, new(keys, width));
        DeviceChecks.Is("Attention: Values", args.Values, new(keys, values));
        DeviceChecks.Is("Attention: Output", args.Output, new(queries, values));
        DeviceChecks.Is("Attention: KeyStart", args.KeyStart, args.QueryStart.Shape);
        ArgumentOutOfRangeException.ThrowIfNegative(args.KeysMax);
        if (args.Heads < 1 || width % args.Heads != 0 || values % args.Heads != 0)
        {
            throw new ArgumentException($"Attention: {args.Heads} heads do not divide Queries {args.Queries} and Values {args.Values}.");
        }
        if (!Enum.IsDefined(args.Weighting)) throw new ArgumentException($"Attention: unknown weighting {args.Weighting}.");
        if (!args.Bias.IsPresent) return;
        DeviceChecks.Rank("Attention: Bias", args.Bias, 2);
        DeviceChecks.Is("Attention: Bias", args.Bias, new(args.Bias.Shape[0], args.Heads));
        if (args.Bias.Shape[0] > 1) DeviceChecks.Is("Attention: BiasBounds", args.BiasBounds, new(args.Bias.Shape[0] - 1));
        DeviceChecks.Is("Attention: QueryPlaces", args.QueryPlaces, new(queries));
        DeviceChecks.Is("Attention: KeyPlaces", args.KeyPlaces, new(keys));
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void Attention(in AttentionArgs args)
    {
        AttentionReference.Check(in args);
        int keysMax = 0;
        for (int b = 0; b + 1 < args.KeyStart.Count; b++) keysMax = Math.Max(keysMax, args.KeyStart[b + 1] - args.KeyStart[b]);
        lock (_lock)
        {
            Begin();
            var output = Output(args.Output);
            AttentionCuda.Launch(
                Queue,
                new DeviceAttentionArgs
                {
                    Queries = Input(args.Queries),
                    Keys = Input(args.Keys),
                    Values = Input(args.Values),
                    QueryStart = Input(args.QueryStart),
                    KeyStart = Input(args.KeyStart),
                    KeysMax = keysMax,
                    Heads = args.Heads,
                    Scale = args.Scale,
                    Weighting = args.Weighting,
                    IsCausal = args.IsCausal,
                    Bias = Input(args.Bias),
                    BiasBounds = Input(args.BiasBounds),
                    QueryPlaces = Input(args.QueryPlaces),
                    KeyPlaces = Input(args.KeyPlaces),
                    Output = output,
                },
                _memory);
            Result(output, args.Output);
            Finish();
        }
    }
}
