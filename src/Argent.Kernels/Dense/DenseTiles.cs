using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>The extents of a dense layer on a GPU, and which tiles compute it: the bits are the same with both.</summary>
static class DenseTiles
{
    const uint Threads = 256;

    const long Columns = 64, Rows = 64, FlatRows = 16;

    // Up to so many rows, flat tiles compute no more elements that nobody wants, and there are four times as many blocks.
    const long FlatMax = 48;

    /// <summary>ArgentDenseArgs of the sources.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Input;
        public ulong Weight;
        public ulong Bias;
        public ulong Output;
        public long Rows;
        public long Columns;
        public long Depth;
        public uint Activation;
        public uint Padding;
    }

    public static void Launch(
        in CudaQueue on, (CudaKernel<Parameters> Square, CudaKernel<Parameters> Flat) kernels, in Parameters parameters)
    {
        if (parameters.Activation > (uint)Activation.Silu)
        {
            throw new ArgumentException($"Dense: unknown activation {parameters.Activation}.");
        }
        bool isFlat = parameters.Rows <= FlatMax;
        long height = isFlat ? FlatRows : Rows;
        long tiles = (parameters.Rows + height - 1) / height * ((parameters.Columns + Columns - 1) / Columns);
        if (tiles == 0) return;
        on.Launch(isFlat ? kernels.Flat : kernels.Square, new LaunchSize(tiles, Threads), in parameters);
    }
}
