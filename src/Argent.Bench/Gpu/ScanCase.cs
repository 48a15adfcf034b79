using Argent.Kernels;
using Argent.Publish;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>
/// A batch's scan of int8 lists, from the plan to the best K: all lists equally long and full, each query's lists drawn at
/// random, so that queries share as many as chance gives them.
/// </summary>
/// <param name="options">Sizes.</param>
/// <param name="batch">B.</param>
/// <param name="probes">P.</param>
/// <param name="seed">What the lists are drawn with.</param>
sealed class ScanCase(GpuBenchOptions options, int batch, int probes, ulong seed) : GpuCase
{
    const int WordSlots = 64;

    readonly int[] _drawn = Draw(batch * options.Heads, probes, options.Lists, seed);

    DeviceFusedScanArgs _args;
    ScanSpace? _space;
    DeviceTensor<int> _lists;

    /// <summary>B.</summary>
    public int Batch => batch;

    /// <summary>P.</summary>
    public int Probes => probes;

    /// <inheritdoc/>
    public override string Name => "scan";

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, double Value)> Settings =>
    [
        ("items", Slots), ("dim", options.Dim), ("batch", batch), ("heads", options.Heads), ("lists", options.Lists),
        ("probes", probes), ("k", options.K),
    ];

    /// <summary>Codes, scales, bias and live bits of each list that is probed, once, and the answers.</summary>
    public override long Bytes =>
        (long)_drawn.Distinct().Count() * (ListSlots * (PaddedDim + 2 * sizeof(float)) + ListSlots / 8)
        + Queries * (options.K * (sizeof(float) + sizeof(int)) + sizeof(int) + sizeof(long));

    long Queries => (long)batch * options.Heads;

    // Whole words, so that every slot is an item.
    int ListSlots => (int)(options.Items / options.Lists / WordSlots * WordSlots);

    int Slots => ListSlots * options.Lists;

    int PaddedDim => (options.Dim + 63) / 64 * 64;

    /// <inheritdoc/>
    public override void Rent(GpuArena arena)
    {
        var index = new DeviceIvf
        {
            Codes = arena.Rent<sbyte>("codes", Slots, PaddedDim),
            Scales = arena.Rent<float>("scales", Slots),
            Bias = arena.Rent<float>("bias", Slots),
            Live = arena.Rent<ulong>("live bits", Slots / WordSlots),
            Rows = arena.Rent<int>("rows", Slots),
            SlotOfRow = arena.Rent<int>("slots of rows", Slots),
            ListStart = arena.Rent<int>("list starts", options.Lists + 1),
            ListCount = arena.Rent<int>("list counts", options.Lists),
            LongestWords = [.. Enumerable.Repeat(ListSlots / WordSlots, options.Lists)],
        };
        _lists = arena.Rent<int>("probed lists", Queries, probes);
        var size = new ScanSize(Queries, probes, options.K, options.Lists, index.RowWords(probes), Slots);
        _space = arena.Rent("masks, scores and work list", memory => ScanSpace.Rent(memory, _lists, size));
        _args = new()
        {
            Queries = arena.Rent<sbyte>("queries", Queries, PaddedDim),
            QueryScales = arena.Rent<float>("query scales", Queries),
            Index = index,
            Scores = arena.Rent<float>("scores", Queries, options.K),
            Slots = arena.Rent<int>("slots", Queries, options.K),
            Found = arena.Rent<int>("found", Queries),
            EligibleSeen = arena.Rent<long>("seen", Queries),
        };
    }

    /// <inheritdoc/>
    public override void Fill(in CudaQueue on, ulong seed)
    {
        var index = _args.Index;
        FillRandomCuda.Codes(on, index.Codes, seed);
        FillRandomCuda.Floats(on, index.Scales, seed + 1);
        FillRandomCuda.Floats(on, index.Bias, seed + 2);
        FillRandomCuda.Codes(on, _args.Queries, seed + 3);
        FillRandomCuda.Floats(on, _args.QueryScales, seed + 4);
        on.Stream.Fill(index.Live, byte.MaxValue);
        int[] places = [.. Enumerable.Range(0, Slots)];
        on.Stream.UploadNow<int>(places, index.Rows);
        on.Stream.Copy(index.Rows, index.SlotOfRow);
        on.Stream.UploadNow<int>([.. Enumerable.Range(0, options.Lists + 1).Select(l => l * ListSlots)], index.ListStart);
        on.Stream.UploadNow<int>([.. Enumerable.Repeat(ListSlots, options.Lists)], index.ListCount);
        on.Stream.UploadNow<int>(_drawn, _lists);
    }

    /// <inheritdoc/>
    public override void Run(in CudaQueue on)
    {
        FusedScanCuda.Plan(on, _args, _space!);
        FusedScanCuda.CountEligible(on, _args, _space!);
        FusedScanCuda.Score(on, _args, _space!);
    }

    /// <summary>Lists of each query, none twice.</summary>
    static int[] Draw(int queries, int probes, int lists, ulong seed)
    {
        var random = new SeededRandom(seed);
        var drawn = new int[queries * probes];
        for (int q = 0; q < queries; q++)
        {
            var own = new HashSet<int>();
            while (own.Count < probes) own.Add(random.Below(lists));
            own.CopyTo(drawn, q * probes);
        }
        return drawn;
    }
}
