using System.Globalization;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>
/// Which item is in which slot: lists end to end, each from a multiple of 64 slots on, its items in row order, then spare
/// slots for later items.
/// </summary>
/// <param name="Start">[L + 1] int32, first slot of each list; the last entry is S.</param>
/// <param name="Count">[L] int32, slots in use.</param>
/// <param name="Rows">[S] int32, the item row of each slot, or -1.</param>
/// <param name="SlotOfRow">[R] int32.</param>
/// <param name="Live">[S / 64] uint64, a bit per slot in use.</param>
sealed record ListLayout(
    Tensor<int> Start, Tensor<int> Count, Tensor<int> Rows, Tensor<int> SlotOfRow, Tensor<ulong> Live)
{
    /// <summary>Slots of a word of the live bits and of the filter index; lists start at multiples of it.</summary>
    public const int WordSlots = 64;

    /// <summary>S.</summary>
    public int Slots => (int)Rows.Count;

    /// <summary>Places every item.</summary>
    /// <param name="members">The rows of each list.</param>
    /// <param name="spareShare">Spare slots of a list as a share of its items; filling up to 64 adds more.</param>
    /// <exception cref="ArgumentException">The slots pass 2^31 - 1.</exception>
    public static ListLayout Of(ListMembers members, double spareShare)
    {
        int lists = members.NList;
        int[] first = new int[lists + 1];
        long slots = 0;
        for (int l = 0; l < lists; l++)
        {
            first[l] = (int)slots;
            slots += Places(members.Count(l), spareShare);
            CheckSlots(slots, members.Rows.Length, spareShare);
        }
        first[lists] = (int)slots;
        var layout = Make(lists, slots, members.Rows.Length, TensorMaker.Heap);
        layout.Start.CopyFrom(first);
        var (start, count, rows, slotOfRow, live) = layout;
        rows.Span.Fill(-1);
        for (int l = 0; l < lists; l++)
        {
            count[l] = members.Count(l);
            for (int i = 0; i < count[l]; i++)
            {
                int slot = start[l] + i, row = members.Rows[members.Start[l] + i];
                rows[slot] = row;
                slotOfRow[row] = slot;
                live[slot / WordSlots] |= 1UL << (slot % WordSlots);
            }
        }
        return layout;
    }

    /// <summary>The tensors of a layout.</summary>
    /// <param name="lists">L.</param>
    /// <param name="slots">S.</param>
    /// <param name="items">R.</param>
    /// <param name="maker">With or without memory.</param>
    public static ListLayout Make(int lists, long slots, int items, TensorMaker maker) => new(
        maker.Make<int>(new Shape(lists + 1)),
        maker.Make<int>(new Shape(lists)),
        maker.Make<int>(new Shape(slots)),
        maker.Make<int>(new Shape(items)),
        maker.Make<ulong>(new Shape(slots / WordSlots)));

    /// <summary>
    /// Slots that are to be expected. List sizes are spread over many multiples of 64, so that filling up to the next adds
    /// 31.5 slots a list on average, and rounding the spare share up adds a half.
    /// </summary>
    public static long ExpectedSlots(int items, int lists, double spareShare)
    {
        double ofList = (double)items / lists * (1 + spareShare) + (spareShare > 0 ? 0.5 : 0) + (WordSlots - 1) / 2.0;
        long slots = (long)Math.Ceiling(lists * Math.Max(WordSlots, ofList) / WordSlots) * WordSlots;
        CheckSlots(slots, items, spareShare);
        return slots;
    }

    static void CheckSlots(long slots, int items, double spareShare)
    {
        if (slots <= int.MaxValue - WordSlots) return;
        throw new ArgumentException(string.Create(
            CultureInfo.InvariantCulture,
            $"{items} items with a spare share of {spareShare} need more than {int.MaxValue} slots; ") +
            "use a smaller share or several shards.");
    }

    /// <summary>Slots of a list: at least one word, so that every list can take an item.</summary>
    static long Places(int items, double spareShare)
    {
        long wanted = items + (long)Math.Ceiling(items * spareShare);
        return Math.Max(WordSlots, (wanted + WordSlots - 1) / WordSlots * WordSlots);
    }
}
