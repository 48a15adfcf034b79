using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// The lists that a batch's queries probe, and which of their slots are eligible, in a device's memory. A pair is a query
/// and one of its probed lists; a word is 64 slots of a list; a query's words lie one after the other, pair by pair.
/// </summary>
public sealed record ScanPairs
{
    /// <summary>[Q, P] int32 lists, each in [0, L) or negative for none; a list appears at most once in a row.</summary>
    public required DeviceTensor<int> Lists { get; init; }

    /// <summary>[Q, P + 1] int32, words before each pair of a query; the last entry is how many words it has.</summary>
    public required DeviceTensor<int> PairStart { get; init; }

    /// <summary>
    /// [Q, X] uint64: word w of a pair is at PairStart + w of its query's row, and bit i of it says whether slot
    /// ListStart[list] + 64 w + i is eligible. Words past a query's last one mean nothing.
    /// </summary>
    public required DeviceTensor<ulong> Masks { get; init; }

    /// <summary>Tensors for a batch from <paramref name="memory"/>, which may be planned.</summary>
    public static ScanPairs Rent(DeviceMemory memory, DeviceTensor<int> lists, long rowWords)
    {
        ArgumentNullException.ThrowIfNull(memory);
        long queries = lists.Shape[0], probes = lists.Shape[1];
        return new ScanPairs
        {
            Lists = lists,
            PairStart = memory.Rent<int>(new(queries, probes + 1)),
            Masks = memory.Rent<ulong>(new(queries, rowWords)),
        };
    }

    /// <summary>The same as kernels take it: <c>ArgentScanPairs</c> of <c>scan_pairs.cuh</c>.</summary>
    internal ScanPairsBlock Block(DeviceIvf index) => new()
    {
        Lists = Lists.Address,
        ListStart = index.ListStart.Address,
        ListCount = index.ListCount.Address,
        PairStart = PairStart.Address,
        Masks = Masks.Address,
        RowWords = Masks.Shape[1],
        Queries = Lists.Shape[0],
        Probes = Lists.Shape[1],
    };
}

/// <summary><c>ArgentScanPairs</c> of <c>scan_pairs.cuh</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
struct ScanPairsBlock
{
    public ulong Lists;
    public ulong ListStart;
    public ulong ListCount;
    public ulong PairStart;
    public ulong Masks;
    public long RowWords;
    public long Queries;
    public long Probes;
}
