using Argent.Tensors;

namespace Argent.Cuda.Tests;

[Collection("emulated device")]
public sealed class MemoryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(4095)]
    public void Values_come_back_as_they_went(int count)
    {
        using var open = new OpenDevice();
        int[] values = [.. Enumerable.Range(7, count)];
        Assert.Equal(values, open.Read(open.Upload<int>(values)));
    }

    [Fact]
    public void Rows_are_copied_and_nothing_beside_them()
    {
        using var open = new OpenDevice();
        using var memory = open.Device.Allocate(1 << 12);
        var tensor = memory.Rent<int>(new Shape(4, 6));
        open.Stream.Fill(tensor, 0xff);
        open.Stream.UploadNow<int>([1, 2, 3, 4, 5, 6], tensor.Rows(2, 1));
        open.Stream.Copy(tensor.Rows(2, 1), tensor.Rows(0, 1));
        open.Stream.Clear(tensor.Rows(3, 1));
        int[] row = [1, 2, 3, 4, 5, 6];
        Assert.Equal([.. row, .. Enumerable.Repeat(-1, 6), .. row, .. new int[6]], open.Read(tensor));
    }

    [Fact]
    public void Copies_between_pinned_and_device_memory_happen_in_stream_order()
    {
        using var open = new OpenDevice();
        using var pinned = open.Device.AllocatePinned(1024);
        using var memory = open.Device.Allocate(1024);
        var here = pinned.View<float>(0, new Shape(16));
        var back = pinned.View<float>(512, new Shape(16));
        var there = memory.Rent<float>(new Shape(16));
        here.Span.Fill(3);
        back.Clear();
        open.Stream.Upload(here, there);
        open.Stream.Download(there, back);
        Assert.Equal(0, back[15]);
        Assert.False(open.Stream.IsIdle);
        open.Stream.Synchronize();
        Assert.Equal(3, back[15]);
        Assert.True(open.Stream.IsIdle);
    }

    [Fact]
    public void Copies_of_other_counts_are_refused_with_both_shapes()
    {
        using var open = new OpenDevice();
        var tensor = open.Zeros<int>(6);
        var e = Assert.Throws<ArgumentException>(() => open.Stream.UploadNow<int>([1, 2], tensor));
        Assert.Equal("[2] cannot be copied into [6].", e.Message);
        Assert.Throws<ArgumentException>(() => open.Stream.Copy(tensor, open.Zeros<int>(5)));
        Assert.Throws<ArgumentException>(() => open.Stream.DownloadNow(tensor, new int[7]));
    }

    [Fact]
    public void Memory_that_was_freed_cannot_be_used()
    {
        using var open = new OpenDevice();
        var tensor = open.Zeros<int>(6);
        tensor.Memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => tensor.Address);
        Assert.Throws<ObjectDisposedException>(() => open.Stream.Clear(tensor));
    }

    [Fact]
    public void An_allocation_that_fails_says_how_much_was_asked_for_and_the_next_one_works()
    {
        using var open = new OpenDevice();
        EmulatedCuda.Set("FAIL_ALLOCATION", "1");
        var e = Assert.Throws<CudaException>(() => open.Device.Allocate(12_345));
        EmulatedCuda.Set("FAIL_ALLOCATION", "0");
        Assert.True(e.IsOutOfMemory);
        Assert.Equal("cuMemAlloc_v2", e.Call);
        Assert.Equal("CUDA_ERROR_OUT_OF_MEMORY", e.CodeName);
        Assert.Contains("12345 bytes on cuda:0", e.Message, StringComparison.Ordinal);
        using var memory = open.Device.Allocate(12_345);
    }

    [Fact]
    public void Memory_that_is_used_up_says_that_it_was_planned_too_small()
    {
        using var open = new OpenDevice();
        using var memory = open.Device.Allocate(1000);
        memory.Rent<byte>(new Shape(700));
        var e = Assert.Throws<InvalidOperationException>(() => memory.Rent<byte>(new Shape(233)));
        Assert.Equal("Device memory of 1000 bytes has 232 left, and 233 are asked for: it was planned too small.", e.Message);
    }

    [Fact]
    public void Memory_that_nobody_holds_any_more_is_freed_by_the_finaliser()
    {
        using var open = new OpenDevice();
        // What other tests left goes first.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = open.Device.FreeBytes;
        Leak(open.Device);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(before, open.Device.FreeBytes);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    static void Leak(CudaDevice device)
    {
        long before = device.FreeBytes;
        _ = device.Allocate(1 << 20);
        Assert.True(device.FreeBytes <= before - (1 << 20));
    }
}
