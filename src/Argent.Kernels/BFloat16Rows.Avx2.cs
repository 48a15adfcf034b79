using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>Runs of bfloat16, the upper halves of float32, widened without loss.</summary>
static unsafe class BFloat16Rows
{
    /// <summary>to[i] = from[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ushort* from, float* to, long count)
    {
        long i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i + 16 <= count; i += 16) Avx512F.Store(to + i, Sixteen(from + i));
        }
        for (; i + 8 <= count; i += 8) Avx.Store(to + i, FloatRows.Wide(from + i));
        for (; i < count; i++) to[i] = BitConverter.Int32BitsToSingle(from[i] << 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Sixteen(ushort* from) =>
        Avx512F.ShiftLeftLogical(Avx512F.ConvertToVector512UInt32(Avx.LoadVector256(from)), 16).AsSingle();
}
