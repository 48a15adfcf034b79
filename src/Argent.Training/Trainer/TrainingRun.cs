using System.Diagnostics;
using System.Globalization;
using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>One training from its first epoch, or the one after a checkpoint, to its best weights on disk.</summary>
sealed class TrainingRun : IDisposable
{
    /// <summary>Weight of a task that is not the validated one, when nothing else is said.</summary>
    const float OtherTaskWeight = 0.25f;

    readonly TrainedModel _model;
    readonly TrainOptions _options;
    readonly TrainingEvents _events;
    readonly IKernels _kernels;
    readonly List<Parameter> _trained;
    readonly WeightOptimizers _optimizers;
    readonly WeightAverage _average;
    readonly BestWeights _best;
    readonly ItemInputs _items;
    readonly UserDraw _users;
    readonly StepBuilder _steps;
    readonly TrainingStep _step;
    readonly RecallMeter _meter;
    readonly Checkpoint _checkpoint;
    readonly List<EpochReport> _epochs = [];
    readonly int _validatedTask;
    readonly float[] _taskWeights;

    public TrainingRun(Dataset dataset, TrainingEvents events, TrainedModel model, TrainOptions options, IKernels kernels)
    {
        (_model, _options, _events, _kernels) = (model, options, events, kernels);
        string validated = events.Validation.Task;
        _validatedTask = model.Config.Tasks.ToList().IndexOf(validated);
        _taskWeights = [.. model.Config.Tasks.Select(task => Weight(task, validated))];
        bool isLarge = events.Items.Count > TrainOptions.AllNegativesMax;
        var parameters = new ParameterSet();
        parameters.AddAll(model.WeightTensors, path => isLarge && WeightOptimizers.IsTable(path));
        _trained = [.. parameters];
        _optimizers = new WeightOptimizers(_trained, options, kernels.Workers);
        _average = new WeightAverage(_trained, options.Average);
        _best = new BestWeights(_trained);
        _items = new ItemInputs(model.ItemTower, dataset.Items, events.RowOfCatalogue);
        _users = new UserDraw(dataset, events, model, _taskWeights, options);
        _steps = new StepBuilder(events, model.Config, _users, options);
        _step = new TrainingStep(model, parameters, _steps, kernels);
        _meter = new RecallMeter(model, kernels);
        _checkpoint = new Checkpoint(options.Out);
    }

    /// <summary>Trains to the end and writes the best weights.</summary>
    public TrainResult Train(Progress progress)
    {
        if (_options.Resume) Resume(progress);
        while (_epochs.Count < _options.Epochs && !IsOutOfPatience)
        {
            var report = RunEpoch(_epochs.Count + 1, progress);
            _epochs.Add(report);
            if (BestEpoch == _epochs.Count) _best.Take(_average);
            _checkpoint.Write(State, CheckpointTensors());
            progress.Done(Figure(report));
        }
        _best.Restore();
        _steps.Trend?.AddTo(ItemBiases, _events.End);
        _model.Save(_options.Out);
        var result = Result();
        File.WriteAllBytes(Path.Combine(_options.Out, TrainedModel.ReportFile), StrictJson.Write(result));
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _items.Dispose();
        _step.Dispose();
        _meter.Dispose();
    }

    Span<float> ItemBiases => _trained.Find(p => p.Name == "item_tower.bias")!.Value.Span;

    bool IsOutOfPatience => _epochs.Count - BestEpoch >= _options.Patience;

    /// <summary>The first epoch with the best sum of both recalls; the last one without validation.</summary>
    int BestEpoch
    {
        get
        {
            int best = _epochs.Count;
            if (_events.Validation.Count == 0) return best;
            for (int i = _epochs.Count - 1; i >= 0; i--)
            {
                if (Quality(_epochs[i]) >= Quality(_epochs[best - 1])) best = i + 1;
            }
            return best;
        }
    }

    CheckpointState State => new()
    {
        DatasetHash = _model.DatasetHash,
        OptionsHash = _model.ConfigHash,
        Epochs = _epochs,
        BestEpoch = BestEpoch,
    };

    EpochReport RunEpoch(int epoch, Progress progress)
    {
        long started = Stopwatch.GetTimestamp();
        int[] order = _steps.Order(epoch);
        string title = string.Create(CultureInfo.InvariantCulture, $"train: epoch {epoch} of {_options.Epochs}");
        progress.Step(title, order.Length, "users");
        var losses = new double[_taskWeights.Length];
        double targets = 0;
        for (int first = 0; first < order.Length; first += _steps.StepUsers)
        {
            var users = order.AsSpan(first, Math.Min(_steps.StepUsers, order.Length - first));
            targets += RunStep(users, epoch, losses);
            progress.Advance(users.Length);
        }
        var (recall20, recall100) = Validate();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new EpochReport(epoch, losses[_validatedTask] / Math.Max(targets, double.Epsilon), recall20, recall100, seconds);
    }

    /// <returns>The summed weights of the validated task's targets.</returns>
    double RunStep(ReadOnlySpan<int> users, int epoch, double[] losses)
    {
        long number = _optimizers.Steps;
        var groups = _steps.Draw(users, epoch, number);
        var dropout = new CounterRandom(_options.Seed, Purpose.IdDropout, 0, number);
        ItemBatch Items(Scratch memory) => _items.Batch(_steps.Candidates.Rows, _options.IdDropout, dropout, memory);
        _step.Run(Items, _steps.Candidates, groups, losses);
        _optimizers.Step();
        _average.Update(_optimizers.Steps, _kernels.Workers);
        double targets = 0;
        foreach (var group in groups)
        {
            if (group.Task != _validatedTask) continue;
            foreach (float weight in group.Targets.Weights) targets += weight;
        }
        return targets;
    }

    (double? Recall20, double? Recall100) Validate()
    {
        if (_options.ValidationUsers == 0 || _events.Validation.Count == 0) return (null, null);
        int[] all = [.. Enumerable.Range(0, _events.Items.Count)];
        _average.Swap();
        float[] biases = ItemBiases.ToArray();
        _steps.Trend?.AddTo(ItemBiases, _events.ValidatedFrom);
        try
        {
            // More users keep events back where an OverArch will learn from them; validation asks no more for that.
            return _meter.Measure(
                _users, memory => _items.Batch(all, 0, default, memory), _events.Train, _events.Validation, _options.ValidationUsers);
        }
        finally
        {
            biases.CopyTo(ItemBiases);
            _average.Swap();
        }
    }

    void Resume(Progress progress)
    {
        if (_checkpoint.Read(_model.DatasetHash, _model.ConfigHash, CheckpointTensors()) is not { } state)
        {
            progress.Note($"There is no checkpoint in '{_options.Out}': training starts at the first epoch.");
            return;
        }
        _epochs.AddRange(state.Epochs);
        progress.Note(string.Create(CultureInfo.InvariantCulture, $"Resumed after epoch {_epochs.Count}."));
    }

    List<(string Name, AnyTensor Tensor)> CheckpointTensors()
    {
        var tensors = new List<(string, AnyTensor)>();
        tensors.AddRange(_trained.Select(p => ("weights." + p.Name, AnyTensor.From(p.Value))));
        tensors.AddRange(_trained.Select(p => ("average." + p.Name, AnyTensor.From(_average.Values[p.Name]))));
        tensors.AddRange(_best.Values.Select(b => ("best." + b.Name, AnyTensor.From(b.Tensor))));
        tensors.AddRange(_optimizers.State);
        return tensors;
    }

    TrainResult Result() => new()
    {
        Folder = _options.Out,
        Epochs = _epochs,
        BestEpoch = BestEpoch,
        StoppedEarly = _epochs.Count < _options.Epochs,
        ValidatedTask = _events.Validation.Task,
        Users = _steps.Users,
        Items = _events.Items.Count,
        Events = _events.Train.ToDictionary(t => t.Task, t => (long)t.Count),
        Weights = _trained.Sum(p => p.Value.Count),
        Seconds = _epochs.Sum(e => e.Seconds),
        TaskWeights = _model.Config.Tasks.Zip(_taskWeights).ToDictionary(),
        Options = _options,
    };

    float Weight(string task, string validated) =>
        _options.TaskWeights is not null && _options.TaskWeights.TryGetValue(task, out float weight) ? weight
        : task == validated ? 1
        : OtherTaskWeight;

    static double Quality(EpochReport epoch) => epoch.Recall20 + epoch.Recall100 ?? 0;

    static string Figure(EpochReport report) => report.Recall20 is null
        ? string.Create(CultureInfo.InvariantCulture, $"loss {report.Loss:0.0000}, {report.Seconds:0.0} s")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"loss {report.Loss:0.0000}, recall@20 {report.Recall20:.0000}, recall@100 {report.Recall100:.0000}, {report.Seconds:0.0} s");
}
