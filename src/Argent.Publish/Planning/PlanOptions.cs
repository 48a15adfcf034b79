namespace Argent.Publish;

/// <summary>A catalogue and a load whose memory is to be planned.</summary>
public sealed record PlanOptions
{
    /// <summary>R, items.</summary>
    public required int Items { get; init; }

    /// <summary>D, numbers in an embedding.</summary>
    public required int Dim { get; init; }

    /// <summary>L, lists; 0 chooses as publishing does.</summary>
    public int NList { get; init; }

    /// <summary>S, slots, when they are known; 0 expects them from items, lists and the spare share.</summary>
    public int Slots { get; init; }

    /// <summary>Spare slots of a list, as a share of its items.</summary>
    public double SpareShare { get; init; } = new PublishOptions().SpareShare;

    /// <summary>Features of an item whose values are texts.</summary>
    public int Features { get; init; }

    /// <summary>Values of an item in all of <see cref="Features"/> together.</summary>
    public int ValuesPerItem { get; init; }

    /// <summary>Different values of a feature.</summary>
    public int Vocabulary { get; init; } = 10_000;

    /// <summary>Features of an item that are numbers or dates.</summary>
    public int OrderedFeatures { get; init; }

    /// <summary>Share of items that the filter index may let through to the exact check.</summary>
    public double FalsePositiveRate { get; init; } = new PublishOptions().FalsePositiveRate;

    /// <summary>H, query vectors of a request.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>B, requests in a batch.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>K, items of a request.</summary>
    public int K { get; init; } = 1000;

    /// <summary>P, lists probed.</summary>
    public int NProbe { get; init; } = 32;

    /// <summary>Throws when a value is out of range.</summary>
    /// <exception cref="ArgumentException">The message names the value and its range.</exception>
    internal void Check()
    {
        Demand(Items >= 1, $"items is {Items}; it is 1 or more.");
        Demand(Dim is >= 1 and <= 65_536, $"dim is {Dim}; 1 to 65536 are possible.");
        Demand(NList >= 0 && NList <= Items, $"nlist is {NList}; {Items} items can be divided into 1 to {Items} lists (0 chooses).");
        Demand(SpareShare is >= 0 and <= 10, $"The spare share is {SpareShare}; it lies between 0 and 10.");
        bool fits = Slots == 0 || (Slots >= Items && Slots % ListLayout.WordSlots == 0);
        Demand(fits, $"{Slots} slots cannot hold {Items} items in words of 64.");
        Demand(Features is >= 0 and <= 4096 && OrderedFeatures is >= 0 and <= 4096, "0 to 4096 features of a kind are possible.");
        Demand(Vocabulary >= 1, $"The vocabulary is {Vocabulary}; it is 1 or more.");
        Demand(ValuesPerItem >= 0, $"An item has {ValuesPerItem} values; it is 0 or more.");
        Demand(Features > 0 || ValuesPerItem == 0, $"An item has {ValuesPerItem} values and no feature that they belong to.");
        Demand(
            (long)ValuesPerItem <= (long)Features * Vocabulary,
            $"An item has {ValuesPerItem} values; {Features} features of {Vocabulary} values have fewer.");
        Demand(FalsePositiveRate is > 0 and < 1, $"The false-positive rate is {FalsePositiveRate}; it lies between 0 and 1.");
        Demand(Heads is >= 1 and <= 1024, $"heads is {Heads}; 1 to 1024 are possible.");
        Demand(Batch is >= 1 and <= 1024, $"batch is {Batch}; 1 to 1024 are possible.");
        Demand(K >= 1, $"k is {K}; it is 1 or more.");
        Demand(NProbe >= 1, $"nprobe is {NProbe}; it is 1 or more.");
    }

    static void Demand(bool holds, string otherwise)
    {
        if (!holds) throw new ArgumentException(otherwise);
    }
}
