using System.Globalization;
using Argent.Data;

namespace Argent.Publish;

/// <summary>One finished step of a publish.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Figure">What came out of it.</param>
public sealed record PublishStep(string Name, TimeSpan Duration, string Figure);

/// <summary>Runs steps one after another, reports them and keeps their durations.</summary>
sealed class StepLog(Progress progress, TimeProvider clock)
{
    readonly List<PublishStep> _steps = [];

    /// <summary>Steps that are over.</summary>
    public IReadOnlyList<PublishStep> Steps => _steps;

    /// <summary>What steps report to.</summary>
    public Progress Progress => progress;

    /// <summary>Runs a step.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="total">How much there is to do, in units; 0 when it is not known.</param>
    /// <param name="unit">What is counted.</param>
    /// <param name="work">Does it.</param>
    /// <param name="figure">Says what came out.</param>
    public T Run<T>(string name, long total, string unit, Func<T> work, Func<T, FormattableString> figure)
    {
        long start = clock.GetTimestamp();
        progress.Step(name, total, unit);
        var result = work();
        string text = figure(result).ToString(CultureInfo.InvariantCulture);
        progress.Done(text);
        _steps.Add(new PublishStep(name, clock.GetElapsedTime(start), text));
        return result;
    }
}
