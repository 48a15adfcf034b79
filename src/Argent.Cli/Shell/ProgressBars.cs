using Spectre.Console;

namespace Argent.Cli;

/// <summary>Progress as one bar for the step that runs; a finished step leaves one line.</summary>
sealed class ProgressBars : Data.Progress
{
    readonly CancellationToken _cancellation;
    readonly IAnsiConsole _console;
    readonly StepCount _step = new();
    TaskCompletionSource? _end;
    Task? _drawing;
    ProgressTask? _bar;

    /// <summary>Bars on <paramref name="output"/>, which is a terminal.</summary>
    public ProgressBars(TextWriter output, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
    }

    /// <inheritdoc/>
    public override void Step(string name, long total, string unit)
    {
        Stop();
        _cancellation.ThrowIfCancellationRequested();
        _step.Begin(name, total, unit);
        var end = _end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _drawing = _console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                _bar = context.AddTask(Markup.Escape(name), autoStart: true, maxValue: Math.Max(1, total));
                _bar.IsIndeterminate = total <= 0;
                await end.Task;
            });
    }

    /// <inheritdoc/>
    public override void Advance(long by)
    {
        if (_cancellation.IsCancellationRequested)
        {
            Stop();
            _cancellation.ThrowIfCancellationRequested();
        }
        _step.Done += by;
        if (_bar is { } bar) bar.Value = _step.Done;
    }

    /// <inheritdoc/>
    public override void Done(string figure)
    {
        Stop();
        _console.WriteLine(_step.Closing(figure));
    }

    /// <inheritdoc/>
    public override void Note(string text) => _console.WriteLine("  " + text);

    void Stop()
    {
        _end?.TrySetResult();
        _drawing?.GetAwaiter().GetResult();
        (_end, _drawing, _bar) = (null, null, null);
    }
}
