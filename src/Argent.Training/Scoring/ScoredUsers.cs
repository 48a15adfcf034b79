using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>
/// Which users an OverArch learns from, and what they are asked. Neither towers nor neighbours saw the events that were kept
/// back: only on those are scores and neighbour weights what they will be for a user's next items, so the validated task is
/// learned from them. Three quarters of their users teach and one validates. Other tasks keep nothing back: they are asked
/// of the same users, with a part of what those did as targets.
/// </summary>
sealed class ScoredUsers
{
    const int ValidatedEvery = 4;

    readonly UserDraw _users;
    readonly TrainingEvents _events;
    readonly TowerConfig _config;
    readonly OverArchOptions _options;
    readonly int[] _learned;
    readonly int[] _validated;

    public ScoredUsers(UserDraw users, TrainingEvents events, TowerConfig config, OverArchOptions options)
    {
        (_users, _events, _config, _options) = (users, events, config, options);
        Task = Math.Max(0, config.Tasks.ToList().IndexOf(events.Validation.Task));
        int[] kept = [.. Enumerable.Range(0, events.Users).Where(user => !events.Validation.Of(user).IsEmpty)];
        _learned = [.. kept.Where((_, i) => i % ValidatedEvery != 0)];
        _validated = [.. kept.Where((_, i) => i % ValidatedEvery == 0)];
    }

    /// <summary>The validated task, as a head.</summary>
    public int Task { get; }

    /// <summary>Users that are learned from.</summary>
    public int Count => _learned.Length;

    /// <summary>Groups of users of an epoch, each asked for one task; the same users are asked for the validated task last.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="size">Users of a group at most.</param>
    public IEnumerable<UserGroup> Groups(int epoch, int size)
    {
        var order = (int[])_learned.Clone();
        var random = new CounterRandom(_options.Seed, Purpose.ScoredOrder, epoch);
        for (int i = order.Length - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        var group = new UserGroup(_config);
        int[] tasks = [.. Enumerable.Range(0, _config.Tasks.Count).Where(task => task != Task), Task];
        for (int first = 0; first < order.Length; first += size)
        {
            int last = Math.Min(order.Length, first + size);
            foreach (int task in tasks)
            {
                group.Clear(task);
                for (int i = first; i < last; i++)
                {
                    if (task == Task) AddKept(order[i], group);
                    else if (random.NextSingle() < _options.OtherTaskShare) AddDrawn(order[i], epoch, group);
                }
                if (group.Targets.Items.Count > 0) yield return group;
            }
        }
    }

    /// <summary>Groups of the users that validate, asked for the validated task.</summary>
    public IEnumerable<(UserGroup Group, int[] Users)> Validated(int size)
    {
        var group = new UserGroup(_config);
        foreach (int[] users in _validated.Chunk(size))
        {
            group.Clear(Task);
            foreach (int user in users) AddKept(user, group);
            yield return (group, users);
        }
    }

    /// <summary>What a validated user should be shown.</summary>
    public ReadOnlySpan<int> Wanted(int user) => _events.Validation.Of(user);

    void AddKept(int user, UserGroup group)
    {
        int row = group.Inputs.Count;
        _users.Show(user, group.Inputs);
        foreach (int item in _events.Validation.Of(user))
        {
            group.Targets.Items.Add(item);
            group.Targets.Weights.Add(1);
        }
        group.Targets.Close((row * _config.Tasks.Count) + group.Task);
    }

    /// <summary>Adds a user whose targets are drawn; the draw may leave none.</summary>
    void AddDrawn(int user, int epoch, UserGroup group)
    {
        if (_events.Of(_config.Tasks[group.Task]).Of(user).Length > 1) _users.Draw(user, epoch, group);
    }
}
