namespace Argent.Data;

/// <summary>
/// Means over the users that were asked, from their ranked items and the items held out for them (R of them, relevance is yes
/// or no, ranks count from 1):
/// <para>Recall@k = held-out items among the first k / R.</para>
/// <para>NDCG@k = sum over hits at rank r &lt;= k of 1 / log2(r + 1), divided by that sum for hits at ranks 1 to min(k, R).</para>
/// <para>Coverage@k = distinct items among the first k of all users / items of the catalogue.</para>
/// <para>The interval of Recall@k is the normal approximation over users: 1.96 s / sqrt(U), where s is the deviation of the
/// users' recalls around their mean (with U - 1) and U the number of users.</para>
/// Users without held-out items do not count. Sums are float64 in the order of the calls, so equal calls give equal bits.
/// </summary>
public sealed class RankingMetrics
{
    readonly int[] _cutoffs;
    readonly double[] _recall;
    readonly double[] _recallSquares;
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
        _recallSquares = new double[_cutoffs.Length];
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
            double recall = (double)hits / relevant.Length;
            _recall[c] += recall;
            _recallSquares[c] += recall * recall;
            _ndcg[c] += gain / _idealGain[Math.Min(_cutoffs[c], relevant.Length)];
        }
    }

    /// <summary>Mean Recall@k; 0 when no user counted.</summary>
    /// <exception cref="ArgumentException">k is not one of the cutoffs.</exception>
    public double Recall(int k) => Mean(_recall, k);

    /// <summary>
    /// Half the width of the 95 % interval of <see cref="Recall"/>, as the users that counted are a sample of more; null
    /// for fewer than two.
    /// </summary>
    /// <exception cref="ArgumentException">k is not one of the cutoffs.</exception>
    public double? RecallMargin(int k)
    {
        int c = Find(k);
        if (Users < 2) return null;
        double mean = _recall[c] / Users;
        // Rounding may leave a sum just below 0 where all users are alike.
        double variance = Math.Max(0, _recallSquares[c] - (Users * mean * mean)) / (Users - 1);
        return 1.96 * Math.Sqrt(variance / Users);
    }

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
