using System.Diagnostics;
using System.Globalization;
using Argent.Data;

namespace Argent.Cli;

/// <summary>Progress as plain lines, for files and pipes: one line when a step ends, and one now and then during a long one.</summary>
sealed class ProgressLines(TextWriter output, CancellationToken cancellation) : Progress
{
    /// <summary>How long a step is silent before it says how far it is.</summary>
    static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);

    readonly StepCount _step = new();
    TimeSpan _spoken;

    /// <summary>Bars on a terminal, lines otherwise, silence for a quiet run. All of them end the work of a cancelled run.</summary>
    public static Progress For(CommandRun run)
    {
        if (run.IsQuiet) return new ProgressLines(TextWriter.Null, run.Cancellation);
        return run.Terminal.IsInteractive
            ? new ProgressBars(run.Terminal.Error, run.Cancellation)
            : new ProgressLines(run.Terminal.Error, run.Cancellation);
    }

    /// <inheritdoc/>
    public override void Step(string name, long total, string unit)
    {
        cancellation.ThrowIfCancellationRequested();
        _step.Begin(name, total, unit);
        _spoken = TimeSpan.Zero;
    }

    /// <inheritdoc/>
    public override void Advance(long by)
    {
        cancellation.ThrowIfCancellationRequested();
        _step.Done += by;
        if (_step.Elapsed - _spoken < _interval) return;
        _spoken = _step.Elapsed;
        output.WriteLine($"  {_step.Name}: {_step.Position}");
    }

    /// <inheritdoc/>
    public override void Done(string figure) => output.WriteLine(_step.Closing(figure));

    /// <inheritdoc/>
    public override void Note(string text) => output.WriteLine("  " + text);
}

/// <summary>The step that runs now: its name, how far it is, and since when.</summary>
sealed class StepCount
{
    long _started;

    /// <summary>What happens.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Units to do; 0 when that is not known.</summary>
    public long Total { get; private set; }

    /// <summary>Units done.</summary>
    public long Done { get; set; }

    string Unit { get; set; } = "";

    /// <summary>Time since the step began.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    /// <summary>How far it is, for a person.</summary>
    public string Position => Total > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{100.0 * Done / Total:0} % of {Total:N0} {Unit}")
        : string.Create(CultureInfo.InvariantCulture, $"{Done:N0} {Unit}");

    /// <summary>Another step begins.</summary>
    public void Begin(string name, long total, string unit)
    {
        (Name, Total, Unit, Done) = (name, total, unit, 0);
        _started = Stopwatch.GetTimestamp();
    }

    /// <summary>The line that ends a step.</summary>
    public string Closing(string figure) =>
        string.Create(CultureInfo.InvariantCulture, $"  {Name}: {figure} ({Elapsed.TotalSeconds:0.0} s)");
}
