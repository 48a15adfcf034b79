namespace Argent.Data;

/// <summary>The baseline that every model must beat: items by their number of training events, ties by row.</summary>
public sealed class PopularityRanking
{
    readonly int[] _order;
    readonly int[] _stamp;
    int _asked;

    /// <summary>Counts the events of <paramref name="train"/> over a catalogue of <paramref name="items"/> items.</summary>
    public PopularityRanking(Interactions train, int items)
    {
        Counts = new int[items];
        foreach (int row in train.ItemRows) Counts[row]++;
        _order = [.. Enumerable.Range(0, items).OrderByDescending(row => Counts[row])];
        _stamp = new int[items];
    }

    /// <summary>Training events by item row.</summary>
    public int[] Counts { get; }

    /// <summary>All item rows, most events first.</summary>
    public ReadOnlySpan<int> Order => _order;

    /// <summary>
    /// Fills <paramref name="top"/> with the most popular items without those of <paramref name="excluded"/>; what is left over
    /// becomes -1. One thread at a time.
    /// </summary>
    public void Top(ReadOnlySpan<int> excluded, Span<int> top)
    {
        _asked++;
        foreach (int row in excluded) _stamp[row] = _asked;
        int count = 0;
        foreach (int row in _order)
        {
            if (count == top.Length) return;
            if (_stamp[row] != _asked) top[count++] = row;
        }
        top[count..].Fill(-1);
    }
}
