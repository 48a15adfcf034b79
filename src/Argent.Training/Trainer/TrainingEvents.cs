using Argent.Data;
using Argent.Model;

namespace Argent.Training;

/// <summary>
/// What is learned from: distinct events by task and user, in rows of the items that have any event, and what is kept
/// back to validate: for a fixed choice of users by hash, a fixed fifth of their events of one task; or, where order counts,
/// what such users did in the last tenth of the events, from which on nothing is learned.
/// </summary>
sealed class TrainingEvents
{
    const int ValidatedEventsMin = 5;
    const double ValidatedShare = 0.2;
    const double ValidatedTime = 0.1;    // of the events, where order counts
    const int ValidatedUsersDivisor = 10; // never more than a tenth of the users that could be validated
    const int ScoredUsersDivisor = 3;

    TrainingEvents(ItemIds items, int[] rowOfCatalogue) => (Items, RowOfCatalogue) = (items, rowOfCatalogue);

    /// <summary>Items with any event, in id order: the rows below.</summary>
    public ItemIds Items { get; }

    /// <summary>From a catalogue's row to a row here, or -1.</summary>
    public int[] RowOfCatalogue { get; }

    /// <summary>Training events, one entry per task of the data set.</summary>
    public required Interactions[] Train { get; init; }

    /// <summary>Events kept back.</summary>
    public required Interactions Validation { get; init; }

    /// <summary>All events of the validated task, those kept back included.</summary>
    public required Interactions Whole { get; init; }

    /// <summary>Where order counts: the moment from which on nothing is learned, in Unix seconds; else the largest number.</summary>
    public long ValidatedFrom { get; init; } = long.MaxValue;

    /// <summary>The moment after the last event of the validated task; 0 without times.</summary>
    public long End => Whole.Times is { Length: > 0 } times ? times.Max() + 1 : 0;

    /// <summary>Users, with or without events.</summary>
    public int Users => Validation.Users;

    /// <summary>The events of a task.</summary>
    public Interactions Of(string task) => Array.Find(Train, t => t.Task == task)!;

    /// <summary>Divides the training part of a data set.</summary>
    /// <param name="dataset">Its users and items.</param>
    /// <param name="train">Its training events.</param>
    /// <param name="validatedTask">The task of which events are kept back.</param>
    /// <param name="options">The most users to validate, and whether order counts.</param>
    public static TrainingEvents Divide(
        Dataset dataset, IReadOnlyList<Interactions> train, string validatedTask, TrainOptions options)
    {
        var rowOfCatalogue = NumberItems(dataset.Items.Count, train, out var rows);
        var items = Subset(dataset.Items.Ids, rows);
        int users = dataset.UserIds.Count;
        var all = train.Select(t => Distinct(t, users, rowOfCatalogue)).ToArray();
        int index = Array.FindIndex(all, t => t.Task == validatedTask);
        var whole = all[index];
        if (options.IsTemporal() && options.ValidationUsers > 0 && whole is { Times: { } times, Count: > 0 })
        {
            long from = times.Order().ElementAt((int)(times.Length * (1 - ValidatedTime)));
            var later = KeepLater(dataset.UserIds, whole, from, options.ValidationUsers);
            return new TrainingEvents(items, rowOfCatalogue)
            {
                Train = [.. all.Select(t => Select(t, (_, e) => t.Times is null || t.Times[e] < from))],
                Validation = later,
                Whole = whole,
                ValidatedFrom = from,
            };
        }
        var validated = ChooseUsers(dataset.UserIds, whole, options);
        (all[index], var validation) = KeepBack(dataset.UserIds, items, whole, validated);
        return new TrainingEvents(items, rowOfCatalogue) { Train = all, Validation = validation, Whole = whole };
    }

    /// <summary>Users with an event of any of these tasks.</summary>
    public int[] UsersOf(IReadOnlyList<string> tasks) =>
        [.. Enumerable.Range(0, Users).Where(user => tasks.Any(task => !Of(task).Of(user).IsEmpty))];

    static int[] NumberItems(int catalogueRows, IReadOnlyList<Interactions> train, out List<int> rows)
    {
        var rowOf = new int[catalogueRows];
        foreach (var task in train)
        {
            foreach (int row in task.ItemRows) rowOf[row] = 1;
        }
        rows = [];
        for (int row = 0; row < catalogueRows; row++)
        {
            bool seen = rowOf[row] == 1;
            rowOf[row] = seen ? rows.Count : -1;
            if (seen) rows.Add(row);
        }
        return rowOf;
    }

    static ItemIds Subset(ItemIds ids, List<int> rows) => ids.IsText
        ? ItemIds.FromSorted([.. rows.Select(ids.Text)])
        : ItemIds.FromSorted(rows.Select(ids.Number).ToArray());

    static Interactions Distinct(Interactions events, int users, int[] rowOfCatalogue)
    {
        var start = new int[users + 1];
        var rows = new List<int>(events.Count);
        var times = events.Times is null ? null : new List<long>(events.Count);
        var seen = new HashSet<int>();
        for (int user = 0; user < users; user++)
        {
            seen.Clear();
            for (int e = events.Start[user]; e < events.Start[user + 1]; e++)
            {
                if (!seen.Add(events.ItemRows[e])) continue;
                rows.Add(rowOfCatalogue[events.ItemRows[e]]);
                times?.Add(events.Times![e]);
            }
            start[user + 1] = rows.Count;
        }
        return new Interactions(events.Task, start, [.. rows], times?.ToArray());
    }

    static HashSet<int> ChooseUsers(IReadOnlyList<string> ids, Interactions events, TrainOptions options)
    {
        if (options.IsTemporal()) return [];
        var able = Enumerable.Range(0, events.Users).Where(user => events.Of(user).Length >= ValidatedEventsMin).ToList();
        int count = Math.Min(options.ValidationUsers, able.Count / ValidatedUsersDivisor)
            + Math.Min(options.ScoredUsers, able.Count / ScoredUsersDivisor);
        return [.. able.OrderBy(user => Terms.Hash("validation.user", ids[user])).ThenBy(user => user).Take(count)];
    }

    static (Interactions Train, Interactions Validation) KeepBack(
        IReadOnlyList<string> userIds, ItemIds items, Interactions events, HashSet<int> validated)
    {
        bool Kept(int user, int e) => validated.Contains(user) && IsKept(userIds[user], items.Text(events.ItemRows[e]));
        return (Select(events, (user, e) => !Kept(user, e)), Select(events, Kept));
    }

    /// <summary>What users with something before a moment did from it on; of too many users those with the lowest hashes.</summary>
    static Interactions KeepLater(IReadOnlyList<string> userIds, Interactions events, long from, int usersMax)
    {
        bool IsAble(int user) => events.Start[user] < events.Start[user + 1]
            && events.Times![events.Start[user]] < from && events.Times[events.Start[user + 1] - 1] >= from;
        HashSet<int> chosen =
        [
            .. Enumerable.Range(0, events.Users).Where(IsAble)
                .OrderBy(user => Terms.Hash("validation.user", userIds[user])).ThenBy(user => user).Take(usersMax),
        ];
        return Select(events, (user, e) => events.Times![e] >= from && chosen.Contains(user));
    }

    /// <summary>The events that meet a condition on user and position.</summary>
    static Interactions Select(Interactions events, Func<int, int, bool> isWanted)
    {
        var start = new int[events.Users + 1];
        var (rows, times) = (new List<int>(events.Count), events.Times is null ? null : new List<long>(events.Count));
        for (int user = 0; user < events.Users; user++)
        {
            for (int e = events.Start[user]; e < events.Start[user + 1]; e++)
            {
                if (!isWanted(user, e)) continue;
                rows.Add(events.ItemRows[e]);
                times?.Add(events.Times![e]);
            }
            start[user + 1] = rows.Count;
        }
        return new Interactions(events.Task, start, [.. rows], times?.ToArray());
    }

    static bool IsKept(string user, string item) =>
        Terms.Hash("validation.event", user + "\n" + item) < (ulong)(ValidatedShare * ulong.MaxValue);
}
