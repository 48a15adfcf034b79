using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>Tiles of 12 x 32: 24 sums, two columns and a broadcast row take 27 of the 32 registers.</summary>
readonly unsafe struct NearestTile512 : INearestTile
{
    const int TileRows = 12, TileColumns = 32, TileLanes = 16;

    /// <summary>Whether this processor runs it.</summary>
    public static bool IsSupported => Avx512F.IsSupported && Vector512.IsHardwareAccelerated;

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
        nint row = dim;
        float* a0 = rows, a3 = rows + (3 * row), a6 = rows + (6 * row), a9 = rows + (9 * row);
        Vector512<float> c0a = default, c0b = default, c1a = default, c1b = default, c2a = default, c2b = default;
        Vector512<float> c3a = default, c3b = default, c4a = default, c4b = default, c5a = default, c5b = default;
        Vector512<float> c6a = default, c6b = default, c7a = default, c7b = default, c8a = default, c8b = default;
        Vector512<float> c9a = default, c9b = default, c10a = default, c10b = default, c11a = default, c11b = default;
        for (int d = dim; d > 0; d--)
        {
            var left = Avx512F.LoadVector512(panel);
            var right = Avx512F.LoadVector512(panel + TileLanes);
            var x = Vector512.Create(*a0);
            c0a = Avx512F.FusedMultiplyAdd(x, left, c0a);
            c0b = Avx512F.FusedMultiplyAdd(x, right, c0b);
            x = Vector512.Create(*(a0 + row));
            c1a = Avx512F.FusedMultiplyAdd(x, left, c1a);
            c1b = Avx512F.FusedMultiplyAdd(x, right, c1b);
            x = Vector512.Create(*(a0 + (2 * row)));
            c2a = Avx512F.FusedMultiplyAdd(x, left, c2a);
            c2b = Avx512F.FusedMultiplyAdd(x, right, c2b);
            x = Vector512.Create(*a3);
            c3a = Avx512F.FusedMultiplyAdd(x, left, c3a);
            c3b = Avx512F.FusedMultiplyAdd(x, right, c3b);
            x = Vector512.Create(*(a3 + row));
            c4a = Avx512F.FusedMultiplyAdd(x, left, c4a);
            c4b = Avx512F.FusedMultiplyAdd(x, right, c4b);
            x = Vector512.Create(*(a3 + (2 * row)));
            c5a = Avx512F.FusedMultiplyAdd(x, left, c5a);
            c5b = Avx512F.FusedMultiplyAdd(x, right, c5b);
            x = Vector512.Create(*a6);
            c6a = Avx512F.FusedMultiplyAdd(x, left, c6a);
            c6b = Avx512F.FusedMultiplyAdd(x, right, c6b);
            x = Vector512.Create(*(a6 + row));
            c7a = Avx512F.FusedMultiplyAdd(x, left, c7a);
            c7b = Avx512F.FusedMultiplyAdd(x, right, c7b);
            x = Vector512.Create(*(a6 + (2 * row)));
            c8a = Avx512F.FusedMultiplyAdd(x, left, c8a);
            c8b = Avx512F.FusedMultiplyAdd(x, right, c8b);
            x = Vector512.Create(*a9);
            c9a = Avx512F.FusedMultiplyAdd(x, left, c9a);
            c9b = Avx512F.FusedMultiplyAdd(x, right, c9b);
            x = Vector512.Create(*(a9 + row));
            c10a = Avx512F.FusedMultiplyAdd(x, left, c10a);
            c10b = Avx512F.FusedMultiplyAdd(x, right, c10b);
            x = Vector512.Create(*(a9 + (2 * row)));
            c11a = Avx512F.FusedMultiplyAdd(x, left, c11a);
            c11b = Avx512F.FusedMultiplyAdd(x, right, c11b);
            a0++;
            a3++;
            a6++;
            a9++;
            panel += TileColumns;
        }
        var places = Vector512<int>.Indices + Vector512.Create(first);
        var (biasA, biasB) = (Avx512F.LoadVector512(panel), Avx512F.LoadVector512(panel + TileLanes));
        Raise(c0a + biasA, c0b + biasB, places, best, found);
        Raise(c1a + biasA, c1b + biasB, places, best + TileLanes, found + TileLanes);
        Raise(c2a + biasA, c2b + biasB, places, best + (2 * TileLanes), found + (2 * TileLanes));
        Raise(c3a + biasA, c3b + biasB, places, best + (3 * TileLanes), found + (3 * TileLanes));
        Raise(c4a + biasA, c4b + biasB, places, best + (4 * TileLanes), found + (4 * TileLanes));
        Raise(c5a + biasA, c5b + biasB, places, best + (5 * TileLanes), found + (5 * TileLanes));
        Raise(c6a + biasA, c6b + biasB, places, best + (6 * TileLanes), found + (6 * TileLanes));
        Raise(c7a + biasA, c7b + biasB, places, best + (7 * TileLanes), found + (7 * TileLanes));
        Raise(c8a + biasA, c8b + biasB, places, best + (8 * TileLanes), found + (8 * TileLanes));
        Raise(c9a + biasA, c9b + biasB, places, best + (9 * TileLanes), found + (9 * TileLanes));
        Raise(c10a + biasA, c10b + biasB, places, best + (10 * TileLanes), found + (10 * TileLanes));
        Raise(c11a + biasA, c11b + biasB, places, best + (11 * TileLanes), found + (11 * TileLanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Raise(Vector512<float> left, Vector512<float> right, Vector512<int> places, float* best, int* found)
    {
        var largest = Vector512.Load(best);
        var at = Vector512.Load(found);
        var isLarger = Vector512.GreaterThan(left, largest);
        largest = Vector512.ConditionalSelect(isLarger, left, largest);
        at = Vector512.ConditionalSelect(isLarger.AsInt32(), places, at);
        isLarger = Vector512.GreaterThan(right, largest);
        Vector512.Store(Vector512.ConditionalSelect(isLarger, right, largest), best);
        Vector512.Store(Vector512.ConditionalSelect(isLarger.AsInt32(), places + Vector512.Create(TileLanes), at), found);
    }
}
