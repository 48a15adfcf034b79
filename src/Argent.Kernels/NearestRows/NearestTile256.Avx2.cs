using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>Tiles of 6 x 16: twelve sums, two columns and a broadcast row fill 15 of the 16 registers.</summary>
readonly unsafe struct NearestTile256 : INearestTile
{
    const int TileRows = 6, TileColumns = 16, TileLanes = 8;

    /// <inheritdoc/>
    public static int Rows => TileRows;

    /// <inheritdoc/>
    public static int Columns => TileColumns;

    /// <inheritdoc/>
    public static int Lanes => TileLanes;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Raise(float* rows, float* panel, int dim, int first, float* best, int* found)
    {
        float* a0 = rows;
        float* a3 = rows + (3 * (nint)dim);
        nint row = dim;
        Vector256<float> c0a = default, c0b = default, c1a = default, c1b = default, c2a = default, c2b = default;
        Vector256<float> c3a = default, c3b = default, c4a = default, c4b = default, c5a = default, c5b = default;
        for (int d = dim; d > 0; d--)
        {
            var left = Avx.LoadVector256(panel);
            var right = Avx.LoadVector256(panel + TileLanes);
            var x = Avx.BroadcastScalarToVector256(a0);
            c0a = Fma.MultiplyAdd(x, left, c0a);
            c0b = Fma.MultiplyAdd(x, right, c0b);
            x = Avx.BroadcastScalarToVector256(a0 + row);
            c1a = Fma.MultiplyAdd(x, left, c1a);
            c1b = Fma.MultiplyAdd(x, right, c1b);
            x = Avx.BroadcastScalarToVector256(a0 + (2 * row));
            c2a = Fma.MultiplyAdd(x, left, c2a);
            c2b = Fma.MultiplyAdd(x, right, c2b);
            x = Avx.BroadcastScalarToVector256(a3);
            c3a = Fma.MultiplyAdd(x, left, c3a);
            c3b = Fma.MultiplyAdd(x, right, c3b);
            x = Avx.BroadcastScalarToVector256(a3 + row);
            c4a = Fma.MultiplyAdd(x, left, c4a);
            c4b = Fma.MultiplyAdd(x, right, c4b);
            x = Avx.BroadcastScalarToVector256(a3 + (2 * row));
            c5a = Fma.MultiplyAdd(x, left, c5a);
            c5b = Fma.MultiplyAdd(x, right, c5b);
            a0++;
            a3++;
            panel += TileColumns;
        }
        var places = Vector256<int>.Indices + Vector256.Create(first);
        var (biasA, biasB) = (Avx.LoadVector256(panel), Avx.LoadVector256(panel + TileLanes));
        Raise(c0a + biasA, c0b + biasB, places, best, found);
        Raise(c1a + biasA, c1b + biasB, places, best + TileLanes, found + TileLanes);
        Raise(c2a + biasA, c2b + biasB, places, best + (2 * TileLanes), found + (2 * TileLanes));
        Raise(c3a + biasA, c3b + biasB, places, best + (3 * TileLanes), found + (3 * TileLanes));
        Raise(c4a + biasA, c4b + biasB, places, best + (4 * TileLanes), found + (4 * TileLanes));
        Raise(c5a + biasA, c5b + biasB, places, best + (5 * TileLanes), found + (5 * TileLanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Raise(Vector256<float> left, Vector256<float> right, Vector256<int> places, float* best, int* found)
    {
        var largest = Vector256.Load(best);
        var at = Vector256.Load(found);
        var isLarger = Vector256.GreaterThan(left, largest);
        largest = Vector256.ConditionalSelect(isLarger, left, largest);
        at = Vector256.ConditionalSelect(isLarger.AsInt32(), places, at);
        isLarger = Vector256.GreaterThan(right, largest);
        Vector256.Store(Vector256.ConditionalSelect(isLarger, right, largest), best);
        Vector256.Store(Vector256.ConditionalSelect(isLarger.AsInt32(), places + Vector256.Create(TileLanes), at), found);
    }
}
