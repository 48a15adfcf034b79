using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Argent.Training;

/// <summary>
/// The neighbours of one item at a time: among the items that share most rows with it, those weights whose sum over a row
/// comes nearest to whether the row holds the item, by least squares with a ridge. With all items and a zero diagonal that is
/// EASE (Steck 2019); a few hundred each rank better on the data that this was measured on, and the work grows with the items
/// instead of their cube (Ning and Karypis 2011 restrict the items the same way). Equal input gives equal bits.
/// </summary>
/// <param name="rows">What is done together.</param>
/// <param name="most">The most neighbours of an item.</param>
/// <param name="ridge">Added to the diagonal, in rows.</param>
sealed class NeighbourSolver(EventRows rows, int most, float ridge)
{
    readonly int[] _seen = new int[rows.Count];
    readonly int[] _place = Filled(rows.Items);
    readonly float[] _shared = new float[rows.Items];
    readonly List<int> _touched = [];
    readonly List<(float Score, int Item)> _ranked = [];
    readonly List<int> _local = [];
    readonly float[] _gram = new float[most * most];
    readonly float[] _weights = new float[most];
    readonly int[] _neighbours = new int[most];
    int _count;
    int _stamp;

    /// <summary>Neighbours of the last item.</summary>
    public ReadOnlySpan<int> Neighbours => _neighbours.AsSpan(0, _count);

    /// <summary>Their weights.</summary>
    public ReadOnlySpan<float> Weights => _weights.AsSpan(0, _count);

    /// <summary>Finds neighbours and weights of an item.</summary>
    public void Solve(int item)
    {
        Choose(item);
        if (_count == 0) return;
        for (int n = 0; n < _count; n++) _place[_neighbours[n]] = n;
        FillGram();
        for (int n = 0; n < _count; n++) _place[_neighbours[n]] = -1;
        Factor();
        Substitute(_weights.AsSpan(0, _count));
    }

    /// <summary>Items by rows shared with the item over the root of their own rows, with those shared rows as right side.</summary>
    void Choose(int item)
    {
        _touched.Clear();
        foreach (int row in rows.RowsOf(item))
        {
            foreach (int other in rows.ItemsOf(row))
            {
                if (_shared[other]++ == 0) _touched.Add(other);
            }
        }
        _ranked.Clear();
        foreach (int other in _touched)
        {
            if (other != item) _ranked.Add((_shared[other] / MathF.Sqrt(rows.RowsOf(other).Length), other));
        }
        _ranked.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Item.CompareTo(b.Item));
        _count = Math.Min(most, _ranked.Count);
        for (int n = 0; n < _count; n++) (_neighbours[n], _weights[n]) = (_ranked[n].Item, _shared[_ranked[n].Item]);
        foreach (int other in _touched) _shared[other] = 0;
    }

    /// <summary>How many rows hold both of two neighbours, and the ridge on the diagonal.</summary>
    void FillGram()
    {
        Array.Clear(_gram);
        _stamp++;
        for (int n = 0; n < _count; n++)
        {
            foreach (int row in rows.RowsOf(_neighbours[n]))
            {
                if (_seen[row] == _stamp) continue;
                _seen[row] = _stamp;
                AddRow(row);
            }
            _gram[(n * most) + n] += ridge;
        }
    }

    void AddRow(int row)
    {
        _local.Clear();
        foreach (int item in rows.ItemsOf(row))
        {
            if (_place[item] >= 0) _local.Add(_place[item]);
        }
        foreach (int one in CollectionsMarshal.AsSpan(_local))
        {
            var sums = _gram.AsSpan(one * most, most);
            foreach (int other in CollectionsMarshal.AsSpan(_local)) sums[other]++;
        }
    }

    /// <summary>Cholesky in place: the lower triangle becomes L of gram = L Lᵀ. The ridge keeps it positive definite.</summary>
    void Factor()
    {
        for (int i = 0; i < _count; i++)
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
        for (int i = 0; i < _count; i++)
        {
            x[i] = (x[i] - Dot(_gram.AsSpan(i * most, i), x[..i])) / _gram[(i * most) + i];
        }
        for (int i = _count - 1; i >= 0; i--)
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
