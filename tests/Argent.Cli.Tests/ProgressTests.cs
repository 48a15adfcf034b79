namespace Argent.Cli.Tests;

public sealed class ProgressTests
{
    [Fact]
    public void Lines_say_what_a_step_found()
    {
        using var output = new StringWriter();
        var progress = new ProgressLines(output, CancellationToken.None);
        progress.Step("read events", 10, "rows");
        progress.Advance(10);
        progress.Note("1 row was skipped");
        progress.Done("9 events");
        Assert.StartsWith("  1 row was skipped\n  read events: 9 events (", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_run_ends_at_the_next_report()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new ProgressLines(TextWriter.Null, cancellation.Token);
        progress.Step("train", 10, "users");
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => progress.Advance(1));
        Assert.Throws<OperationCanceledException>(() => progress.Step("write", 1, "files"));
    }

    [Fact]
    public void Bars_leave_one_line_per_step()
    {
        using var output = new StringWriter();
        var progress = new ProgressBars(output, CancellationToken.None);
        progress.Step("read", 0, "bytes");
        progress.Advance(3);
        progress.Done("3 bytes");
        progress.Step("write", 2, "files");
        progress.Advance(2);
        progress.Done("2 files");
        Assert.Contains("  read: 3 bytes (", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("  write: 2 files (", output.ToString(), StringComparison.Ordinal);
    }
}
