using System.Runtime.InteropServices;

namespace Argent.Kernels;

/// <summary>Lane orders that move the chosen lanes of a vector to its front.</summary>
static unsafe class Compaction
{
    /// <summary>[256, 8] int32: for each mask of eight 32-bit lanes, the chosen lanes in order, then zeros.</summary>
    public static readonly int* Of32 = Build(8, 1);

    /// <summary>[16, 8] int32: the same for four 64-bit lanes, as pairs of 32-bit lanes.</summary>
    public static readonly int* Of64 = Build(4, 2);

    static int* Build(int lanes, int width)
    {
        // Kept for the life of the process: 8 KiB and 512 bytes.
        int* table = (int*)NativeMemory.AlignedAlloc((nuint)(sizeof(int) * 8 << lanes), 64);
        for (int mask = 0; mask < 1 << lanes; mask++)
        {
            int at = mask * 8;
            new Span<int>(table + at, 8).Clear();
            for (int lane = 0; lane < lanes; lane++)
            {
                if ((mask >> lane & 1) == 0) continue;
                for (int part = 0; part < width; part++) table[at++] = lane * width + part;
            }
        }
        return table;
    }
}
