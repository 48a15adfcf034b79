using System.Diagnostics;
using System.Globalization;
using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>One training of an OverArch, from its first epoch or the one after a checkpoint to its best weights.</summary>
sealed class OverArchRun : IDisposable
{
    // Users whose candidates are in memory together: 16 x 1,000 candidates.
    const int GroupUsers = 16;

    // Users that the means and variances of features are taken from.
    const int MeasuredUsers = 256;

    readonly OverArchOptions _options;
    readonly IKernels _kernels;
    readonly ScoredUsers _users;
    readonly CrossFeatures _features;
    readonly ScoringStep _step;
    readonly List<Parameter> _trained;
    readonly Adam _optimizer;
    readonly WeightAverage _average;
    readonly BestWeights _best;
    readonly StepDropout _dropout;
    readonly Checkpoint _checkpoint;
    readonly List<EpochReport> _epochs = [];
    readonly (string Dataset, string Options) _hashes;

    public OverArchRun(
        TrainedModel model, ScoredUsers users, MinedCandidates miner, ItemNeighbours? neighbours,
        OverArchOptions options, string folder, IKernels kernels)
    {
        (_options, _kernels, _users) = (options, kernels, users);
        _hashes = (model.DatasetHash, model.ConfigHash + options.Hash());
        Config = Measured(model, users, miner, neighbours, options, kernels);
        OverArch = OverArchKinds.Create(Config, model.Config, OverArchWeights.New(options.Seed));
        _features = new CrossFeatures(Config, model.Config, neighbours);
        var parameters = new ParameterSet();
        parameters.AddAll(OverArch.Tensors.Select(t => ("over_arch." + t.Name, t.Tensor)), _ => false);
        _trained = [.. parameters];
        _optimizer = new Adam(_trained, kernels.Workers) { LearningRate = options.LearningRate, WeightDecay = options.WeightDecay };
        _average = new WeightAverage(_trained, options.Average);
        _best = new BestWeights(_trained);
        _dropout = new StepDropout(options.Seed);
        _step = new ScoringStep(miner, OverArch, parameters, _dropout, kernels);
        _checkpoint = new Checkpoint(folder, "over_arch.checkpoint.safetensors");
    }

    /// <summary>Kind, options, features with their means.</summary>
    public OverArchConfig Config { get; }

    /// <summary>What is trained.</summary>
    public OverArch OverArch { get; }

    /// <summary>Epochs so far.</summary>
    public IReadOnlyList<EpochReport> Epochs => _epochs;

    /// <summary>Trains to the end; the best weights are then those of <see cref="OverArch"/>.</summary>
    public void Train(Progress progress)
    {
        if (_options.Resume && _checkpoint.Read(_hashes.Dataset, _hashes.Options, CheckpointTensors()) is { } state)
        {
            _epochs.AddRange(state.Epochs);
            progress.Note(string.Create(CultureInfo.InvariantCulture, $"Resumed after epoch {_epochs.Count} of the OverArch."));
        }
        while (_epochs.Count < _options.Epochs && _epochs.Count - BestEpoch < _options.Patience)
        {
            _epochs.Add(RunEpoch(_epochs.Count + 1, progress));
            if (BestEpoch == _epochs.Count) _best.Take(_average);
            _checkpoint.Write(State, CheckpointTensors());
            var last = _epochs[^1];
            progress.Done(string.Create(CultureInfo.InvariantCulture,
                $"loss {last.Loss:0.0000}, recall@20 {last.Recall20:.0000}, recall@100 {last.Recall100:.0000}, {last.Seconds:0.0} s"));
        }
        _best.Restore();
    }

    /// <summary>The first epoch with the best sum of both recalls; the last one without validation.</summary>
    public int BestEpoch
    {
        get
        {
            int best = _epochs.Count;
            for (int i = _epochs.Count - 1; i >= 0; i--)
            {
                if (Quality(_epochs[i]) >= Quality(_epochs[best - 1])) best = i + 1;
            }
            return best;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _step.Dispose();

    CheckpointState State => new()
    {
        DatasetHash = _hashes.Dataset,
        OptionsHash = _hashes.Options,
        Epochs = _epochs,
        BestEpoch = BestEpoch,
    };

    static double Quality(EpochReport epoch) => epoch.Recall20 + epoch.Recall100 ?? 0;

    /// <summary>The configuration, with means and variances of the features over some users' candidates.</summary>
    static OverArchConfig Measured(
        TrainedModel model, ScoredUsers users, MinedCandidates miner, ItemNeighbours? neighbours,
        OverArchOptions options, IKernels kernels)
    {
        var config = new OverArchConfig
        {
            Kind = options.Kind,
            Options = options.KindOptions,
            Features = options.Features ?? CrossFeatures.All(model.Config),
            Candidates = options.Candidates,
        };
        config.Check();
        var raw = new CrossFeatures(config, model.Config, neighbours);
        // The kind is built once here, so that a wrong option is told before anything is computed.
        var probe = OverArchKinds.Create(config, model.Config, OverArchWeights.New(options.Seed));
        using var step = new ScoringStep(miner, probe, new ParameterSet(), new StepDropout(options.Seed), kernels);
        var statistics = new FeatureStatistics(config.Features.Count);
        int measured = 0;
        foreach (var group in users.Groups(0, GroupUsers))
        {
            if (group.Task != users.Task) continue;
            step.Features(group, Math.Min(options.Candidates, miner.Most(group)), raw, statistics.Add);
            measured += group.Inputs.Count;
            if (measured >= MeasuredUsers) break;
        }
        return statistics.Put(config);
    }

    EpochReport RunEpoch(int epoch, Progress progress)
    {
        long started = Stopwatch.GetTimestamp();
        progress.Step(
            string.Create(CultureInfo.InvariantCulture, $"over arch: epoch {epoch} of {_options.Epochs}"), _users.Count, "users");
        double loss = 0, targets = 0;
        int users = 0, number = 0;
        foreach (var group in _users.Groups(epoch, GroupUsers))
        {
            _dropout.Begin(epoch, number++);
            double value = _step.Run(group, _options.Candidates, _features);
            // A step ends with a group of the validated task, which comes last: no gradient waits for the next epoch.
            if (group.Task != _users.Task) continue;
            loss += value;
            targets += group.Targets.Items.Count;
            users += group.Inputs.Count;
            progress.Advance(group.Inputs.Count);
            if (users < _options.BatchUsers) continue;
            Move();
            users = 0;
        }
        if (users > 0) Move();
        var (recall20, recall100) = Validate();
        return new EpochReport(
            epoch, loss / Math.Max(1, targets), recall20, recall100, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    void Move()
    {
        _optimizer.Step();
        _average.Update(_optimizer.Steps, _kernels.Workers);
    }

    (double Recall20, double Recall100) Validate()
    {
        _average.Swap();
        try
        {
            double recall20 = 0, recall100 = 0;
            int count = 0;
            foreach (var (group, users) in _users.Validated(GroupUsers))
            {
                _step.Look(group, _options.Candidates, _features, (mined, logits) =>
                {
                    for (int u = 0; u < users.Length; u++)
                    {
                        var (hits20, hits100) = Hits(mined, logits, u, _users.Wanted(users[u]));
                        recall20 += (double)hits20 / _users.Wanted(users[u]).Length;
                        recall100 += (double)hits100 / _users.Wanted(users[u]).Length;
                    }
                });
                count += users.Length;
            }
            return (recall20 / Math.Max(1, count), recall100 / Math.Max(1, count));
        }
        finally
        {
            _average.Swap();
        }
    }

    (int Hits20, int Hits100) Hits(in Mined mined, Tensor<float> logits, int user, ReadOnlySpan<int> wanted)
    {
        int first = mined.Start[user], count = mined.Start[user + 1] - first;
        float[] scores = new float[count];
        for (int c = 0; c < count; c++) scores[c] = logits.Row(first + c)[_users.Task];
        return RecallHits.Of(scores, mined.Items.Span.Slice(first, count), wanted);
    }

    List<(string Name, AnyTensor Tensor)> CheckpointTensors()
    {
        var tensors = new List<(string, AnyTensor)>();
        tensors.AddRange(_trained.Select(p => ("weights." + p.Name, AnyTensor.From(p.Value))));
        tensors.AddRange(_trained.Select(p => ("average." + p.Name, AnyTensor.From(_average.Values[p.Name]))));
        tensors.AddRange(_best.Values.Select(b => ("best." + b.Name, AnyTensor.From(b.Tensor))));
        tensors.AddRange(_optimizer.State);
        return tensors;
    }
}
