using Argent.Data;

namespace Argent.Training;

/// <summary>
/// Who did what, as rows of items: every history of a user is a row of its own, so that what was saved together and what was
/// liked together both say which items belong together, and neither needs the other.
/// </summary>
sealed class EventRows
{
    readonly int[] _itemStart;
    readonly int[] _rows;
    readonly int[] _rowStart;
    readonly int[] _items;

    /// <summary>Rows of histories over the same items.</summary>
    public EventRows(IReadOnlyList<Interactions> histories, int items)
    {
        (Items, Count) = (items, histories.Sum(h => h.Users));
        _itemStart = new int[items + 1];
        _rowStart = new int[Count + 1];
        foreach (var history in histories)
        {
            foreach (int item in history.ItemRows) _itemStart[item + 1]++;
        }
        for (int i = 0; i < items; i++) _itemStart[i + 1] += _itemStart[i];
        (_rows, _items) = (new int[_itemStart[items]], new int[_itemStart[items]]);
        int[] next = [.. _itemStart];
        int row = 0, at = 0;
        foreach (var history in histories)
        {
            for (int u = 0; u < history.Users; u++)
            {
                foreach (int item in history.Of(u))
                {
                    _rows[next[item]++] = row;
                    _items[at++] = item;
                }
                _rowStart[++row] = at;
            }
        }
    }

    /// <summary>Items.</summary>
    public int Items { get; }

    /// <summary>Rows: histories times users.</summary>
    public int Count { get; }

    /// <summary>Rows that hold an item, ascending.</summary>
    public ReadOnlySpan<int> RowsOf(int item) => _rows.AsSpan(_itemStart[item].._itemStart[item + 1]);

    /// <summary>Items of a row.</summary>
    public ReadOnlySpan<int> ItemsOf(int row) => _items.AsSpan(_rowStart[row].._rowStart[row + 1]);
}
