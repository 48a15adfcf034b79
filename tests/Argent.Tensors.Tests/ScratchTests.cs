namespace Argent.Tensors.Tests;

public class ScratchTests
{
    [Fact]
    public void Rented_tensors_do_not_overlap_and_are_aligned()
    {
        using var scratch = new Scratch(256);
        var tensors = new List<Tensor<byte>>();
        foreach (int size in new[] { 1, 63, 64, 65, 4095, 0, 100_000 })
        {
            var tensor = scratch.Rent<byte>(new Shape(size));
            tensor.Span.Fill((byte)(tensors.Count + 1));
            tensors.Add(tensor);
        }
        for (int i = 0; i < tensors.Count; i++)
        {
            Assert.True(tensors[i].Span.IndexOfAnyExcept((byte)(i + 1)) < 0, $"tensor {i} was overwritten");
            unsafe { Assert.Equal(0, (long)tensors[i].Pointer % Storage.Alignment); }
        }
    }

    [Fact]
    public void After_growth_a_reset_leaves_one_block_and_the_same_work_needs_no_other()
    {
        using var scratch = new Scratch(128);
        void Work()
        {
            for (int i = 0; i < 50; i++) scratch.Rent<float>(new Shape(i * 7, 3));
            scratch.Reset();
        }
        Work();
        long held = scratch.HeldBytes;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) Work();
        Assert.Equal(held, scratch.HeldBytes);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 2048, "renting allocates on the managed heap");
    }

    [Fact]
    public void Release_gives_back_everything_since_the_mark()
    {
        using var scratch = new Scratch(64);
        scratch.Rent<int>(new Shape(10));
        long before = scratch.UsedBytes;
        var mark = scratch.Mark();
        scratch.Rent<int>(new Shape(100_000));
        scratch.Release(mark);
        Assert.Equal(before, scratch.UsedBytes);
        Assert.True(scratch.PeakBytes >= 400_000);
    }

    [Fact]
    public void RentZeroed_clears_what_was_written_before()
    {
        using var scratch = new Scratch();
        scratch.Rent<int>(new Shape(1000)).Span.Fill(-1);
        scratch.Reset();
        Assert.All(scratch.RentZeroed<int>(new Shape(1000)).ToArray(), v => Assert.Equal(0, v));
    }
}
