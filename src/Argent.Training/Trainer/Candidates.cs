using Argent.Tensors;

namespace Argent.Training;

/// <summary>
/// The items that the targets of a step compete with. Either all items, or the distinct targets of the step and uniform
/// draws; then each item's logit is corrected by the logarithm of the probability that it takes part.
/// </summary>
sealed class Candidates
{
    readonly int _items;
    readonly bool _all;
    readonly int _draws;
    readonly double[] _share; // of all targets that are an item, by item
    readonly int[] _columnOf;
    readonly int[] _rows;
    readonly float[] _correction;

    /// <summary>Candidates out of <paramref name="popularity"/>.Length items.</summary>
    /// <param name="popularity">How often each item is a target; only ratios count.</param>
    /// <param name="all">Every item is a candidate of every step.</param>
    /// <param name="draws">Uniform draws of a step, when not all.</param>
    /// <param name="targetsMax">The most targets of a step.</param>
    public Candidates(ReadOnlySpan<double> popularity, bool all, int draws, int targetsMax)
    {
        (_items, _all, _draws) = (popularity.Length, all, draws);
        Capacity = all ? _items : (int)Math.Min(_items, (long)draws + targetsMax);
        _share = new double[_items];
        double total = 0;
        foreach (double p in popularity) total += p;
        for (int i = 0; i < _items; i++) _share[i] = total > 0 ? popularity[i] / total : 0;
        _columnOf = new int[_items];
        _rows = new int[Capacity];
        _correction = new float[Capacity];
        Array.Fill(_columnOf, -1);
        for (int i = 0; all && i < _items; i++) Add(i);
    }

    /// <summary>The most candidates of a step.</summary>
    public int Capacity { get; }

    /// <summary>Candidates of this step.</summary>
    public int Count { get; private set; }

    /// <summary>Their item rows.</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    /// <summary>What is subtracted from each one's logit; empty when all items are candidates.</summary>
    public ReadOnlySpan<float> Correction => _all ? [] : _correction.AsSpan(0, Count);

    /// <summary>The column of an item in this step, or -1.</summary>
    public int Column(int item) => _columnOf[item];

    /// <summary>Chooses the candidates of a step with these targets.</summary>
    public void Choose(IReadOnlyList<int> targets, CounterRandom random)
    {
        if (_all) return;
        foreach (int row in Rows) _columnOf[row] = -1;
        Count = 0;
        foreach (int item in targets) Add(item);
        for (int i = 0; i < _draws; i++) Add(random.Next(_items));
        for (int column = 0; column < Count; column++)
        {
            _correction[column] = (float)LogInclusion(_share[_rows[column]], targets.Count, _items, _draws);
        }
    }

    /// <summary>
    /// log(1 - (1 - share)^targets * (1 - 1/items)^draws): the logarithm of the probability that an item is among the
    /// targets of a step, each of which is that item with probability <paramref name="share"/>, or among the uniform
    /// draws. It is the logQ of Yi et al. 2019 for candidates that are kept once each.
    /// </summary>
    public static double LogInclusion(double share, int targets, int items, int draws)
    {
        double logMissing = (targets * LogOneMinus(share)) + (draws * LogOneMinus(1.0 / items));
        // 1 - e^x loses all digits for small probabilities; expm1 by its series keeps them.
        double included = logMissing > -1e-5 ? -logMissing * (1 + (logMissing / 2)) : 1 - Math.Exp(logMissing);
        return Math.Log(Math.Max(included, double.Epsilon));
    }

    static double LogOneMinus(double p) => p > 1e-5 ? Math.Log(1 - p) : -p * (1 + (p / 2));

    void Add(int item)
    {
        if (_columnOf[item] >= 0) return;
        _columnOf[item] = Count;
        _rows[Count++] = item;
    }
}
