namespace Argent.Training;

/// <summary>What one epoch did.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Loss">Mean cross entropy of a target of the validated task, in nats.</param>
/// <param name="Recall20">Recall@20 of the validation events over exact scores; null without validation.</param>
/// <param name="Recall100">Recall@100, likewise.</param>
/// <param name="Seconds">Time of training and validation.</param>
public sealed record EpochReport(int Epoch, double Loss, double? Recall20, double? Recall100, double Seconds);

/// <summary>What a training did: <c>report.json</c>.</summary>
public sealed record TrainResult
{
    /// <summary>The folder of the trained model.</summary>
    public required string Folder { get; init; }

    /// <summary>Every epoch, in order.</summary>
    public required IReadOnlyList<EpochReport> Epochs { get; init; }

    /// <summary>The epoch whose weights were kept.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>True when validation stopped the training before the last epoch that was allowed.</summary>
    public required bool StoppedEarly { get; init; }

    /// <summary>The task that was validated.</summary>
    public required string ValidatedTask { get; init; }

    /// <summary>Users with any event.</summary>
    public required int Users { get; init; }

    /// <summary>Items with any event.</summary>
    public required int Items { get; init; }

    /// <summary>Training events of each task.</summary>
    public required IReadOnlyDictionary<string, long> Events { get; init; }

    /// <summary>Numbers that were learned.</summary>
    public required long Weights { get; init; }

    /// <summary>Time in all, of resumed parts too.</summary>
    public required double Seconds { get; init; }

    /// <summary>Weight of each task, in head order.</summary>
    public required IReadOnlyDictionary<string, float> TaskWeights { get; init; }

    /// <summary>How it was trained.</summary>
    public required TrainOptions Options { get; init; }
}
