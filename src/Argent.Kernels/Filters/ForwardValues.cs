using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>The exact feature values of every slot: what eligibility is verified against.</summary>
/// <param name="Columns">One column per feature, in schema order.</param>
public sealed record ForwardValues(ForwardColumn[] Columns);

/// <summary>One feature's values by slot: ordered keys, or lists of value ids.</summary>
public sealed record ForwardColumn
{
    /// <summary>The key of a missing ordered value.</summary>
    public const long MissingKey = long.MinValue;

    /// <summary>[S] int64 keys whose order is the values' order, <see cref="MissingKey"/> for missing; integer, number, date.</summary>
    public Tensor<long> Keys { get; init; }

    /// <summary>[S] int64, start * 65,536 + count of the slot's ids in <see cref="Values"/>; category, categories, text.</summary>
    public Tensor<long> Ranges { get; init; }

    /// <summary>[V] int32 value ids, ascending within an item.</summary>
    public Tensor<int> Values { get; init; }

    /// <summary>True when the column holds keys.</summary>
    public bool IsOrdered => Keys.IsPresent;

    /// <summary>Packs where an item's ids are.</summary>
    public static long PackRange(long start, int count) => (start << 16) | (ushort)count;

    /// <summary>The value ids of a slot, ascending; empty for missing. Of a column of ids only.</summary>
    public unsafe ReadOnlySpan<int> Ids(long slot)
    {
        long range = Ranges.Pointer[slot];
        return new(Values.Pointer + (range >> 16), (int)(range & ValuesMax));
    }

    /// <summary>The most values an item may have in one feature.</summary>
    public const int ValuesMax = ushort.MaxValue;
}
