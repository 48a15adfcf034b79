using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>Turns items and their vectors into an artifact that serves.</summary>
public static class Publisher
{
    /// <summary>
    /// Embeds, divides into lists, codes, indexes, measures and writes. Equal input, options and build give an equal
    /// artifact, byte for byte, at any number of threads.
    /// </summary>
    /// <param name="source">What is published.</param>
    /// <param name="options">How.</param>
    /// <param name="modelsFolder">Where <c>name/version/</c> is written.</param>
    /// <param name="kernels">Arithmetic.</param>
    /// <param name="progress">Told of every step.</param>
    /// <exception cref="ArgumentException">An option is out of range, the name is not allowed, the blend names what the
    /// items do not have or has rules that cannot hold, or the merge is of other heads or not registered.</exception>
    /// <exception cref="InvalidDataException">There are no items, ids are not ascending and distinct, or a vector is
    /// missing, not finite or of another dimension; the message names the item.</exception>
    /// <exception cref="ValueException">The value formula is wrong.</exception>
    /// <exception cref="IOException">The artifact cannot be written; nothing half-written remains.</exception>
    public static PublishResult Publish(
        PublishSource source, PublishOptions options, string modelsFolder, IKernels kernels, Progress progress)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        CheckItems(source.Catalogue.Ids);
        options.Check(source.Catalogue.Count);
        // A wrong formula is found now, not after minutes of clustering.
        if (options.Value is { } value) ValueModel.Compile(value, source.Trained?.Config.Tasks ?? ["score"], source.Catalogue.Schema);
        CheckBlend(options.Blend, source.Catalogue);
        _ = new MergeHeads(options.Merge, source.Trained?.Config.Tasks.Count ?? 1);
        return new Publication(source, options, kernels, new StepLog(progress, TimeProvider.System)).Run(modelsFolder);
    }

    /// <summary>Whether the blend's rules can hold, by the counts of all features: a filter may name any.</summary>
    static void CheckBlend(BlendConfig blend, Catalogue catalogue)
    {
        blend.Check();
        if (blend.IsIdentity) return;
        var rows = Tensor.Zeros<int>(new Shape(catalogue.Count));
        for (int row = 0; row < catalogue.Count; row++) rows[row] = row;
        var columns = catalogue.Columns.Select(column => ForwardEncoder.Encode(column, rows));
        BlendFeasibility.Check(blend, new ForwardIndex(catalogue.Schema, new ForwardValues([.. columns])), catalogue.Count);
    }

    static void CheckItems(ItemIds ids)
    {
        if (ids.Count == 0) throw new InvalidDataException("There are no items to publish.");
        for (int row = 1; row < ids.Count; row++)
        {
            int order = ids.Compare(row - 1, row);
            if (order == 0) throw new InvalidDataException($"The item id {ids.Text(row)} appears twice (rows {row - 1} and {row}).");
            if (order > 0)
            {
                throw new InvalidDataException($"The item ids do not ascend: {ids.Text(row)} follows {ids.Text(row - 1)} at row {row}.");
            }
        }
    }
}
