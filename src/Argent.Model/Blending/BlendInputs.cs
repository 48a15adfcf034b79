using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>What a blend knows of candidates, gathered from a model's tensors by slot and rented from a pass.</summary>
static unsafe class BlendInputs
{
    /// <summary>
    /// Values as qualities: <see cref="BlendQuality.Spread"/> maps them to 0 .. 1 in proportion, a pool of equal values to 1.
    /// </summary>
    /// <param name="kind">What a value counts as.</param>
    /// <param name="qualities">[n] finite values, descending; overwritten.</param>
    public static void Qualities(BlendQuality kind, Span<float> qualities)
    {
        if (kind == BlendQuality.Value || qualities.Length == 0) return;
        double most = qualities[0], least = qualities[^1], last = Math.Max(1, qualities.Length - 1);
        for (int i = 0; i < qualities.Length; i++)
        {
            qualities[i] = kind == BlendQuality.Rank ? (float)(1 - i / last)
                : most > least ? (float)((qualities[i] - least) / (most - least))
                : 1;
        }
    }

    /// <summary>Embeddings of length 1 as float32; zeros stay zeros.</summary>
    public static Tensor<float> Vectors(EmbeddingCache cache, ReadOnlySpan<int> slots, in ForwardPass pass)
    {
        int dim = (int)cache.Embeddings.Shape[1];
        var vectors = pass.Scratch.Rent<float>(new Shape(slots.Length, dim));
        for (int i = 0; i < slots.Length; i++)
        {
            var row = new ReadOnlySpan<BFloat16>(cache.Embeddings.Pointer + (long)slots[i] * dim, dim);
            float* vector = vectors.Pointer + (long)i * dim;
            for (int d = 0; d < dim; d++) vector[d] = row[d];
        }
        pass.Kernels.NormalizeRows(new NormalizeRowsArgs { Input = vectors, Output = vectors });
        return vectors;
    }

    /// <summary>[c, words] bits of who meets each condition.</summary>
    public static Tensor<ulong> Conditions(BlendProgram program, ForwardValues values, ReadOnlySpan<int> slots, Scratch scratch)
    {
        var bits = scratch.RentZeroed<ulong>(new Shape(program.Conditions.Count, (slots.Length + 63) / 64));
        for (int c = 0; c < program.Conditions.Count; c++)
        {
            var condition = program.Conditions[c];
            var row = bits.Row(c);
            for (int i = 0; i < slots.Length; i++)
            {
                bool meets = condition is null || ExactFilter.Matches(condition, values, slots[i]);
                row[i >> 6] |= (meets ? 1UL : 0) << (i & 63);
            }
        }
        return bits;
    }

    /// <summary>Every set of classes, numbered densely: a feature may have millions of values and a pool a few of them.</summary>
    public static ClassSets Classes(BlendProgram program, ForwardValues values, ReadOnlySpan<int> slots, Scratch scratch)
    {
        int sets = program.Classes.Count, total = 0, most = 0;
        if (sets == 0) return default;
        for (int s = 0; s < sets; s++) total += Count(program.Classes[s], values, slots);
        var start = scratch.Rent<int>(new Shape(sets, slots.Length + 1));
        var ids = scratch.Rent<int>(new Shape(total));
        var mark = scratch.Mark();
        var keys = scratch.Rent<long>(new Shape(total)).Span;
        var places = scratch.Rent<int>(new Shape(total)).Span;
        int next = 0;
        for (int s = 0; s < sets; s++)
        {
            int first = next;
            var row = start.Row(s);
            for (int i = 0; i < slots.Length; i++)
            {
                row[i] = next;
                next += Keys(program.Classes[s], values, slots[i], keys[next..]);
            }
            row[slots.Length] = next;
            for (int i = first; i < next; i++) places[i] = i;
            most = Math.Max(most, Number(keys[first..next], places[first..next], ids.Span));
        }
        scratch.Release(mark);
        return new ClassSets(start, ids, most);
    }

    /// <summary>Gives equal keys equal numbers and returns how many there are.</summary>
    static int Number(Span<long> keys, Span<int> places, Span<int> ids)
    {
        keys.Sort(places);
        int number = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            if (i > 0 && keys[i] != keys[i - 1]) number++;
            ids[places[i]] = number;
        }
        return keys.Length == 0 ? 0 : number + 1;
    }

    /// <summary>No fewer values than <see cref="Keys"/> will write.</summary>
    static int Count(ClassSource source, ForwardValues values, ReadOnlySpan<int> slots)
    {
        var column = values.Columns[source.Feature];
        if (column.IsOrdered) return slots.Length;
        int count = 0;
        foreach (int slot in slots) count += (int)(column.Ranges.Pointer[slot] & ForwardColumn.ValuesMax);
        return count;
    }

    /// <summary>Writes the values of a slot that count.</summary>
    static int Keys(ClassSource source, ForwardValues values, int slot, Span<long> keys)
    {
        var column = values.Columns[source.Feature];
        if (column.IsOrdered)
        {
            long key = column.Keys.Pointer[slot];
            if (key == ForwardColumn.MissingKey || !Counts(source.Only, key)) return 0;
            keys[0] = key;
            return 1;
        }
        int count = 0;
        foreach (int id in column.Ids(slot))
        {
            if (Counts(source.Only, id)) keys[count++] = id;
        }
        return count;
    }

    static bool Counts(long[]? only, long key) => only is null || Array.BinarySearch(only, key) >= 0;
}
