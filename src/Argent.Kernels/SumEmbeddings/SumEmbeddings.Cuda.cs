using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary><see cref="SumEmbeddingsArgs"/> in a device's memory; nobody looks at the ids there.</summary>
public readonly record struct DeviceSumEmbeddingsArgs
{
    /// <summary>[V, D] float32.</summary>
    public required DeviceTensor<float> Table { get; init; }

    /// <summary>[n] int32, each below V; negative ids are skipped and not counted.</summary>
    public required DeviceTensor<int> Ids { get; init; }

    /// <summary>[B + 1] int32.</summary>
    public required DeviceTensor<int> Start { get; init; }

    /// <summary>How rows are combined.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>[B, D] float32, overwritten.</summary>
    public required DeviceTensor<float> Output { get; init; }
}

/// <summary>Pools rows of an embedding table on a GPU, with the bits of the CPU kernels.</summary>
public static class SumEmbeddingsCuda
{
    const uint Threads = 256;

    /// <summary>ArgentSumEmbeddingsArgs of the source.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Table;
        public ulong Ids;
        public ulong Start;
        public ulong Output;
        public long Bags;
        public long Columns;
        public uint Pooling;
        public uint Padding;
    }

    internal static CudaKernel<Parameters> Kernel { get; } = new("SumEmbeddings/SumEmbeddings.cu", "argent_sum_embeddings");

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Launch(in CudaQueue on, in DeviceSumEmbeddingsArgs args)
    {
        DeviceChecks.Rank("SumEmbeddings: Table", args.Table, 2);
        DeviceChecks.Rank("SumEmbeddings: Ids", args.Ids, 1);
        DeviceChecks.Rank("SumEmbeddings: Start", args.Start, 1);
        long bags = args.Start.Count - 1, columns = args.Table.Shape[1];
        DeviceChecks.Is("SumEmbeddings: Output", args.Output, new(bags, columns));
        if (!Enum.IsDefined(args.Pooling)) throw new ArgumentException($"SumEmbeddings: unknown pooling {args.Pooling}.");
        if (args.Output.Count == 0) return;
        on.Launch(Kernel, LaunchSize.Over(args.Output.Count, Threads), new Parameters
        {
            Table = args.Table.Address,
            Ids = args.Ids.Address,
            Start = args.Start.Address,
            Output = args.Output.Address,
            Bags = bags,
            Columns = columns,
            Pooling = (uint)args.Pooling,
        });
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void SumEmbeddings(in SumEmbeddingsArgs args)
    {
        SumEmbeddingsReference.Check(in args);
        Checks.Rows("SumEmbeddings: an id", args.Ids, args.Table.Shape[0]);
        lock (_lock)
        {
            Begin();
            var output = Output(args.Output);
            SumEmbeddingsCuda.Launch(Queue, new DeviceSumEmbeddingsArgs
            {
                Table = Input(args.Table),
                Ids = Input(args.Ids),
                Start = Input(args.Start),
                Pooling = args.Pooling,
                Output = output,
            });
            Result(output, args.Output);
            Finish();
        }
    }
}
