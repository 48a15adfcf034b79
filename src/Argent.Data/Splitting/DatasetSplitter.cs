namespace Argent.Data;

/// <summary>
/// Divides a data set into what may be learned from and what is asked afterwards. The unit is the pair of a user and an item
/// with its first time in the held-out task, so that no item is asked that the user already has. Several tasks are held out
/// each by itself, with the same rule and the same hash.
/// <para><b>random</b>: a pair is held out when its <see cref="SplitHash"/> fraction is below the holdout, among users with
/// at least MinEvents pairs; of a user with none held out the pair with the lowest fraction is, and of a user with all held
/// out the one with the highest is not, as long as there are two.</para>
/// <para><b>temporal</b>: pairs from the moment on, among users with at least MinEvents pairs of which some are before it.
/// Nothing of any task from that moment on stays in training.</para>
/// <para><b>leave-last-out</b>: the last pair (of several at one time the highest item row) of users with at least MinEvents
/// and at least two pairs. Nothing of that user after the pair's time stays in training.</para>
/// <para>In each kind, no event of any task with a pair that is held out of any stays in training.</para>
/// </summary>
public static class DatasetSplitter
{
    /// <summary>Splits by the data set's own specification.</summary>
    /// <exception cref="ArgumentException">The data set names no split.</exception>
    public static DatasetSplit Split(Dataset dataset) => Split(
        dataset,
        dataset.Split ?? throw new ArgumentException($"The data set '{dataset.Name}' has no \"split\": add one to its dataset.json."));

    /// <summary>Splits by <paramref name="spec"/>; the same input gives the same output anywhere.</summary>
    /// <exception cref="ArgumentException">A task is unknown, or has no times and the split needs them.</exception>
    public static DatasetSplit Split(Dataset dataset, SplitSpec spec)
    {
        Interactions[] held = [Held(dataset, spec, spec.Task), .. spec.Also.Select(task => Held(dataset, spec, task))];
        PairChoice choice = spec.Kind switch
        {
            SplitKind.Random => new RandomChoice(dataset, spec),
            SplitKind.Temporal => new TemporalChoice(spec),
            _ => new LastChoice(spec),
        };
        var test = held.Select(e => new InteractionsBuilder(e.Task, e.Users, e.Times is not null)).ToList();
        var train = dataset.Events.Select(e => new InteractionsBuilder(e.Task, e.Users, e.Times is not null)).ToList();
        var pairs = new List<Pair>();
        var asked = new HashSet<int>();
        for (int user = 0; user < dataset.UserIds.Count; user++)
        {
            asked.Clear();
            long limit = long.MaxValue;
            for (int task = 0; task < held.Length; task++)
            {
                FirstPairs(held[task], user, pairs);
                limit = Math.Min(limit, choice.Choose(user, pairs));
                foreach (var pair in pairs.Where(p => p.IsHeld))
                {
                    test[task].Add(pair.Item, pair.Time);
                    asked.Add(pair.Item);
                }
                test[task].EndUser();
            }
            for (int task = 0; task < train.Count; task++) Keep(dataset.Events[task], user, (asked, limit), train[task]);
        }
        return new DatasetSplit([.. train.Select(t => t.Build())], test[0].Build()) { AlsoTest = [.. test.Skip(1).Select(t => t.Build())] };
    }

    static Interactions Held(Dataset dataset, SplitSpec spec, string task)
    {
        var held = dataset.Events.FirstOrDefault(e => e.Task == task)
            ?? throw new ArgumentException($"The split names the task '{task}', which the data set '{dataset.Name}' has not.");
        return spec.Kind == SplitKind.Random || held.Times is not null
            ? held
            : throw new ArgumentException($"The task '{task}' has no times, which a {spec.Kind} split needs.");
    }

    static void Keep(Interactions events, int user, (HashSet<int> Asked, long Limit) rule, InteractionsBuilder kept)
    {
        for (int i = events.Start[user]; i < events.Start[user + 1]; i++)
        {
            long time = events.Times?[i] ?? 0;
            bool isLate = events.Times is not null && time > rule.Limit;
            if (!isLate && !rule.Asked.Contains(events.ItemRows[i])) kept.Add(events.ItemRows[i], time);
        }
        kept.EndUser();
    }

    /// <summary>A user's distinct items in the order of the events, each with its first time.</summary>
    static void FirstPairs(Interactions events, int user, List<Pair> pairs)
    {
        pairs.Clear();
        var seen = new HashSet<int>();
        for (int i = events.Start[user]; i < events.Start[user + 1]; i++)
        {
            if (seen.Add(events.ItemRows[i])) pairs.Add(new Pair(events.ItemRows[i], events.Times?[i] ?? 0, false));
        }
    }
}
