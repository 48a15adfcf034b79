namespace Argent.Tensors.Tests;

public sealed class LaunchSizeTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(255, 1)]
    [InlineData(256, 1)]
    [InlineData(257, 2)]
    [InlineData(1L << 34, 1L << 26)]
    public void Every_item_has_a_thread(long items, long blocks) => Assert.Equal(blocks, LaunchSize.Over(items, 256).Blocks);

    [Fact]
    public void All_directions_count()
    {
        var size = new LaunchSize(7, 32) { BlocksY = 3, BlocksZ = 2, ThreadsY = 4, SharedBytes = 1024 };
        Assert.Equal(42, size.Blocks);
        Assert.Equal("7 x 3 x 2 blocks of 32 x 4 x 1 threads with 1024 bytes", size.ToString());
    }
}
