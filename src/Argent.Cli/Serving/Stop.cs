namespace Argent.Cli;

/// <summary>The end that a person asks for.</summary>
static class Stop
{
    /// <summary>Completes when <paramref name="cancellation"/> is cancelled, which is how a server ends well.</summary>
    public static Task WhenAskedAsync(CancellationToken cancellation)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellation.Register(() => stopped.TrySetResult());
        return stopped.Task;
    }
}
