using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Argent.Training;

/// <summary>
/// The neighbours of one item at a time: among the columns that its users did most, those weights whose sum over a user's
/// columns comes nearest to whether the user did the item, by least squares with a ridge. With all columns and a zero
/// diagonal that is EASE (Steck 2019); a few hundred columns each are as good and grow with the items, not their cube
/// (Ning and Karypis 2011 restrict the columns the same way). Equal input gives equal bits.
/// </summary>
sealed class NeighbourSolver(EventColumns columns, IReadOnlyList<EventColumns> targets, int most, float ridge)
{
    readonly int[] _seen = new int[columns.Users];
    readonly int[] _place = Filled(columns.Count);
    readonly float[] _count = new float[columns.Count];
    readonly List<int> _touched = [];
    readonly List<(float Score, int Column)> _ranked = [];
    readonly List<int> _local = [];
    readonly float[] _gram = new float[most * most];
    readonly float[] _known = new float[most * targets.Count];
    int _stamp;

    /// <summary>Columns that were found for the last item.</summary>
    public int Count { get; private set; }

    /// <summary>Those columns.</summary>
    public int[] Columns { get; } = new int[most];

    /// <summary>Weights of the last item's columns for a target.</summary>
    public ReadOnlySpan<float> Weights(int target) => _known.AsSpan(target * most, Count);

    /// <summary>Finds columns and weights of an item.</summary>
    public void Solve(int item)
    {
        Choose(item);
        if (Count == 0) return;
        for (int c = 0; c < Count; c++) _place[Columns[c]] = c;
        FillGram();
        for (int t = 0; t < targets.Count; t++) FillKnown(t, item);
        for (int c = 0; c < Count; c++) _place[Columns[c]] = -1;
        Factor();
        for (int t = 0; t < targets.Count; t++) Substitute(_known.AsSpan(t * most, Count));
    }

    /// <summary>Columns by users shared with the item over the root of their own users, the item's own left out.</summary>
    void Choose(int item)
    {
        _touched.Clear();
        foreach (var target in targets)
        {
            foreach (int user in target.UsersOf(item))
            {
                foreach (int column in columns.ColumnsOf(user))
                {
                    if (_count[column]++ == 0) _touched.Add(column);
                }
            }
        }
        _ranked.Clear();
        foreach (int column in _touched)
        {
            if (column % columns.Items != item) _ranked.Add((_count[column] / MathF.Sqrt(columns.UsersOf(column).Length), column));
            _count[column] = 0;
        }
        _ranked.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Column.CompareTo(b.Column));
        Count = Math.Min(most, _ranked.Count);
        for (int c = 0; c < Count; c++) Columns[c] = _ranked[c].Column;
    }

    /// <summary>How many users did both of two columns, and the ridge on the diagonal.</summary>
    void FillGram()
    {
        Array.Clear(_gram);
        _stamp++;
        for (int c = 0; c < Count; c++)
        {
            foreach (int user in columns.UsersOf(Columns[c]))
            {
                if (_seen[user] == _stamp) continue;
                _seen[user] = _stamp;
                AddUser(user);
            }
            _gram[(c * most) + c] += ridge;
        }
    }

    void AddUser(int user)
    {
        _local.Clear();
        foreach (int column in columns.ColumnsOf(user))
        {
            if (_place[column] >= 0) _local.Add(_place[column]);
        }
        foreach (int row in CollectionsMarshal.AsSpan(_local))
        {
            var sums = _gram.AsSpan(row * most, most);
            foreach (int other in CollectionsMarshal.AsSpan(_local)) sums[other]++;
        }
    }

    void FillKnown(int target, int item)
    {
        var known = _known.AsSpan(target * most, Count);
        known.Clear();
        foreach (int user in targets[target].UsersOf(item))
        {
            foreach (int column in columns.ColumnsOf(user))
            {
                if (_place[column] >= 0) known[_place[column]]++;
            }
        }
    }

    /// <summary>Cholesky in place: the lower triangle becomes L of gram = L Lᵀ. The ridge keeps it positive definite.</summary>
    void Factor()
    {
        for (int i = 0; i < Count; i++)
        {
            var row = _gram.AsSpan(i * most, most);
            for (int j = 0; j <= i; j++)
            {
                float rest = row[j] - Dot(row[..j], _gram.AsSpan(j * most, j));
                row[j] = i == j ? MathF.Sqrt(rest) : rest / _gram[(j * most) + j];
            }
        }
    }

    /// <summary>Solves L Lᵀ x = b in place.</summary>
    void Substitute(Span<float> x)
    {
        for (int i = 0; i < Count; i++)
        {
            x[i] = (x[i] - Dot(_gram.AsSpan(i * most, i), x[..i])) / _gram[(i * most) + i];
        }
        for (int i = Count - 1; i >= 0; i--)
        {
            x[i] /= _gram[(i * most) + i];
            for (int j = 0; j < i; j++) x[j] -= x[i] * _gram[(i * most) + j];
        }
    }

    static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var l = MemoryMarshal.Cast<float, Vector256<float>>(left);
        var r = MemoryMarshal.Cast<float, Vector256<float>>(right);
        var (first, second) = (Vector256<float>.Zero, Vector256<float>.Zero);
        int i = 0;
        for (; i + 2 <= l.Length; i += 2)
        {
            first += l[i] * r[i];
            second += l[i + 1] * r[i + 1];
        }
        if (i < l.Length) first += l[i] * r[i];
        float sum = Vector256.Sum(first + second);
        for (int k = l.Length * Vector256<float>.Count; k < left.Length; k++) sum += left[k] * right[k];
        return sum;
    }

    static int[] Filled(int count)
    {
        var places = new int[count];
        Array.Fill(places, -1);
        return places;
    }
}
