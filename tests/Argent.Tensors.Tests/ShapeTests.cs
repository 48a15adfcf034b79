namespace Argent.Tensors.Tests;

public class ShapeTests
{
    [Fact]
    public void Counts_extents_and_rows()
    {
        var shape = new Shape(5, 3, 2);
        Assert.Equal(3, shape.Rank);
        Assert.Equal(30, shape.Count);
        Assert.Equal(6, shape.RowCount);
        Assert.Equal("[5, 3, 2]", shape.ToString());
        Assert.Equal(new Shape(7, 3, 2), shape.WithOuter(7));
        Assert.Equal([5L, 3L, 2L], shape.ToArray());
    }

    [Fact]
    public void Refuses_negative_extents_overflow_and_wrong_rank()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Shape(-1));
        Assert.Throws<OverflowException>(() => new Shape(long.MaxValue, 2));
        Assert.Throws<ArgumentException>(() => Shape.From([]));
        Assert.Throws<ArgumentException>(() => Shape.From([1, 1, 1, 1, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Shape(2, 3)[2]);
    }

    [Fact]
    public void A_shape_of_zero_rows_is_empty()
    {
        Assert.Equal(0, new Shape(0, 128).Count);
        Assert.Equal(128, new Shape(0, 128).RowCount);
    }
}
