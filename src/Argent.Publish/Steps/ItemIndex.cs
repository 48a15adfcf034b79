using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>The coded items in their slots: the index without its centroids, and the cache.</summary>
/// <param name="Lists">Codes, biases and places.</param>
/// <param name="Range">What codes are about.</param>
/// <param name="Cache">[S, D] bfloat16.</param>
/// <param name="RelativeError">Root mean square of code minus vector, over that of the vectors about their mean.</param>
sealed unsafe record ItemIndex(
    IvfTensors Lists, CodeRange Range, Tensor<BFloat16> Cache, double RelativeError)
{
    // Rows that are encoded at a time.
    const int BatchRows = 4096;

    /// <summary>Codes every item at its slot. Spare slots stay zero.</summary>
    /// <param name="items">Vectors by row.</param>
    /// <param name="layout">Where each goes.</param>
    /// <param name="how">How queries and items are compared, and where scales come from.</param>
    /// <param name="kernels">Arithmetic.</param>
    /// <param name="progress">One unit per item.</param>
    public static ItemIndex Of(
        EmbeddedItems items, ListLayout layout, (Metric Metric, Quantization Quantization) how, IKernels kernels, Progress progress)
    {
        var range = CodeRange.Of(items.Rows, how.Quantization, kernels.Workers);
        var center = range.Center;
        var (lists, cache) = Make(layout, items.Dim, TensorMaker.Heap);
        var encoder = new VectorEncoder(how.Metric, center, kernels, range.Scale);
        using var scratch = new Scratch();
        var error = new CodeError();
        for (int l = 0; l < lists.NList; l++)
        {
            int end = layout.Start[l] + layout.Count[l];
            for (int first = layout.Start[l]; first < end; first += BatchRows)
            {
                int count = Math.Min(BatchRows, end - first);
                Encode(items, lists, cache, (first, count), encoder, new ForwardPass(kernels, scratch), center, ref error);
                progress.Advance(count);
                scratch.Reset();
            }
        }
        return new ItemIndex(lists, range, cache, error.Relative);
    }

    /// <summary>The tensors of the lists and the cache.</summary>
    public static (IvfTensors Lists, Tensor<BFloat16> Cache) Make(ListLayout layout, int dim, TensorMaker maker)
    {
        int padded = (dim + 63) / 64 * 64;
        var lists = new IvfTensors
        {
            Codes = maker.Make<sbyte>(new Shape(layout.Slots, padded)),
            Scales = maker.Make<float>(new Shape(layout.Slots)),
            Bias = maker.Make<float>(new Shape(layout.Slots)),
            Live = layout.Live,
            Rows = layout.Rows,
            SlotOfRow = layout.SlotOfRow,
            ListStart = layout.Start,
            ListCount = layout.Count,
        };
        return (lists, maker.Make<BFloat16>(new Shape(layout.Slots, dim)));
    }

    static void Encode(
        EmbeddedItems items, IvfTensors lists, Tensor<BFloat16> cache, (int First, int Count) slots, VectorEncoder encoder,
        in ForwardPass pass, Tensor<float> center, ref CodeError error)
    {
        var (first, count) = slots;
        var rows = lists.Rows.Rows(first, count);
        var batch = pass.Scratch.Rent<float>(new Shape(count, items.Dim));
        SampleRows.CopyInto(items.Given, rows.Span, batch, pass.Kernels.Workers);
        var vectors = new ItemVectors
        {
            Codes = lists.Codes.Rows(first, count),
            Scales = lists.Scales.Rows(first, count),
            Bias = lists.Bias.Rows(first, count),
            Cache = cache.Rows(first, count),
        };
        Tensor<float> learned = default;
        if (items.Bias.IsPresent)
        {
            learned = pass.Scratch.Rent<float>(new Shape(count));
            for (int i = 0; i < count; i++) learned[i] = items.Bias[rows[i]];
        }
        encoder.Encode(batch, learned, vectors);
        error.Add(batch, vectors, center);
    }

    /// <summary>Sums of squares over every 16th item: enough for a figure of three digits.</summary>
    struct CodeError
    {
        const int Stride = 16;

        double _error;
        double _total;

        public readonly double Relative => _total > 0 ? Math.Sqrt(_error / _total) : 0;

        public void Add(in Tensor<float> rows, in ItemVectors vectors, in Tensor<float> center)
        {
            long dim = rows.Shape[1], padded = vectors.Codes.Shape[1];
            for (long r = 0; r < rows.Shape[0]; r += Stride)
            {
                for (long d = 0; d < dim; d++)
                {
                    double value = (double)rows.Pointer[r * dim + d] - center.Pointer[d];
                    double coded = (double)vectors.Codes.Pointer[r * padded + d] * vectors.Scales.Pointer[r];
                    _error += (value - coded) * (value - coded);
                    _total += value * value;
                }
            }
        }
    }
}
