using Argent.Data;
using Argent.Model;

namespace Argent.Training;

/// <summary>
/// Draws what a user shows and what is asked: a random part of the events of each task is history, less what dropout
/// takes, and the others are targets. Drawn anew for each epoch, equal for equal (seed, epoch, user).
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
        _tasks = [.. _config.Tasks.Select((task, i) => (events.Of(task), taskWeights[i], Index(_config.Histories, task)))];
    }

    /// <summary>Adds a training user to a group: part of the events as input, the rest as targets.</summary>
    public void Draw(int user, long epoch, UserGroup group)
    {
        var inputs = group.Inputs;
        int row = inputs.Count;
        for (int h = 0; h < _histories.Length; h++)
        {
            bool isTask = Array.Exists(_tasks, t => t.History == h);
            var random = Stream(user, epoch, h);
            foreach (int item in _histories[h].Of(user))
            {
                // Both numbers are always drawn, so that targets can repeat the same choices.
                bool isInput = IsInput(ref random) || !isTask;
                if (random.NextSingle() >= _options.InputDropout && isInput) inputs[h].Add(item);
            }
            inputs[h].Close();
        }
        var other = Stream(user, epoch, _histories.Length);
        AddUser(user, other.NextSingle() >= UserIdDropout, inputs);
        for (int t = 0; t < _tasks.Length; t++)
        {
            AddTargets(user, epoch, t, group.Targets[t]);
            group.Targets[t].Close((row * _tasks.Length) + t);
        }
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

    void AddTargets(int user, long epoch, int task, TaskTargets targets)
    {
        var (events, weight, history) = _tasks[task];
        int first = targets.Items.Count;
        var random = Stream(user, epoch, history);
        foreach (int item in events.Of(user))
        {
            bool isInput = IsInput(ref random) && history >= 0;
            random.NextSingle();
            if (!isInput) targets.Items.Add(item);
        }
        int count = targets.Items.Count - first;
        float each = weight / MathF.Pow(Math.Max(1, count), _options.TargetPower);
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

    bool IsInput(ref CounterRandom random) => random.NextSingle() < _options.InputShare;

    CounterRandom Stream(int user, long epoch, int history) =>
        new(_options.Seed, Purpose.Inputs + ((ulong)(history + 1) << 32), epoch, user);

    static int Index(IReadOnlyList<string> names, string name)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name) return i;
        }
        return -1;
    }
}
