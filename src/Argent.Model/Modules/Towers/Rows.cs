using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>Steps of towers over whole rows; results are rented.</summary>
static class Rows
{
    /// <summary>rows[i] = table[indices[i]], zeros for a negative index.</summary>
    public static Tensor<float> Gather(Tensor<float> table, Tensor<int> indices, in ForwardPass pass)
    {
        var rows = pass.Scratch.Rent<float>(new Shape(indices.Count, table.Shape[1]));
        pass.Kernels.GatherRows(new GatherRowsArgs { Table = table, Indices = indices, Rows = rows });
        return rows;
    }

    /// <summary>left + right.</summary>
    public static Tensor<float> Add(Tensor<float> left, Tensor<float> right, in ForwardPass pass)
    {
        var sum = pass.Scratch.Rent<float>(left.Shape);
        pass.Kernels.Elementwise(new ElementwiseArgs { Op = ElementwiseOp.Add, Left = left, Right = right, Output = sum });
        return sum;
    }

    /// <summary>Left and right side by side.</summary>
    public static Tensor<float> Concat(Tensor<float> left, Tensor<float> right, in ForwardPass pass)
    {
        var both = pass.Scratch.Rent<float>(new Shape(left.Shape[0], left.Shape[1] + right.Shape[1]));
        pass.Kernels.ConcatColumns(new ConcatColumnsArgs { Left = left, Right = right, Output = both });
        return both;
    }
}
