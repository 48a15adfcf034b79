using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>Exact scores of candidates in a device's memory; see <see cref="ScoreCandidatesArgs"/>.</summary>
public readonly record struct DeviceScoreCandidatesArgs
{
    /// <summary>[B * H, D] float32.</summary>
    public required DeviceTensor<float> Queries { get; init; }

    /// <summary>[S, D] bfloat16.</summary>
    public required DeviceTensor<BFloat16> Embeddings { get; init; }

    /// <summary>[S] float32, or no tensor for zero.</summary>
    public DeviceTensor<float> Bias { get; init; }

    /// <summary>[B, C] int32 slots below S, negative for none.</summary>
    public required DeviceTensor<int> Slots { get; init; }

    /// <summary>[B, C, H] float32, overwritten.</summary>
    public required DeviceTensor<float> Scores { get; init; }
}

/// <summary>Scores on a GPU, with the bits of the AVX2 kernel.</summary>
public static class ScoreCandidatesCuda
{
    // Eight of them score a candidate.
    const uint Threads = 256;
    const int ThreadsOfCandidate = 8;

    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Queries;
        public ulong Embeddings;
        public ulong Bias;
        public ulong Slots;
        public ulong Scores;
        public long Count;
        public int PerRequest;
        public int Heads;
        public int Columns;
    }

    internal static CudaKernel<Parameters> Kernel { get; } = new("ScoreCandidates/ScoreCandidates.cu", "argent_score_candidates");

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Launch(in CudaQueue on, in DeviceScoreCandidatesArgs args)
    {
        DeviceChecks.Rank("ScoreCandidates: Embeddings", args.Embeddings, 2);
        DeviceChecks.Rank("ScoreCandidates: Slots", args.Slots, 2);
        DeviceChecks.Rank("ScoreCandidates: Scores", args.Scores, 3);
        Shape cache = args.Embeddings.Shape, slots = args.Slots.Shape;
        long heads = args.Scores.Shape[2];
        DeviceChecks.Is("ScoreCandidates: Queries", args.Queries, new(slots[0] * heads, cache[1]));
        DeviceChecks.IsOrMissing("ScoreCandidates: Bias", args.Bias, new(cache[0]));
        DeviceChecks.Is("ScoreCandidates: Scores", args.Scores, new(slots[0], slots[1], heads));
        var parameters = new Parameters
        {
            Queries = args.Queries.Address,
            Embeddings = args.Embeddings.Address,
            Bias = args.Bias.Address,
            Slots = args.Slots.Address,
            Scores = args.Scores.Address,
            Count = slots.Count,
            PerRequest = checked((int)slots[1]),
            Heads = checked((int)heads),
            Columns = checked((int)cache[1]),
        };
        on.Launch(Kernel, LaunchSize.Over(slots.Count * ThreadsOfCandidate, Threads), in parameters);
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void ScoreCandidates(in ScoreCandidatesArgs args)
    {
        ScoreCandidatesReference.Check(in args);
        lock (_lock)
        {
            Begin();
            var scores = Output(args.Scores);
            ScoreCandidatesCuda.Launch(Queue, new DeviceScoreCandidatesArgs
            {
                Queries = Input(args.Queries),
                Embeddings = Input(args.Embeddings),
                Bias = Input(args.Bias),
                Slots = Input(args.Slots),
                Scores = scores,
            });
            Result(scores, args.Scores);
            Finish();
        }
    }
}
