using Argent.Data;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>
/// Draws what a user shows when asked for a task: a random part of the task's events is history and the others are
/// targets, while the events of other tasks are all history; dropout takes some of it. Asking for one task at a time keeps
/// the histories of the others whole, as they are when served. With a sequence or a trend the events before a moment are
/// history and the next ones are targets, of all tasks. Equal for equal (seed, epoch, user, task).
/// </summary>
sealed class UserDraw
{
    const float UserIdDropout = 0.5f;

    readonly TowerConfig _config;
    readonly TrainOptions _options;
    readonly TrainingEvents _events;
    readonly int[] _userIdRows;
    readonly IReadOnlyList<FeatureColumn> _userColumns;
    readonly IReadOnlyList<FeatureTable> _userFeatures;
    readonly Interactions[] _histories;
    readonly UserMoments? _moments;
    readonly (Interactions Events, float Weight, int History)[] _tasks;

    public UserDraw(Dataset dataset, TrainingEvents events, TrainedModel model, float[] taskWeights, TrainOptions options)
    {
        (_config, _options, _events) = (model.Config, options, events);
        _userIdRows = _config.UserIdBuckets > 0
            ? [.. dataset.UserIds.Select(id => UserEncoder.Bucket(id, _config.UserIdBuckets))]
            : [];
        _userFeatures = model.UserTower.Features;
        _userColumns = [.. _userFeatures.Select(t => dataset.UserColumns.First(c => c.Spec.Name == t.Feature.Name))];
        _histories = [.. _config.Histories.Select(events.Of)];
        _moments = options.IsTemporal() ? new UserMoments(events, _config, options) : null;
        _tasks = [.. _config.Tasks.Select((task, i) => (events.Of(task), taskWeights[i], Index(_config.Histories, task)))];
    }

    /// <summary>Whether an epoch asks a user for a task: always with a weight of 1, else in that share of the epochs.</summary>
    public bool Asks(int user, int task, long epoch)
    {
        if (_tasks[task].Events.Of(user).IsEmpty || (_moments is not null && _moments.Of(user, epoch) is null)) return false;
        return new CounterRandom(_options.Seed, Purpose.Tasks, epoch, Stream(user, task)).NextSingle() < _tasks[task].Weight;
    }

    /// <summary>Adds a training user to a group: part of the events of the group's task as targets, the rest as input.</summary>
    public void Draw(int user, long epoch, UserGroup group)
    {
        var random = new CounterRandom(_options.Seed, Purpose.Inputs, epoch, Stream(user, group.Task));
        var targets = group.Targets;
        int row = group.Inputs.Count;
        if (_moments is not null) DrawMoment(user, epoch, group, ref random);
        else DrawShares(user, group, ref random);
        AddUser(user, random.NextSingle() >= UserIdDropout, group.Inputs);
        WeighTargets(targets);
        targets.Close((row * _tasks.Length) + group.Task);
    }

    /// <summary>The moment from which an epoch asks a user; null when it does not, or when there are no moments.</summary>
    public long? Moment(int user, long epoch) => _moments?.Of(user, epoch);

    void DrawMoment(int user, long epoch, UserGroup group, ref CounterRandom random)
    {
        long moment = _moments!.Of(user, epoch)!.Value;
        group.Moment = Math.Min(group.Moment, moment);
        for (int h = 0; h < _histories.Length; h++)
        {
            foreach (int item in _histories[h].Of(user)[..UserMoments.Before(_histories[h], user, moment)])
            {
                if (random.NextSingle() >= _options.InputDropout) group.Inputs[h].Add(item);
            }
            group.Inputs[h].Close();
        }
        var wanted = _tasks[group.Task].Events;
        int first = UserMoments.Before(wanted, user, moment);
        group.Targets.Items.AddRange(wanted.Of(user)[first.._moments.BeforeEnd(wanted, user, moment)]);
    }

    void DrawShares(int user, UserGroup group, ref CounterRandom random)
    {
        var (targets, task) = (group.Targets, _tasks[group.Task]);
        for (int h = 0; h < _histories.Length; h++)
        {
            bool isAsked = task.History == h;
            foreach (int item in _histories[h].Of(user))
            {
                if (isAsked && random.NextSingle() >= _options.InputShare) targets.Items.Add(item);
                else if (random.NextSingle() >= _options.InputDropout) group.Inputs[h].Add(item);
            }
            group.Inputs[h].Close();
        }
        if (task.History < 0) targets.Items.AddRange(task.Events.Of(user));
    }

    /// <summary>Adds a user to validate: all training events as input.</summary>
    public void Show(int user, UserBatchBuilder inputs)
    {
        for (int h = 0; h < _histories.Length; h++)
        {
            inputs[h].Add(_histories[h].Of(user));
            inputs[h].Close();
        }
        AddUser(user, withId: true, inputs);
    }

    long Stream(int user, int task) => ((long)user * _tasks.Length) + task;

    void WeighTargets(TaskTargets targets)
    {
        int count = targets.Items.Count - targets.Weights.Count;
        float each = 1 / MathF.Pow(Math.Max(1, count), _options.TargetPower);
        for (int i = 0; i < count; i++) targets.Weights.Add(each);
    }

    void AddUser(int user, bool withId, UserBatchBuilder inputs)
    {
        int bag = _histories.Length;
        if (_config.UserIdBuckets > 0)
        {
            if (withId) inputs[bag].Add(_userIdRows[user]);
            inputs[bag++].Close();
        }
        for (int f = 0; f < _userFeatures.Count; f++) _userFeatures[f].Encode(_userColumns[f], user, inputs[bag++]);
    }

    static int Index(IReadOnlyList<string> names, string name)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name) return i;
        }
        return -1;
    }
}
