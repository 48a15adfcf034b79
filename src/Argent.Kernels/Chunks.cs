namespace Argent.Kernels;

/// <summary>How work over a number of equal elements or rows is cut; never depends on the number of threads.</summary>
static class Chunks
{
    /// <summary>Elements of a chunk: 64 KB of float32, some microseconds of work, so that handing it out costs little.</summary>
    public const int Elements = 16 * 1024;

    /// <summary>Chunks of <paramref name="count"/> elements.</summary>
    public static int Count(long count) => checked((int)((count + Elements - 1) / Elements));

    /// <summary>Elements [First, Last) of a chunk.</summary>
    public static (long First, long Last) Bounds(int chunk, long count) =>
        ((long)chunk * Elements, Math.Min(count, (chunk + 1L) * Elements));

    /// <summary>Chunks of <paramref name="rows"/> rows of <paramref name="width"/> elements.</summary>
    public static int RowCount(long rows, long width) => checked((int)((rows + RowsPer(width) - 1) / RowsPer(width)));

    /// <summary>Rows [First, Last) of a chunk.</summary>
    public static (long First, long Last) RowBounds(int chunk, long rows, long width) =>
        (chunk * RowsPer(width), Math.Min(rows, (chunk + 1) * RowsPer(width)));

    static long RowsPer(long width) => Math.Max(1, Elements / Math.Max(1, width));
}
