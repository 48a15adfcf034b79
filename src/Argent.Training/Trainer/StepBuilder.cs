using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>Cuts an epoch into steps: the order of the users, their groups, the candidates.</summary>
sealed class StepBuilder
{
    /// <summary>Logits of a group, as numbers: 16 MB with their gradients, which a last-level cache about holds.</summary>
    const long GroupLogits = 2 << 20;

    const int GroupUsersMin = 32;

    /// <summary>Users that are asked from near moments: they share one trend, which is the older the more they are.</summary>
    const int GroupUsersTemporal = 64;

    readonly UserDraw _users;
    readonly TowerConfig _config;
    readonly TrainOptions _options;
    readonly int[] _active;
    readonly int _groupUsers;
    readonly ItemTrend? _trend;
    readonly int[] _tasks;
    readonly List<UserGroup> _groups = [];
    readonly List<int> _targets = [];

    public StepBuilder(TrainingEvents events, TowerConfig config, UserDraw users, TrainOptions options)
    {
        (_users, _config, _options) = (users, config, options);
        _tasks = [.. Enumerable.Range(0, config.Tasks.Count).OrderBy(t => config.Tasks[t] == events.Validation.Task)];
        _active = events.UsersOf(config.Tasks);
        int items = events.Items.Count;
        bool all = options.Negatives == Negatives.All
            || (options.Negatives == Negatives.Auto && items <= TrainOptions.AllNegativesMax);
        Candidates = new Candidates(Popularity(events, config), all, options.UniformNegatives, TargetsMax(events));
        _groupUsers = (int)Math.Max(GroupUsersMin, GroupLogits / Math.Max(1, Candidates.Capacity));
        if (options.IsTemporal()) _groupUsers = Math.Min(_groupUsers, GroupUsersTemporal);
        // Whole groups, so that no group has users of distant moments.
        StepUsers = options.IsTemporal() ? Math.Max(1, options.BatchUsers / _groupUsers) * _groupUsers : options.BatchUsers;
        if (options.TrendDays > 0) _trend = new ItemTrend(events.Whole, items, options.TrendDays);
    }

    /// <summary>The items that targets compete with.</summary>
    public Candidates Candidates { get; }

    /// <summary>The task that is validated, as a head; its groups come last.</summary>
    public int LeadingTask => _tasks[^1];

    /// <summary>Whether every task moves all weights.</summary>
    public bool JointTasks => _options.JointTasks;

    /// <summary>Users that are trained on: those with an event of any task.</summary>
    public int Users => _active.Length;

    /// <summary>Users of a step.</summary>
    public int StepUsers { get; }

    /// <summary>How much items are asked for, by time; null without.</summary>
    public ItemTrend? Trend => _trend;

    /// <summary>Those users in the order of an epoch: random, or random groups of users of near moments.</summary>
    public int[] Order(long epoch)
    {
        var random = new CounterRandom(_options.Seed, Purpose.Order, epoch);
        if (!_options.IsTemporal())
        {
            var order = (int[])_active.Clone();
            Shuffle(order, random);
            return order;
        }
        var asked = _active.Select(user => (User: user, Moment: _users.Moment(user, epoch))).Where(u => u.Moment is not null).ToList();
        int[] sorted = [.. asked.OrderBy(u => u.Moment).ThenBy(u => u.User).Select(u => u.User)];
        int[][] groups = [.. sorted.Chunk(_groupUsers)];
        // The last group may be smaller and stays last: the others must begin where a group of a step begins.
        Shuffle(groups.AsSpan(0, Math.Max(0, groups.Length - 1)), random);
        return [.. groups.SelectMany(users => users)];
    }

    /// <summary>
    /// The groups of a step, those of the validated task last; chooses the candidates. Valid until the next call.
    /// </summary>
    /// <param name="users">The step's users.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">Number of the step over all epochs.</param>
    public IReadOnlyList<UserGroup> Draw(ReadOnlySpan<int> users, long epoch, long step)
    {
        int count = 0;
        foreach (int task in _tasks) count = DrawTask(task, users, epoch, count);
        _targets.Clear();
        for (int g = 0; g < count; g++) _targets.AddRange(_groups[g].Targets.Items);
        Candidates.Choose(_targets, new CounterRandom(_options.Seed, Purpose.Negatives, 0, step));
        return _groups[..count];
    }

    /// <returns>Groups in use.</returns>
    int DrawTask(int task, ReadOnlySpan<int> users, long epoch, int count)
    {
        int inGroup = _groupUsers;
        for (int i = 0; i < users.Length; i++)
        {
            int user = users[i];
            if (_options.IsTemporal() && i % _groupUsers == 0) inGroup = _groupUsers;
            if (!_users.Asks(user, task, epoch)) continue;
            if (inGroup == _groupUsers)
            {
                if (_groups.Count == count) _groups.Add(new UserGroup(_config));
                _groups[count++].Clear(task);
                inGroup = 0;
            }
            _users.Draw(user, epoch, _groups[count - 1]);
            inGroup++;
        }
        return count;
    }

    static void Shuffle<T>(Span<T> values, CounterRandom random)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    static double[] Popularity(TrainingEvents events, TowerConfig config)
    {
        var popularity = new double[events.Items.Count];
        foreach (string task in config.Tasks)
        {
            foreach (int item in events.Of(task).ItemRows) popularity[item]++;
        }
        return popularity;
    }

    int TargetsMax(TrainingEvents events)
    {
        var counts = _active.Select(user => _config.Tasks.Sum(task => (long)events.Of(task).Of(user).Length));
        return (int)Math.Min(int.MaxValue, counts.OrderDescending().Take(_options.BatchUsers).Sum());
    }
}
