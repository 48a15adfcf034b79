using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// The device twin of <see cref="IvfTensors"/>: the same tensors with the same slots, so that an update of one place goes to
/// the same place of the other.
/// </summary>
public sealed record DeviceIvf
{
    /// <summary>[S, Dp] int8 codes by slot.</summary>
    public required DeviceTensor<sbyte> Codes { get; init; }

    /// <summary>[S] float32, dequantisation factor of each code.</summary>
    public required DeviceTensor<float> Scales { get; init; }

    /// <summary>[S] float32, added to the score.</summary>
    public required DeviceTensor<float> Bias { get; init; }

    /// <summary>[S / 64] uint64 live bits.</summary>
    public required DeviceTensor<ulong> Live { get; init; }

    /// <summary>[S] int32, the item's row, or -1.</summary>
    public required DeviceTensor<int> Rows { get; init; }

    /// <summary>[R] int32, the slot of each item row, or -1.</summary>
    public required DeviceTensor<int> SlotOfRow { get; init; }

    /// <summary>[L + 1] int32, first slot of each list.</summary>
    public required DeviceTensor<int> ListStart { get; init; }

    /// <summary>[L] int32, slots in use at the start of each list.</summary>
    public required DeviceTensor<int> ListCount { get; init; }

    /// <summary>Words of 64 slots of each list, longest first: what bounds the words of a query's lists, spare ones included.</summary>
    public required IReadOnlyList<int> LongestWords { get; init; }

    /// <summary>L.</summary>
    public int NList => (int)ListCount.Count;

    /// <summary>Dp.</summary>
    public int PaddedDim => (int)Codes.Shape[1];

    /// <summary>Tensors for <paramref name="index"/> from <paramref name="memory"/>, which may be planned; they hold nothing yet.</summary>
    public static DeviceIvf Rent(DeviceMemory memory, IvfTensors index)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(index);
        int[] words = new int[index.NList];
        for (int l = 0; l < words.Length; l++) words[l] = (index.ListStart[l + 1] - index.ListStart[l]) / 64;
        words.AsSpan().Sort((a, b) => b.CompareTo(a));
        return new DeviceIvf
        {
            Codes = memory.Rent<sbyte>(index.Codes.Shape),
            Scales = memory.Rent<float>(index.Scales.Shape),
            Bias = memory.Rent<float>(index.Bias.Shape),
            Live = memory.Rent<ulong>(index.Live.Shape),
            Rows = memory.Rent<int>(index.Rows.Shape),
            SlotOfRow = memory.Rent<int>(index.SlotOfRow.Shape),
            ListStart = memory.Rent<int>(index.ListStart.Shape),
            ListCount = memory.Rent<int>(index.ListCount.Shape),
            LongestWords = words,
        };
    }

    /// <summary>Queues the copies of all tensors; the source stays as it is until the stream has passed.</summary>
    public void Upload(CudaStream stream, IvfTensors index)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(index);
        stream.Upload(index.Codes, Codes);
        stream.Upload(index.Scales, Scales);
        stream.Upload(index.Bias, Bias);
        stream.Upload(index.Live, Live);
        stream.Upload(index.Rows, Rows);
        stream.Upload(index.SlotOfRow, SlotOfRow);
        stream.Upload(index.ListStart, ListStart);
        stream.Upload(index.ListCount, ListCount);
    }

    /// <summary>The most words that <paramref name="probes"/> lists have together.</summary>
    public long RowWords(long probes)
    {
        long words = 0;
        for (int l = 0; l < Math.Min(probes, LongestWords.Count); l++) words += LongestWords[l];
        return words;
    }
}
