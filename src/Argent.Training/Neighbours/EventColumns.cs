using Argent.Data;

namespace Argent.Training;

/// <summary>Which users did what: one column for each history and item, and for each user its columns.</summary>
sealed class EventColumns
{
    readonly int[] _columnStart;
    readonly int[] _users;
    readonly int[] _userStart;
    readonly int[] _columns;

    /// <summary>Columns of histories over the same users.</summary>
    public EventColumns(IReadOnlyList<Interactions> histories, int items)
    {
        Items = items;
        Count = checked(histories.Count * items);
        int users = histories.Count == 0 ? 0 : histories[0].Users;
        Users = users;
        _columnStart = new int[Count + 1];
        _userStart = new int[users + 1];
        for (int h = 0; h < histories.Count; h++)
        {
            foreach (int item in histories[h].ItemRows) _columnStart[(h * items) + item + 1]++;
        }
        for (int c = 0; c < Count; c++) _columnStart[c + 1] += _columnStart[c];
        (_users, _columns) = (new int[_columnStart[Count]], new int[_columnStart[Count]]);
        int[] next = [.. _columnStart];
        for (int u = 0, at = 0; u < users; u++)
        {
            for (int h = 0; h < histories.Count; h++)
            {
                foreach (int item in histories[h].Of(u))
                {
                    int column = (h * items) + item;
                    _users[next[column]++] = u;
                    _columns[at++] = column;
                }
            }
            _userStart[u + 1] = at;
        }
    }

    /// <summary>Items of each history.</summary>
    public int Items { get; }

    /// <summary>Columns: histories times items.</summary>
    public int Count { get; }

    /// <summary>Users.</summary>
    public int Users { get; }

    /// <summary>Users of a column, ascending.</summary>
    public ReadOnlySpan<int> UsersOf(int column) => _users.AsSpan(_columnStart[column].._columnStart[column + 1]);

    /// <summary>Columns of a user.</summary>
    public ReadOnlySpan<int> ColumnsOf(int user) => _columns.AsSpan(_userStart[user].._userStart[user + 1]);
}
