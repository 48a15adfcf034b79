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
sealed class LocalContender(string engine, RunClock clock, Action work) : IContender
{
    /// <inheritdoc/>
    public string Engine => engine;

    /// <inheritdoc/>
    public Timing Run() => clock.Time(work);
}
