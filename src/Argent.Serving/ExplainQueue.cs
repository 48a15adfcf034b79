using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Serving;

/// <summary>
/// Explanations one after another, on threads of the pool. They share the kernels' workers with the batches, a kernel call
/// at a time, and have memory of their own.
/// </summary>
/// <param name="kernels">The arithmetic of the batches: explanations have the same bits.</param>
/// <param name="time">What deadlines are measured by.</param>
sealed class ExplainQueue(IKernels kernels, TimeProvider time)
{
    /// <summary>Explanations that may wait or run.</summary>
    public const int Most = 16;

    readonly Lock _lock = new();
    Task _last = Task.CompletedTask;
    int _count;

    /// <summary>Runs one explanation when those before it are done.</summary>
    /// <exception cref="ServingException">Too many wait already, or the deadline passed.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up before the explanation began.</exception>
    public Task<T> RunAsync<T>(Func<IKernels, Scratch, T> explain, long deadline, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_count == Most)
            {
                throw new ServingException(
                    ServingFailure.Overloaded, $"{Most} explanations are waiting already; try again later.");
            }
            _count++;
            var mine = RunAfterAsync(_last, explain, deadline, cancellation);
            _last = mine;
            return mine;
        }
    }

    async Task<T> RunAfterAsync<T>(
        Task before, Func<IKernels, Scratch, T> explain, long deadline, CancellationToken cancellation)
    {
        // The one before may have failed, which is no matter of ours; and this must leave the caller's lock and thread.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            if (time.GetTimestamp() >= deadline)
            {
                throw new ServingException(ServingFailure.Deadline, "The deadline passed before the explanation began.");
            }
            using var scratch = new Scratch();
            return explain(kernels, scratch);
        }
        finally
        {
            lock (_lock) _count--;
        }
    }
}
