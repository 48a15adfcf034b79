namespace Argent.Tensors.Tests;

/// <summary>What device memory does without a device: planned memory counts as an allocation would.</summary>
public sealed class DeviceMemoryTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 256)]
    [InlineData(64, 256)]
    [InlineData(65, 512)]
    [InlineData(4095, 16384)]
    public void The_next_tensor_starts_at_a_whole_unit(long count, long bytes)
    {
        using var memory = DeviceMemory.Planned();
        var first = memory.Rent<float>(new Shape(count));
        var second = memory.Rent<byte>(new Shape(1));
        Assert.Equal(0, first.ByteOffset);
        Assert.Equal(bytes, second.ByteOffset);
        Assert.Equal(bytes + 1, memory.UsedBytes);
    }

    [Fact]
    public void The_peak_stays_when_memory_is_given_back()
    {
        using var memory = DeviceMemory.Planned();
        memory.Rent<byte>(new Shape(256));
        var mark = memory.Mark();
        memory.Rent<byte>(new Shape(1024));
        memory.Release(mark);
        Assert.Equal(256, memory.UsedBytes);
        memory.Reset();
        Assert.Equal(0, memory.UsedBytes);
        Assert.Equal(1280, memory.PeakBytes);
    }

    [Fact]
    public void Planned_memory_has_shapes_and_no_address()
    {
        using var memory = DeviceMemory.Planned();
        var tensor = memory.Rent<int>(new Shape(3, 5));
        Assert.Equal(60, tensor.ByteLength);
        Assert.Equal("Int32[3, 5]", tensor.ToString());
        var e = Assert.Throws<InvalidOperationException>(() => tensor.Address);
        Assert.Contains("only counts", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Views_share_the_memory_and_stay_within_it()
    {
        using var memory = DeviceMemory.Planned();
        memory.Rent<byte>(new Shape(1));
        var tensor = memory.Rent<int>(new Shape(4, 6));
        var rows = tensor.Rows(1, 2);
        Assert.Equal(256 + 24, rows.ByteOffset);
        Assert.Equal(new Shape(2, 6), rows.Shape);
        Assert.Equal(new Shape(24), tensor.Reshape(new Shape(24)).Shape);
        Assert.Equal(new Shape(96), tensor.As<byte>(new Shape(96)).Shape);
        Assert.Throws<ArgumentException>(() => tensor.Rows(3, 2));
        Assert.Throws<ArgumentException>(() => tensor.Rows(-1, 2));
        Assert.Throws<ArgumentException>(() => tensor.Reshape(new Shape(25)));
        Assert.Throws<ArgumentException>(() => tensor.As<byte>(new Shape(95)));
    }

    [Fact]
    public void No_tensor_is_not_present_and_has_address_zero()
    {
        DeviceTensor<float> none = default;
        Assert.False(none.IsPresent);
        Assert.Equal(0UL, none.Address);
        Assert.Equal("no tensor", none.ToString());
    }
}
