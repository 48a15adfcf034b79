using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>The features of all trained items, encoded once, and batches of some of them.</summary>
sealed class ItemInputs : IDisposable
{
    readonly Scratch _memory = new();
    readonly IdBags[] _features;

    /// <summary>Encodes the rows of a catalogue that have events.</summary>
    public ItemInputs(ItemTower tower, Catalogue catalogue, int[] rowOfCatalogue)
    {
        var all = tower.Encode(catalogue, 0, catalogue.Count, _memory);
        int[] catalogueRows = [.. Enumerable.Range(0, catalogue.Count).Where(row => rowOfCatalogue[row] >= 0)];
        _features = [.. all.Features.Select(bags => Select(bags, catalogueRows, _memory))];
    }

    /// <summary>A batch of trained items.</summary>
    /// <param name="rows">Trained rows.</param>
    /// <param name="idDropout">The share of the items that go without their id.</param>
    /// <param name="random">Chooses them.</param>
    /// <param name="scratch">Memory of the batch.</param>
    public ItemBatch Batch(ReadOnlySpan<int> rows, float idDropout, CounterRandom random, Scratch scratch)
    {
        var ids = scratch.Rent<int>(new Shape(rows.Length));
        for (int i = 0; i < rows.Length; i++)
        {
            bool drops = idDropout > 0 && _features.Length > 0 && random.NextSingle() < idDropout;
            ids[i] = drops ? -1 : rows[i];
        }
        var features = new IdBags[_features.Length];
        for (int f = 0; f < features.Length; f++) features[f] = Select(_features[f], rows, scratch);
        return new ItemBatch(rows.Length, ids, features);
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    static IdBags Select(in IdBags bags, ReadOnlySpan<int> rows, Scratch scratch)
    {
        var start = scratch.Rent<int>(new Shape(rows.Length + 1));
        start[0] = 0;
        for (int i = 0; i < rows.Length; i++) start[i + 1] = start[i] + bags.Start[rows[i] + 1] - bags.Start[rows[i]];
        var ids = scratch.Rent<int>(new Shape(start[rows.Length]));
        for (int i = 0; i < rows.Length; i++)
        {
            int count = start[i + 1] - start[i];
            ids.Rows(start[i], count).CopyFrom(bags.Ids.Rows(bags.Start[rows[i]], count));
        }
        return new IdBags(ids, start);
    }
}
