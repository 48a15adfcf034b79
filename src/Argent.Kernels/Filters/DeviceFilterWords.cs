using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>The device twin of <see cref="FilterWords"/>: the same words at the same places.</summary>
public sealed record DeviceFilterWords
{
    /// <summary>[sum of words] uint64; row r of block b starts at <c>BlockStart[b] + r * 8</c>.</summary>
    public required DeviceTensor<ulong> Rows { get; init; }

    /// <summary>[blocks + 1] int64, first word of each block.</summary>
    public required DeviceTensor<long> BlockStart { get; init; }

    /// <summary>Exact bitmap rows at the start of every block.</summary>
    public required int ExactRows { get; init; }

    /// <summary>Bloom rows that each term sets.</summary>
    public required int HashCount { get; init; }

    /// <summary>Tensors for <paramref name="words"/> from <paramref name="memory"/>, which may be planned; still without values.</summary>
    public static DeviceFilterWords Rent(DeviceMemory memory, FilterWords words)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(words);
        return new DeviceFilterWords
        {
            Rows = memory.Rent<ulong>(words.Rows.Shape),
            BlockStart = memory.Rent<long>(words.BlockStart.Shape),
            ExactRows = words.ExactRows,
            HashCount = words.HashCount,
        };
    }

    /// <summary>Queues the copies; the source stays as it is until the stream has passed.</summary>
    public void Upload(CudaStream stream, FilterWords words)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(words);
        stream.Upload(words.Rows, Rows);
        stream.Upload(words.BlockStart, BlockStart);
    }
}
