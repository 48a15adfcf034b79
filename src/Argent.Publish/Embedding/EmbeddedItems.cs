using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>Item vectors as they are scored, in row order: computed by a tower or given, of length 1 for cosine.</summary>
/// <param name="Rows">[R, D] float32.</param>
/// <param name="Bias">[R] float32 learned biases, or no tensor.</param>
sealed record EmbeddedItems(Tensor<float> Rows, Tensor<float> Bias) : IDisposable
{
    const int BatchRows = 4096;

    bool _ownsRows, _ownsBias;

    /// <summary>
    /// [R, D] float32 before anything made their length 1: what the encoder takes, so that an item is normalised once, as
    /// it is when it comes later.
    /// </summary>
    public Tensor<float> Given { get; private init; } = Rows;

    /// <summary>D.</summary>
    public int Dim => (int)Rows.Shape[1];

    /// <summary>Embeds every item of the source.</summary>
    /// <exception cref="InvalidDataException">A vector is missing, not finite or of another dimension; the message names
    /// the item.</exception>
    public static EmbeddedItems Of(PublishSource source, IKernels kernels, Progress progress)
    {
        var items = source.Trained is { } trained
            ? Compute(trained.ItemTower, source.Catalogue, kernels, progress)
            : Take(source, progress);
        var ids = source.Catalogue.Ids;
        FiniteRows.Check(items.Rows, ids, kernels.Workers);
        if (items.Bias.IsPresent) FiniteRows.Check(items.Bias.Reshape(new Shape(ids.Count, 1)), ids, kernels.Workers);
        return source.Trained is null && source.Metric == Metric.Cosine ? items.Normalized(kernels) : items;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsRows) Rows.Storage.Dispose();
        if (_ownsBias) Bias.Storage.Dispose();
    }

    static EmbeddedItems Compute(ItemTower tower, Catalogue catalogue, IKernels kernels, Progress progress)
    {
        var rows = Tensor.Zeros<float>(new Shape(catalogue.Count, tower.Dim));
        var bias = Tensor.Zeros<float>(new Shape(catalogue.Count));
        using var scratch = new Scratch();
        for (int first = 0; first < catalogue.Count; first += BatchRows)
        {
            int count = Math.Min(BatchRows, catalogue.Count - first);
            var batch = tower.Encode(catalogue, first, count, scratch);
            var (embeddings, biases) = tower.Forward(batch, new ForwardPass(kernels, scratch));
            rows.Rows(first, count).CopyFrom(embeddings);
            bias.Rows(first, count).CopyFrom(biases);
            scratch.Reset();
            progress.Advance(count);
        }
        return new EmbeddedItems(rows, bias) { _ownsRows = true, _ownsBias = true };
    }

    static EmbeddedItems Take(PublishSource source, Progress progress)
    {
        var given = source.Embeddings;
        int items = source.Catalogue.Count;
        if (!given.IsPresent) throw new ArgumentException("There are neither vectors nor a trained model to publish.");
        if (given.Shape.Rank != 2 || given.Shape[0] != items || given.Shape[1] == 0)
        {
            throw new InvalidDataException($"The vectors are {given.Shape} where [{items}, D] is expected: one row per item.");
        }
        if (source.Bias.IsPresent && source.Bias.Count != items)
        {
            throw new InvalidDataException($"There are {source.Bias.Count} biases for {items} items.");
        }
        progress.Advance(items);
        return new EmbeddedItems(given, source.Bias);
    }

    /// <summary>A copy of length 1: the caller's vectors stay as they are.</summary>
    EmbeddedItems Normalized(IKernels kernels)
    {
        var rows = Tensor.Zeros<float>(Rows.Shape);
        kernels.NormalizeRows(new NormalizeRowsArgs { Input = Rows, Output = rows });
        return new EmbeddedItems(rows, Bias) { Given = Rows, _ownsRows = true };
    }
}
