using Argent.Model;

namespace Argent.Training;

/// <summary>Cuts an epoch into steps: the order of the users, their groups, the candidates.</summary>
sealed class StepBuilder
{
    /// <summary>Logits of a group, as numbers: 16 MB with their gradients, which a last-level cache about holds.</summary>
    const long GroupLogits = 2 << 20;

    const int GroupUsersMin = 32;

    readonly UserDraw _users;
    readonly TowerConfig _config;
    readonly TrainOptions _options;
    readonly int[] _active;
    readonly int _groupUsers;
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
    }

    /// <summary>The items that targets compete with.</summary>
    public Candidates Candidates { get; }

    /// <summary>The task that is validated, as a head; its groups come last.</summary>
    public int LeadingTask => _tasks[^1];

    /// <summary>Whether every task moves all weights.</summary>
    public bool JointTasks => _options.JointTasks;

    /// <summary>Users that are trained on: those with an event of any task.</summary>
    public int Users => _active.Length;

    /// <summary>Those users in the order of an epoch.</summary>
    public int[] Order(long epoch)
    {
        var order = (int[])_active.Clone();
        var random = new CounterRandom(_options.Seed, Purpose.Order, epoch);
        for (int i = order.Length - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
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
        foreach (int user in users)
        {
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
