using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>Steps over rows of candidates that kinds of OverArch share; every result is rented.</summary>
static class CandidateRows
{
    /// <summary>The heads of each request side by side: [B * H, D] as [B, H * D].</summary>
    public static Tensor<float> Users(in CandidateBatch batch) =>
        batch.Queries.Reshape(new Shape(batch.Requests, batch.Queries.Count / batch.Requests));

    /// <summary>Rows of a table by index.</summary>
    public static Tensor<float> Gathered(Tensor<float> table, Tensor<int> indices, in ForwardPass pass)
    {
        var rows = pass.Scratch.Rent<float>(new Shape(indices.Count, table.Shape[1]));
        pass.Kernels.GatherRows(new GatherRowsArgs { Table = table, Indices = indices, Rows = rows });
        return rows;
    }

    /// <summary>Two matrices side by side; one that has no columns adds nothing.</summary>
    public static Tensor<float> Beside(Tensor<float> left, Tensor<float> right, in ForwardPass pass)
    {
        if (right.Shape[1] == 0) return left;
        var both = pass.Scratch.Rent<float>(new Shape(left.Shape[0], left.Shape[1] + right.Shape[1]));
        pass.Kernels.ConcatColumns(new ConcatColumnsArgs { Left = left, Right = right, Output = both });
        return both;
    }

    /// <summary>left + right, in memory of its own.</summary>
    public static Tensor<float> Sum(Tensor<float> left, Tensor<float> right, in ForwardPass pass) =>
        Combined(ElementwiseOp.Add, left, right, pass);

    /// <summary>left * right by element, in memory of its own.</summary>
    public static Tensor<float> Product(Tensor<float> left, Tensor<float> right, in ForwardPass pass) =>
        Combined(ElementwiseOp.Multiply, left, right, pass);

    static Tensor<float> Combined(ElementwiseOp op, Tensor<float> left, Tensor<float> right, in ForwardPass pass)
    {
        var result = pass.Scratch.Rent<float>(left.Shape);
        pass.Kernels.Elementwise(new ElementwiseArgs { Op = op, Left = left, Right = right, Output = result });
        return result;
    }
}
