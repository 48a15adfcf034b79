using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary><see cref="SumNeighboursArgs"/> in a device's memory; bounds and ids are the caller's word.</summary>
public readonly record struct DeviceSumNeighboursArgs
{
    /// <summary>[R + 1] int64.</summary>
    public required DeviceTensor<long> RowStart { get; init; }

    /// <summary>[n] int32, each once in a row.</summary>
    public required DeviceTensor<int> Neighbours { get; init; }

    /// <summary>[n] bfloat16.</summary>
    public required DeviceTensor<BFloat16> Weights { get; init; }

    /// <summary>[m] int32, rows of the matrix.</summary>
    public required DeviceTensor<int> History { get; init; }

    /// <summary>[B + 1] int32.</summary>
    public required DeviceTensor<int> HistoryStart { get; init; }

    /// <summary>[C] int32, 0 or more.</summary>
    public required DeviceTensor<int> Candidates { get; init; }

    /// <summary>[B + 1] int32.</summary>
    public required DeviceTensor<int> CandidateStart { get; init; }

    /// <summary>[C, F] float32 of which one column is overwritten.</summary>
    public required DeviceTensor<float> Output { get; init; }

    /// <summary>That column.</summary>
    public required int Column { get; init; }
}

/// <summary>Sums of neighbours on a GPU, with the bits of the CPU kernels.</summary>
public static class SumNeighboursCuda
{
    const uint Threads = 256;

    // A request's table is a power of two of entries, under 4 a candidate.
    const long EntriesPerCandidate = 4;

    /// <summary>ArgentSumNeighboursArgs of the source.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong RowStart;
        public ulong Neighbours;
        public ulong Weights;
        public ulong History;
        public ulong HistoryStart;
        public ulong Candidates;
        public ulong CandidateStart;
        public ulong Output;
        public ulong Ids;
        public ulong Sums;
        public long Columns;
    }

    internal static CudaKernel<Parameters> Kernel { get; } = new("SumNeighbours/SumNeighbours.cu", "argent_sum_neighbours");

    /// <summary>Queues the operation, working in <paramref name="memory"/>: 32 bytes a candidate.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Launch(in CudaQueue on, in DeviceSumNeighboursArgs args, DeviceMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        DeviceChecks.Rank("SumNeighbours: Candidates", args.Candidates, 1);
        DeviceChecks.Rank("SumNeighbours: CandidateStart", args.CandidateStart, 1);
        DeviceChecks.Rank("SumNeighbours: Output", args.Output, 2);
        DeviceChecks.Is("SumNeighbours: Weights", args.Weights, args.Neighbours.Shape);
        DeviceChecks.Is("SumNeighbours: HistoryStart", args.HistoryStart, args.CandidateStart.Shape);
        long candidates = args.Candidates.Count, columns = args.Output.Shape[1];
        DeviceChecks.Is("SumNeighbours: Output", args.Output, new(candidates, columns));
        Checks.Index("SumNeighbours: Column", args.Column, columns);
        if (candidates == 0) return;
        var ids = memory.Rent<int>(new(EntriesPerCandidate * candidates));
        var sums = memory.Rent<float>(new(EntriesPerCandidate * candidates));
        on.Launch(Kernel, new LaunchSize(args.CandidateStart.Count - 1, Threads), new Parameters
        {
            RowStart = args.RowStart.Address,
            Neighbours = args.Neighbours.Address,
            Weights = args.Weights.Address,
            History = args.History.Address,
            HistoryStart = args.HistoryStart.Address,
            Candidates = args.Candidates.Address,
            CandidateStart = args.CandidateStart.Address,
            Output = args.Output.Address + (ulong)args.Column * sizeof(float),
            Ids = ids.Address,
            Sums = sums.Address,
            Columns = columns,
        });
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void SumNeighbours(in SumNeighboursArgs args)
    {
        SumNeighboursReference.Check(in args);
        lock (_lock)
        {
            Begin();
            // The other columns come back as they went.
            var output = Copy(args.Output);
            SumNeighboursCuda.Launch(
                Queue,
                new DeviceSumNeighboursArgs
                {
                    RowStart = Input(args.RowStart),
                    Neighbours = Input(args.Neighbours),
                    Weights = Input(args.Weights),
                    History = Input(args.History),
                    HistoryStart = Input(args.HistoryStart),
                    Candidates = Input(args.Candidates),
                    CandidateStart = Input(args.CandidateStart),
                    Output = output,
                    Column = args.Column,
                },
                _memory);
            Result(output, args.Output);
            Finish();
        }
    }
}
