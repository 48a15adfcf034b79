namespace Argent.Data;

/// <summary>
/// Means over the users that were asked, from their ranked items and the items held out for them (R of them, relevance is yes
/// or no, ranks count from 1):
/// <para>Recall@k = held-out items among the first k / R.</para>
/// <para>NDCG@k = sum over hits at rank r &lt;= k of 1 / log2(r + 1), divided by that sum for hits at ranks 1 to min(k, R).</para>
/// <para>Coverage@k = distinct items among the first k of all users / items of the catalogue.</para>
/// Users without held-out items do not count. Sums are float64 in the order of the calls, so equal calls give equal bits.
/// </summary>
public sealed class RankingMetrics
{
    readonly int[] _cutoffs;
    readonly double[] _recall;
    readonly double[] _ndcg;
    readonly bool[][] _isShown;
    readonly int[] _shown;
    readonly int[] _stamp;
    readonly double[] _idealGain;

    /// <summary>No users yet.</summary>
    /// <param name="items">Items of the catalogue.</param>
    /// <param name="cutoffs">The values of k, 1 or more.</param>
    public RankingMetrics(int items, params ReadOnlySpan<int> cutoffs)
    {
        foreach (int k in cutoffs) ArgumentOutOfRangeException.ThrowIfLessThan(k, 1, nameof(cutoffs));
        _cutoffs = cutoffs.ToArray();
        _recall = new double[_cutoffs.Length];
        _ndcg = new double[_cutoffs.Length];
        _shown = new int[_cutoffs.Length];
        _isShown = [.. _cutoffs.Select(_ => new bool[items])];
        _stamp = new int[items];
        _idealGain = new double[_cutoffs.DefaultIfEmpty(0).Max() + 1];
        for (int r = 1; r < _idealGain.Length; r++) _idealGain[r] = _idealGain[r - 1] + Gain(r);
    }

    /// <summary>Users that counted.</summary>
    public int Users { get; private set; }

    /// <summary>The values of k.</summary>
    public IReadOnlyList<int> Cutoffs => _cutoffs;

    /// <summary>Adds one user.</summary>
    /// <param name="ranked">Item rows, best first, without repetition; negative entries are empty places.</param>
    /// <param name="relevant">Held-out item rows in any order, without repetition.</param>
    public void Add(ReadOnlySpan<int> ranked, ReadOnlySpan<int> relevant)
    {
        if (relevant.Length == 0) return;
        Users++;
        foreach (int row in relevant) _stamp[row] = Users;
        for (int c = 0; c < _cutoffs.Length; c++)
        {
            int length = Math.Min(_cutoffs[c], ranked.Length), hits = 0;
            double gain = 0;
            for (int i = 0; i < length; i++)
            {
                int row = ranked[i];
                if (row < 0) continue;
                Show(c, row);
                if (_stamp[row] != Users) continue;
                hits++;
                gain += Gain(i + 1);
            }
            _recall[c] += (double)hits / relevant.Length;
            _ndcg[c] += gain / _idealGain[Math.Min(_cutoffs[c], relevant.Length)];
        }
    }

    /// <summary>Mean Recall@k; 0 when no user counted.</summary>
    /// <exception cref="ArgumentException">k is not one of the cutoffs.</exception>
    public double Recall(int k) => Mean(_recall, k);

    /// <summary>Mean NDCG@k; 0 when no user counted.</summary>
    /// <exception cref="ArgumentException">k is not one of the cutoffs.</exception>
    public double Ndcg(int k) => Mean(_ndcg, k);

    /// <summary>Coverage@k, a fraction of the catalogue.</summary>
    /// <exception cref="ArgumentException">k is not one of the cutoffs.</exception>
    public double Coverage(int k) => (double)_shown[Find(k)] / Math.Max(1, _stamp.Length);

    static double Gain(int rank) => 1 / Math.Log2(rank + 1);

    void Show(int cutoff, int row)
    {
        if (_isShown[cutoff][row]) return;
        _isShown[cutoff][row] = true;
        _shown[cutoff]++;
    }

    double Mean(double[] sums, int k) => sums[Find(k)] / Math.Max(1, Users);

    int Find(int k) => Array.IndexOf(_cutoffs, k) is var at and >= 0
        ? at
        : throw new ArgumentException($"{k} is not one of the cutoffs {string.Join(", ", _cutoffs)}.");
}
