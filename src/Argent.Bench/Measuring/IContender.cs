namespace Argent.Bench;

/// <summary>One engine at one setting: what takes part in a comparison.</summary>
interface IContender
{
    /// <summary>What the results call it: <c>argent</c>, <c>faiss-ivfflat</c>.</summary>
    string Engine { get; }

    /// <summary>Does the whole work once and says how long it took.</summary>
    Timing Run();
}

/// <summary>Work of this process.</summary>
/// <param name="engine">What the results call it.</param>
/// <param name="clock">The clocks.</param>
/// <param name="work">The whole work, once.</param>
/// <param name="thread">The thread that does it; null for the caller's.</param>
sealed class LocalContender(string engine, RunClock clock, Action work, PinnedThread? thread = null) : IContender
{
    /// <inheritdoc/>
    public string Engine => engine;

    /// <inheritdoc/>
    public Timing Run()
    {
        if (thread is null) return clock.Time(work);
        Timing timing = default;
        thread.Run(() => timing = clock.Time(work));
        return timing;
    }
}
