namespace Argent.Data;

/// <summary>Puts events in order of user, drops repeated ones, and makes <see cref="Interactions"/> of them.</summary>
static class EventGrouper
{
    /// <summary>
    /// Drops what does not count. Unless all are kept, only the last event of a user and an item is looked at: the latest by
    /// time, and of several at one time the one read last.
    /// </summary>
    public static List<EventRow> Collapse(List<EventRow> rows, int users, bool keepAll)
    {
        if (keepAll) return rows.FindAll(r => r.Counts);
        var (start, sorted) = ByUser(rows, users);
        var kept = new List<EventRow>(sorted.Length);
        for (int user = 0; user < users; user++)
        {
            var mine = sorted.AsSpan(start[user], start[user + 1] - start[user]);
            mine.Sort(static (a, b) =>
                a.Item != b.Item ? a.Item.CompareTo(b.Item)
                : a.Time != b.Time ? a.Time.CompareTo(b.Time)
                : a.Order.CompareTo(b.Order));
            for (int i = 0; i < mine.Length; i++)
            {
                bool isLast = i + 1 == mine.Length || mine[i + 1].Item != mine[i].Item;
                if (isLast && mine[i].Counts) kept.Add(mine[i]);
            }
        }
        return kept;
    }

    /// <summary>The events of a task, with users renumbered by <paramref name="userRank"/>.</summary>
    public static Interactions Group(string task, List<EventRow> rows, int[] userRank, bool hasTimes)
    {
        for (int i = 0; i < rows.Count; i++) rows[i] = rows[i] with { User = userRank[rows[i].User] };
        var (start, sorted) = ByUser(rows, userRank.Length);
        for (int user = 0; user < userRank.Length; user++)
        {
            sorted.AsSpan(start[user], start[user + 1] - start[user]).Sort(static (a, b) =>
                a.Time != b.Time ? a.Time.CompareTo(b.Time)
                : a.Item != b.Item ? a.Item.CompareTo(b.Item)
                : a.Order.CompareTo(b.Order));
        }
        var items = new int[sorted.Length];
        long[]? times = hasTimes ? new long[sorted.Length] : null;
        for (int i = 0; i < sorted.Length; i++)
        {
            items[i] = sorted[i].Item;
            if (times is not null) times[i] = sorted[i].Time;
        }
        return new Interactions(task, start, items, times);
    }

    static (int[] Start, EventRow[] Rows) ByUser(List<EventRow> rows, int users)
    {
        var start = new int[users + 1];
        foreach (var row in rows) start[row.User + 1]++;
        for (int user = 0; user < users; user++) start[user + 1] += start[user];
        var next = start.AsSpan(0, users).ToArray();
        var sorted = new EventRow[rows.Count];
        foreach (var row in rows) sorted[next[row.User]++] = row;
        return (start, sorted);
    }
}
