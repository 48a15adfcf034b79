using Argent.Model;

namespace Argent.Publish;

/// <summary>How an artifact is built. The defaults suit most catalogues.</summary>
public sealed record PublishOptions
{
    /// <summary>Lists of the index; 0 chooses about sqrt(items), and more beyond a million items.</summary>
    public int NList { get; init; }

    /// <summary>Lists that a request probes when it does not say; 0 chooses by the measured recall.</summary>
    public int NProbe { get; init; }

    /// <summary>Where chance starts: equal input and seed give an equal artifact.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Share of items that the filter index may let pass although they lack a value, in (0, 1).</summary>
    public double FalsePositiveRate { get; init; } = 0.001;

    /// <summary>Spare slots of a list for later items, as a share of its items, from 0 to 10.</summary>
    public double SpareShare { get; init; } = 1.0 / 16;

    /// <summary>Where the scale of an item's int8 code comes from.</summary>
    public Quantization Quantization { get; init; }

    /// <summary>Value formula over the tasks; null for the first task alone.</summary>
    public string? Value { get; init; }

    /// <summary>How lists are composed; the order of the values unless said.</summary>
    public BlendConfig Blend { get; init; } = new();

    /// <summary>How the heads' candidates become one list.</summary>
    public MergeConfig Merge { get; init; } = new();

    /// <summary>From a head's score to a task's value; null is sigmoid for trained towers and none for plain vectors.</summary>
    public TaskActivation? TaskActivation { get; init; }

    /// <summary>Throws when a value is out of range.</summary>
    /// <exception cref="ArgumentException">The message names the option and its range.</exception>
    internal void Check(int items)
    {
        if (NList < 0 || NList > items)
        {
            throw new ArgumentException(
                $"nlist is {NList}; {items} items can be divided into 1 to {items} lists (0 chooses).");
        }
        if (!Enum.IsDefined(Quantization)) throw new ArgumentException($"{Quantization} is no quantization.");
        if (NProbe < 0) throw new ArgumentException($"nprobe is {NProbe}; it is 1 or more (0 chooses).");
        if (!(FalsePositiveRate > 0 && FalsePositiveRate < 1))
        {
            throw new ArgumentException($"The false-positive rate is {FalsePositiveRate}; it lies between 0 and 1.");
        }
        if (!(SpareShare >= 0 && SpareShare <= 10))
        {
            throw new ArgumentException($"The spare share is {SpareShare}; it lies between 0 and 10.");
        }
    }
}

/// <summary>Where the scale of an item's int8 code comes from.</summary>
public enum Quantization
{
    /// <summary>From the item's own numbers, about the mean of all items.</summary>
    PerItem,

    /// <summary>From the least and the largest number of all items, as the paper does; for comparison.</summary>
    Global,
}
