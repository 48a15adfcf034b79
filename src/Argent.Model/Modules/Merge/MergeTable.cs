using Argent.Tensors;

namespace Argent.Model;

/// <summary>What is known of one candidate during a merge.</summary>
struct MergeEntry
{
    public int Slot;
    public int Heads;
    public float Best;
    public float Sum;
}

/// <summary>Merge entries by slot: open addressing in scratch memory.</summary>
unsafe ref struct MergeTable
{
    readonly MergeEntry* _entries;
    readonly int* _places;
    readonly int _mask;

    public MergeTable(int capacity, Scratch scratch)
    {
        // At most half full, so that look-ups stay short.
        int places = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, checked(2 * capacity)));
        _entries = (MergeEntry*)scratch.Rent<byte>(new Shape((long)capacity * sizeof(MergeEntry))).Pointer;
        var table = scratch.Rent<int>(new Shape(places));
        _places = table.Pointer;
        table.Span.Fill(-1);
        _mask = places - 1;
    }

    public int Count { get; private set; }

    public readonly ref MergeEntry this[int index] => ref _entries[index];

    /// <summary>The entry of a slot, new when there is none.</summary>
    public ref MergeEntry Of(int slot)
    {
        int place = PlaceOf(slot);
        if (_places[place] >= 0) return ref _entries[_places[place]];
        _places[place] = Count;
        _entries[Count] = new MergeEntry { Slot = slot, Best = float.NegativeInfinity };
        return ref _entries[Count++];
    }

    /// <summary>The position of a slot's entry, or -1.</summary>
    public readonly int IndexOf(int slot) => _places[PlaceOf(slot)];

    readonly int PlaceOf(int slot)
    {
        // Fibonacci hashing: neighbouring slots spread over the table.
        int place = (int)((uint)slot * 2654435769u >> 7) & _mask;
        while (_places[place] >= 0 && _entries[_places[place]].Slot != slot) place = (place + 1) & _mask;
        return place;
    }
}
