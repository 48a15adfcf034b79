using System.Runtime.Intrinsics;

namespace Argent.Kernels;

/// <summary>
/// Adding rows into a table without a thread meeting another: every chunk walks all rows but adds only its own columns.
/// So each element is summed in the order of the rows, for any number of threads.
/// </summary>
static unsafe class ScatterColumns
{
    /// <summary>Two cache lines of a row: enough chunks for several threads, and few walks over the ids.</summary>
    const int Width = 32;

    public static int Chunks(long columns) => checked((int)((columns + Width - 1) / Width));

    public static (long First, int Count) Bounds(int chunk, long columns) =>
        ((long)chunk * Width, (int)Math.Min(Width, columns - ((long)chunk * Width)));

    /// <summary>target[i] += source[i] * factor.</summary>
    public static void Add(float* target, float* source, float factor, int count)
    {
        int i = 0;
        for (; i + 8 <= count; i += 8)
        {
            (Vector256.Load(target + i) + (Vector256.Load(source + i) * factor)).Store(target + i);
        }
        for (; i < count; i++) target[i] += source[i] * factor;
    }
}
