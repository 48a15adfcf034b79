using System.Runtime.Intrinsics;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// How far every candidate lies from what the items of a sliding window span, in a space that is known by similarities
/// alone: the incremental Cholesky factor of the window's similarities (Chen et al. 2018), which is modified Gram-Schmidt
/// without vectors. A similarity must be positive semidefinite, with 1 for an item and itself.
/// </summary>
unsafe ref struct WindowResiduals
{
    /// <summary>What a squared distance never falls below: float32 similarities of equal items differ by less.</summary>
    public const float Floor = 1e-6f;

    readonly int _count;
    readonly int _stride;
    readonly int _window;
    readonly float* _rows;
    readonly float* _factors;
    readonly float* _squares;
    readonly int* _members;
    readonly float* _distances;
    int _used;

    /// <summary>Residuals of <paramref name="count"/> candidates against an empty window.</summary>
    public WindowResiduals(int count, int window, Scratch scratch)
    {
        (_count, _window) = (count, window);
        _stride = (count + 7) & ~7;
        _rows = scratch.Rent<float>(new Shape(window, _stride)).Pointer;
        _factors = scratch.Rent<float>(new Shape(window, _stride)).Pointer;
        _squares = scratch.Rent<float>(new Shape(_stride)).Pointer;
        _members = scratch.Rent<int>(new Shape(window)).Pointer;
        _distances = scratch.Rent<float>(new Shape(window)).Pointer;
        new Span<float>(_squares, _stride).Fill(1);
    }

    /// <summary>The volume that each candidate spans with the window's items.</summary>
    public readonly void Volumes(Span<float> volumes)
    {
        double own = 1;
        for (int m = 0; m < _used; m++) own *= _distances[m];
        float volume = (float)own;
        int i = 0;
        for (; i + 8 <= _count; i += 8) (volume * Vector256.Sqrt(Vector256.Load(_squares + i))).CopyTo(volumes[i..]);
        for (; i < _count; i++) volumes[i] = volume * MathF.Sqrt(_squares[i]);
    }

    /// <summary>The logarithm of each candidate's squared distance, which is at least <see cref="Floor"/>.</summary>
    public readonly void Logarithms(Span<float> logarithms)
    {
        int i = 0;
        for (; i + 8 <= _count; i += 8) Vector256.Log(Vector256.Load(_squares + i)).CopyTo(logarithms[i..]);
        for (; i < _count; i++) logarithms[i] = MathF.Log(_squares[i]);
    }

    /// <summary>Room for the similarities of the next member with all candidates; <see cref="Add"/> takes them.</summary>
    public readonly Span<float> NextRow => new(_rows + (long)(_used == _window ? 0 : _used) * _stride, _count);

    /// <summary>Makes room for a member: the oldest leaves a full window. Before <see cref="NextRow"/> is written.</summary>
    public void Slide()
    {
        if (_used < _window) return;
        for (int m = 1; m < _used; m++)
        {
            new Span<float>(_rows + (long)m * _stride, _stride).CopyTo(new(_rows + (m - 1L) * _stride, _stride));
            _members[m - 1] = _members[m];
        }
        _used--;
        new Span<float>(_squares, _stride).Fill(1);
        for (int m = 0; m < _used; m++) Factor(m);
    }

    /// <summary>Adds a candidate, whose similarities are in <see cref="NextRow"/>, to the window.</summary>
    public void Add(int candidate)
    {
        _members[_used] = candidate;
        Factor(_used++);
    }

    /// <summary>Writes the factors of one member for all candidates and takes their squares off the distances.</summary>
    readonly void Factor(int member)
    {
        float* row = _rows + (long)member * _stride, factors = _factors + (long)member * _stride;
        int self = _members[member];
        float distance = MathF.Sqrt(_squares[self]), scale = 1 / distance;
        _distances[member] = distance;
        for (int i = 0; i < _stride; i += 8)
        {
            var sum = Vector256.Load(row + i);
            for (int m = 0; m < member; m++)
            {
                float* earlier = _factors + (long)m * _stride;
                sum -= Vector256.Load(earlier + i) * earlier[self];
            }
            sum *= scale;
            sum.Store(factors + i);
            var left = Vector256.Load(_squares + i) - sum * sum;
            Vector256.Max(left, Vector256.Create(Floor)).Store(_squares + i);
        }
    }
}
