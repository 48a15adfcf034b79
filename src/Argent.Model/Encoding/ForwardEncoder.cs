using System.Globalization;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>An item's exact feature values as the forward index holds them.</summary>
public static class ForwardEncoder
{
    /// <summary>One column by slot.</summary>
    /// <param name="column">Values by row.</param>
    /// <param name="rows">[S] int32, the row of each slot, or -1 for a slot without values.</param>
    /// <exception cref="ArgumentException">An item has more than <see cref="ForwardColumn.ValuesMax"/> values.</exception>
    public static unsafe ForwardColumn Encode(FeatureColumn column, Tensor<int> rows)
    {
        long slots = rows.Count;
        if (column.Spec.IsOrdered)
        {
            var keys = Tensor.Zeros<long>(new Shape(slots));
            for (long s = 0; s < slots; s++)
            {
                keys.Pointer[s] = rows.Pointer[s] < 0 ? ForwardColumn.MissingKey : column.Keys[rows.Pointer[s]];
            }
            return new ForwardColumn { Keys = keys };
        }
        var ranges = Tensor.Zeros<long>(new Shape(slots));
        long count = 0;
        for (long s = 0; s < slots; s++)
        {
            int length = rows.Pointer[s] < 0 ? 0 : Length(column, rows.Pointer[s]);
            ranges.Pointer[s] = ForwardColumn.PackRange(count, length);
            count += length;
        }
        var values = Tensor.Zeros<int>(new Shape(count));
        int* next = values.Pointer;
        for (long s = 0; s < slots; s++)
        {
            if (rows.Pointer[s] < 0) continue;
            var ids = column.Ids(rows.Pointer[s]);
            ids.CopyTo(new Span<int>(next, ids.Length));
            next += ids.Length;
        }
        return new ForwardColumn { Ranges = ranges, Values = values };
    }

    static int Length(FeatureColumn column, int row)
    {
        int length = column.Ids(row).Length;
        return length <= ForwardColumn.ValuesMax
            ? length
            : throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"Item row {row} has {length} values of '{column.Spec.Name}'; an item may have {ForwardColumn.ValuesMax}."));
    }
}
