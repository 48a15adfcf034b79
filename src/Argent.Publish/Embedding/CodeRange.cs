using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>What items are coded about: the center that is subtracted, and the scale where all items share one.</summary>
/// <param name="Center">[D] float32.</param>
/// <param name="Scale">The scale of all items; null for a scale per item.</param>
sealed unsafe record CodeRange(Tensor<float> Center, float? Scale)
{
    const int ChunkRows = 4096;

    /// <summary>The range of all items.</summary>
    public static CodeRange Of(in Tensor<float> rows, Quantization quantization, Workers workers) =>
        quantization == Quantization.Global ? Global(rows, workers) : new CodeRange(MeanRow.Of(rows, workers), null);

    /// <summary>254 steps from the least to the largest number: the center is the middle, codes are -127 to 127.</summary>
    static CodeRange Global(in Tensor<float> rows, Workers workers)
    {
        int chunks = (int)((rows.Shape[0] + ChunkRows - 1) / ChunkRows);
        var ends = Tensor.Zeros<float>(new Shape(chunks, 2));
        var work = new EndsOfChunk { Values = rows.Pointer, Rows = rows.Shape[0], Dim = rows.Shape[1], Ends = ends.Pointer };
        workers.Run(ref work, chunks);
        double least = double.PositiveInfinity, largest = double.NegativeInfinity;
        for (int c = 0; c < chunks; c++) (least, largest) = (Math.Min(least, ends[2 * c]), Math.Max(largest, ends[2 * c + 1]));
        var center = Tensor.Zeros<float>(new Shape(rows.Shape[1]));
        center.Span.Fill((float)((least + largest) / 2));
        float scale = (float)((largest - least) / 254);
        // Where all numbers are equal, or too near for a scale, any scale codes them as 0.
        return new CodeRange(center, scale > 0 ? scale : 1f);
    }

    struct EndsOfChunk : IChunkedWork
    {
        public float* Values;
        public long Rows;
        public long Dim;
        public float* Ends;

        public readonly void Run(int chunk)
        {
            long first = (long)chunk * ChunkRows, last = Math.Min(Rows, first + ChunkRows);
            float least = float.PositiveInfinity, largest = float.NegativeInfinity;
            for (long i = first * Dim; i < last * Dim; i++)
            {
                least = Math.Min(least, Values[i]);
                largest = Math.Max(largest, Values[i]);
            }
            Ends[2L * chunk] = least;
            Ends[2L * chunk + 1] = largest;
        }
    }
}
