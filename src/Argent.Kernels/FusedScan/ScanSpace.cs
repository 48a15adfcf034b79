using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>What a scan on a device needs room for.</summary>
/// <param name="Queries">Q.</param>
/// <param name="Probes">P.</param>
/// <param name="Kept">K.</param>
/// <param name="Lists">L.</param>
/// <param name="RowWords">The most words of 64 slots that a query's lists have: <see cref="DeviceIvf.RowWords"/>.</param>
/// <param name="Slots">S.</param>
public readonly record struct ScanSize(long Queries, long Probes, long Kept, long Lists, long RowWords, long Slots)
{
    /// <summary>The most tiles of 128 slots that are scanned: those of all queries, or of all lists.</summary>
    public long Tiles => Math.Min(Queries * ((RowWords + Probes + 1) / 2), Slots / 128 + Lists);

    /// <summary>Bytes of device memory that a scan of this size works in.</summary>
    public long Bytes
    {
        get
        {
            var planned = DeviceMemory.Planned();
            var lists = planned.Rent<int>(new(Queries, Probes));
            long before = planned.UsedBytes;
            _ = ScanSpace.Rent(planned, lists, this);
            return planned.PeakBytes - before;
        }
    }
}

/// <summary>What a scan works in between its launches: masks and scores of every probed slot, and the work list by list.</summary>
public sealed class ScanSpace
{
    // A pair and a tile are two 32-bit numbers each.
    const long Numbers = 2;

    ScanSpace(DeviceMemory memory, DeviceTensor<int> lists, ScanSize size)
    {
        Size = size;
        Pairs = ScanPairs.Rent(memory, lists, size.RowWords);
        ListPairs = memory.Rent<uint>(new(size.Lists));
        PairRank = memory.Rent<uint>(new(size.Queries, size.Probes));
        ListPairStart = memory.Rent<uint>(new(size.Lists + 1));
        ListTileStart = memory.Rent<uint>(new(size.Lists));
        TileCounts = memory.Rent<uint>(new(Numbers));
        ByList = memory.Rent<uint>(new(size.Queries * size.Probes, Numbers));
        Tiles = memory.Rent<uint>(new(size.Tiles, Numbers));
        Keys = memory.Rent<uint>(new(size.Queries, size.RowWords * 64));
        Select = SelectSpace.Rent(memory, size.Queries, size.Kept);
    }

    /// <summary>What it was rented for.</summary>
    public ScanSize Size { get; }

    /// <summary>Lists and masks, for kernels that narrow the masks.</summary>
    public ScanPairs Pairs { get; }

    internal DeviceTensor<uint> ListPairs { get; }

    internal DeviceTensor<uint> PairRank { get; }

    internal DeviceTensor<uint> ListPairStart { get; }

    internal DeviceTensor<uint> ListTileStart { get; }

    internal DeviceTensor<uint> TileCounts { get; }

    internal DeviceTensor<uint> ByList { get; }

    internal DeviceTensor<uint> Tiles { get; }

    internal DeviceTensor<uint> Keys { get; }

    internal SelectSpace Select { get; }

    /// <summary>Room from <paramref name="memory"/>, which may be planned, for queries with these <paramref name="lists"/>.</summary>
    public static ScanSpace Rent(DeviceMemory memory, DeviceTensor<int> lists, ScanSize size)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return new ScanSpace(memory, lists, size);
    }

    internal PlanArguments PlanArguments(in DeviceFusedScanArgs args, int few) => new()
    {
        Pairs = Pairs.Block(args.Index),
        Live = args.Index.Live.Address,
        ListPairs = ListPairs.Address,
        PairRank = PairRank.Address,
        ListPairStart = ListPairStart.Address,
        ListTileStart = ListTileStart.Address,
        TileCounts = TileCounts.Address,
        ByList = ByList.Address,
        Tiles = Tiles.Address,
        Seen = args.EligibleSeen.Address,
        Lists = Size.Lists,
        Few = (uint)few,
    };

    internal ScanArguments ScanArguments(in DeviceFusedScanArgs args, int columns) => new()
    {
        Pairs = Pairs.Block(args.Index),
        ListPairStart = ListPairStart.Address,
        ByList = ByList.Address,
        Tiles = Tiles.Address,
        TileCounts = TileCounts.Address,
        Codes = args.Index.Codes.Address,
        Scales = args.Index.Scales.Address,
        Bias = args.Index.Bias.Address,
        Queries = args.Queries.Address,
        QueryScales = args.QueryScales.Address,
        Keys = Keys.Address,
        Dim = args.Index.PaddedDim,
        Columns = (uint)columns,
    };

    internal ScanRows Rows(in DeviceFusedScanArgs args) => new()
    {
        Pairs = Pairs.Block(args.Index),
        Keys = Keys.Address,
        Rows = args.Index.Rows.Address,
        SlotOfRow = args.Index.SlotOfRow.Address,
        Scores = args.Scores.Address,
        Slots = args.Slots.Address,
        ItemRows = args.ItemRows.Address,
        RowCount = args.Index.SlotOfRow.Count,
        Kept = Size.Kept,
    };
}
