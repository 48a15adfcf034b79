namespace Argent.Data;

/// <summary>
/// What long work reports while it runs: a sequence of named steps, each with a count and a closing figure. One thread at
/// a time may call it. The command line draws bars from it; <see cref="None"/> stays silent.
/// </summary>
public abstract class Progress
{
    /// <summary>Reports nothing.</summary>
    public static Progress None { get; } = new Silence();

    /// <summary>A step begins; the one before it is over.</summary>
    /// <param name="name">What happens, as a person reads it ("read events").</param>
    /// <param name="total">How much there is to do, in units; 0 when it is not known.</param>
    /// <param name="unit">What is counted ("rows", "bytes"), in the plural.</param>
    public abstract void Step(string name, long total, string unit);

    /// <summary>The step has done <paramref name="by"/> units more.</summary>
    public abstract void Advance(long by);

    /// <summary>The step is finished; <paramref name="figure"/> is what it found or made ("912,705 events").</summary>
    public abstract void Done(string figure);

    /// <summary>A sentence worth reading that belongs to no step's end ("31 rows were skipped").</summary>
    public abstract void Note(string text);

    sealed class Silence : Progress
    {
        public override void Step(string name, long total, string unit)
        {
        }

        public override void Advance(long by)
        {
        }

        public override void Done(string figure)
        {
        }

        public override void Note(string text)
        {
        }
    }
}
