using Argent.Data;
using Argent.Model;

namespace Argent.Training;

/// <summary>
/// What is learned from: distinct events by task and user, in rows of the items that have any event, and what is kept
/// back to validate: for a fixed choice of users by hash, a fixed fifth of their events of one task.
/// </summary>
sealed class TrainingEvents
{
    const int ValidatedEventsMin = 5;
    const double ValidatedShare = 0.2;
    const int ValidatedUsersDivisor = 10; // never more than a tenth of the users that could be validated

    TrainingEvents(ItemIds items, int[] rowOfCatalogue, Interactions[] train, Interactions validation) =>
        (Items, RowOfCatalogue, Train, Validation) = (items, rowOfCatalogue, train, validation);

    /// <summary>Items with any event, in id order: the rows below.</summary>
    public ItemIds Items { get; }

    /// <summary>From a catalogue's row to a row here, or -1.</summary>
    public int[] RowOfCatalogue { get; }

    /// <summary>Training events, one entry per task of the data set.</summary>
    public Interactions[] Train { get; }

    /// <summary>Events kept back.</summary>
    public Interactions Validation { get; }

    /// <summary>Users, with or without events.</summary>
    public int Users => Validation.Users;

    /// <summary>The events of a task.</summary>
    public Interactions Of(string task) => Array.Find(Train, t => t.Task == task)!;

    /// <summary>Divides the training part of a data set.</summary>
    /// <param name="dataset">Its users and items.</param>
    /// <param name="train">Its training events.</param>
    /// <param name="validatedTask">The task of which events are kept back.</param>
    /// <param name="validatedUsersMax">The most users to validate.</param>
    public static TrainingEvents Divide(Dataset dataset, IReadOnlyList<Interactions> train, string validatedTask, int validatedUsersMax)
    {
        var rowOfCatalogue = NumberItems(dataset.Items.Count, train, out var rows);
        var items = Subset(dataset.Items.Ids, rows);
        int users = dataset.UserIds.Count;
        var all = train.Select(t => Distinct(t, users, rowOfCatalogue)).ToArray();
        int index = Array.FindIndex(all, t => t.Task == validatedTask);
        var validated = ChooseUsers(dataset.UserIds, all[index], validatedUsersMax);
        (all[index], var validation) = KeepBack(dataset.UserIds, items, all[index], validated);
        return new TrainingEvents(items, rowOfCatalogue, all, validation);
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
        var seen = new HashSet<int>();
        for (int user = 0; user < users; user++)
        {
            seen.Clear();
            foreach (int row in events.Of(user))
            {
                if (seen.Add(row)) rows.Add(rowOfCatalogue[row]);
            }
            start[user + 1] = rows.Count;
        }
        return new Interactions(events.Task, start, [.. rows], null);
    }

    static HashSet<int> ChooseUsers(IReadOnlyList<string> ids, Interactions events, int max)
    {
        var able = Enumerable.Range(0, events.Users).Where(user => events.Of(user).Length >= ValidatedEventsMin).ToList();
        int count = Math.Min(max, able.Count / ValidatedUsersDivisor);
        return [.. able.OrderBy(user => Terms.Hash("validation.user", ids[user])).ThenBy(user => user).Take(count)];
    }

    static (Interactions Train, Interactions Validation) KeepBack(
        IReadOnlyList<string> userIds, ItemIds items, Interactions events, HashSet<int> validated)
    {
        var (trainStart, validationStart) = (new int[events.Users + 1], new int[events.Users + 1]);
        var (train, validation) = (new List<int>(events.Count), new List<int>());
        for (int user = 0; user < events.Users; user++)
        {
            foreach (int row in events.Of(user))
            {
                bool kept = validated.Contains(user) && IsKept(userIds[user], items.Text(row));
                (kept ? validation : train).Add(row);
            }
            (trainStart[user + 1], validationStart[user + 1]) = (train.Count, validation.Count);
        }
        return (new(events.Task, trainStart, [.. train], null), new(events.Task, validationStart, [.. validation], null));
    }

    static bool IsKept(string user, string item) =>
        Terms.Hash("validation.event", user + "\n" + item) < (ulong)(ValidatedShare * ulong.MaxValue);
}
