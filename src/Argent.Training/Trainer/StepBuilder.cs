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
    readonly List<UserGroup> _groups = [];
    readonly List<int> _targets = [];

    public StepBuilder(TrainingEvents events, TowerConfig config, UserDraw users, TrainOptions options)
    {
        (_users, _config, _options) = (users, config, options);
        _active = [.. Enumerable.Range(0, events.Users).Where(user => !events.IsEmpty(user))];
        int items = events.Items.Count;
        bool all = options.Negatives == Negatives.All
            || (options.Negatives == Negatives.Auto && items <= TrainOptions.AllNegativesMax);
        Candidates = new Candidates(Popularity(events, config), all, options.UniformNegatives, TargetsMax(events));
        long rows = Math.Max(1, (long)Candidates.Capacity * config.Tasks.Count);
        _groupUsers = (int)Math.Clamp(GroupLogits / rows, GroupUsersMin, options.BatchUsers);
    }

    /// <summary>The items that targets compete with.</summary>
    public Candidates Candidates { get; }

    /// <summary>Users with any event.</summary>
    public int Users => _active.Length;

    /// <summary>All users with events in the order of an epoch.</summary>
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

    /// <summary>The groups of a step; chooses the candidates. Valid until the next call.</summary>
    /// <param name="users">The step's users.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">Number of the step over all epochs.</param>
    public IReadOnlyList<UserGroup> Draw(ReadOnlySpan<int> users, long epoch, long step)
    {
        int count = (users.Length + _groupUsers - 1) / _groupUsers;
        while (_groups.Count < count) _groups.Add(new UserGroup(_config));
        _targets.Clear();
        for (int g = 0; g < count; g++)
        {
            _groups[g].Clear();
            int first = g * _groupUsers;
            foreach (int user in users[first..Math.Min(users.Length, first + _groupUsers)]) _users.Draw(user, epoch, _groups[g]);
            foreach (var targets in _groups[g].Targets) _targets.AddRange(targets.Items);
        }
        Candidates.Choose(_targets, new CounterRandom(_options.Seed, Purpose.Negatives, 0, step));
        return _groups[..count];
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
