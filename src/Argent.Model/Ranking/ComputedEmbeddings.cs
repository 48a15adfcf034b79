using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// What the embedding cache holds, computed when it is asked for: the item tower reads the items' forward values, and its
/// embeddings are rounded to bfloat16 as publishing rounds them, so scores have the bits of cached ones.
/// </summary>
sealed unsafe class ComputedEmbeddings
{
    readonly ItemTower _tower;
    readonly Tensor<int> _rows; // row of the id table by item row, -1 for items that training never saw
    readonly IvfTensors _index;
    readonly Input[] _inputs;

    /// <summary>Finds the item tower's inputs among the parts of a model that has one; made once, as it looks up every item.</summary>
    public ComputedEmbeddings(RetrievalParts parts)
    {
        if (parts.Description.Metric != Metric.InnerProduct)
        {
            throw new ArgumentException($"The item tower's embeddings are for inner products, the model is {parts.Description.Metric}.");
        }
        (_tower, _index) = (parts.ItemTower!, parts.Index.Lists);
        var (ids, trained) = (parts.Items.Ids, _tower.Items);
        _rows = Tensor.Zeros<int>(new Shape(ids.Count));
        bool numbers = !ids.IsText && !trained.IsText;
        for (int row = 0; row < ids.Count; row++) _rows[row] = numbers ? trained.Find(ids.Number(row)) : trained.Find(ids.Text(row));
        _inputs = [.. _tower.Features.Select(table => InputOf(table, parts.Forward))];
    }

    /// <summary>
    /// [1, n, H] float32, rented: scores of the items in <paramref name="slots"/>, as those of the cache; and the embeddings
    /// [n, D] before they were rounded.
    /// </summary>
    public (Tensor<float> Scores, Tensor<float> Embeddings) Score(Tensor<float> user, Tensor<int> slots, in ForwardPass pass)
    {
        int count = (int)slots.Count;
        var scratch = pass.Scratch;
        var ids = scratch.Rent<int>(new Shape(count));
        var places = scratch.Rent<int>(new Shape(1, count));
        for (int i = 0; i < count; i++) (ids[i], places[i]) = (_rows[_index.Rows[slots[i]]], i);
        var features = new IdBags[_inputs.Length];
        for (int f = 0; f < features.Length; f++) features[f] = _inputs[f].Read(slots.Span, scratch);
        var (embeddings, bias) = _tower.Forward(new ItemBatch(count, ids, features), pass);
        var rounded = scratch.Rent<BFloat16>(embeddings.Shape);
        Round(embeddings.Pointer, rounded.Pointer, embeddings.Count);
        var scores = scratch.Rent<float>(new Shape(1, count, user.Shape[0]));
        pass.Kernels.ScoreCandidates(new ScoreCandidatesArgs
        {
            Queries = user,
            Embeddings = rounded,
            Bias = bias,
            Slots = places,
            Scores = scores,
        });
        return (scores, embeddings);
    }

    static Input InputOf(FeatureTable table, ForwardIndex forward)
    {
        int feature = forward.Schema.Find(table.Feature.Name);
        // A feature that the catalogue lacks is missing everywhere, as it is in publishing.
        if (feature < 0) return new Input(table, null, []);
        var column = forward.Values.Columns[feature];
        if (column.IsOrdered) return new Input(table, column, []);
        var vocabulary = forward.Schema.Vocabularies[feature]!;
        return new Input(table, column, [.. Enumerable.Range(0, vocabulary.Count).Select(id => table.Row(vocabulary[id]))]);
    }

    /// <summary>Rounds as the conversion to <see cref="BFloat16"/> does, for numbers that are finite.</summary>
    static void Round(float* from, BFloat16* to, long count)
    {
        long i = 0;
        for (; i + 16 <= count; i += 16)
        {
            Vector256.Store(Vector256.Narrow(Upper(from + i), Upper(from + i + 8)), (ushort*)to + i);
        }
        for (; i < count; i++) to[i] = (BFloat16)from[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<uint> Upper(float* from)
    {
        var bits = Vector256.Load((uint*)from);
        return (bits + Vector256.Create(0x7FFFu) + ((bits >>> 16) & Vector256<uint>.One)) >>> 16;
    }

    /// <summary>One feature of the tower.</summary>
    /// <param name="table">Its rows.</param>
    /// <param name="column">Values by slot; null when there are none.</param>
    /// <param name="rows">The table row of each value of a vocabulary.</param>
    sealed class Input(FeatureTable table, ForwardColumn? column, int[] rows)
    {
        /// <summary>A bag of table rows per slot.</summary>
        public IdBags Read(ReadOnlySpan<int> slots, Scratch scratch)
        {
            var start = scratch.Rent<int>(new Shape(slots.Length + 1));
            start[0] = 0;
            for (int i = 0; i < slots.Length; i++) start[i + 1] = start[i] + Count(slots[i]);
            var ids = scratch.Rent<int>(new Shape(start[slots.Length]));
            for (int i = 0; i < slots.Length; i++) Write(slots[i], ids.Pointer + start[i]);
            return new IdBags(ids, start);
        }

        int Count(int slot) => column switch
        {
            null => 0,
            { IsOrdered: true } => 1,
            _ => (int)(column.Ranges[slot] & ForwardColumn.ValuesMax),
        };

        void Write(int slot, int* ids)
        {
            if (column is null) return;
            if (column.IsOrdered)
            {
                *ids = table.Row(column.Keys[slot]);
                return;
            }
            long range = column.Ranges[slot];
            int* values = column.Values.Pointer + (range >> 16);
            for (int v = 0; v < (int)(range & ForwardColumn.ValuesMax); v++) ids[v] = rows[values[v]];
        }
    }
}
