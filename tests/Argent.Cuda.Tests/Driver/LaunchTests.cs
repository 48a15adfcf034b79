using Argent.Tensors;

namespace Argent.Cuda.Tests;

[Collection("emulated device")]
public sealed class LaunchTests
{
    const string Kernel = "test_collectives";

    static readonly LaunchSize _size = new(1, 256);

    [Fact]
    public void A_kernel_runs_in_stream_order_with_the_arguments_of_the_launch()
    {
        using var open = new OpenDevice();
        var function = open.Module.Function<ulong>(Kernel);
        DeviceTensor<uint> first = open.Upload([.. Enumerable.Repeat(7u, 256)]), second = open.Upload([.. Enumerable.Repeat(7u, 256)]);
        ulong address = first.Address;
        function.Launch(open.Stream, _size, address);
        address = second.Address;
        Assert.All(open.Read(first), v => Assert.Equal(0u, v));
        Assert.All(open.Read(second), v => Assert.Equal(7u, v));
        Assert.NotEqual(first.Address, address);
    }

    [Fact]
    public void A_launch_in_a_graph_keeps_its_arguments()
    {
        using var open = new OpenDevice();
        var function = open.Module.Function<ulong>(Kernel);
        var tensor = open.Upload([.. Enumerable.Repeat(7u, 256)]);
        using var graph = open.Stream.Capture(s => function.Launch(s, _size, tensor.Address));
        Assert.Equal(7u, open.Read(tensor)[0]);
        open.Stream.Launch(graph);
        Assert.Equal(0u, open.Read(tensor)[0]);
    }

    [Fact]
    public void No_block_is_no_launch()
    {
        using var open = new OpenDevice();
        var tensor = open.Upload([.. Enumerable.Repeat(7u, 256)]);
        open.Module.Function<ulong>(Kernel).Launch(open.Stream, LaunchSize.Over(0, 256), tensor.Address);
        Assert.Equal(7u, open.Read(tensor)[0]);
    }

    [Fact]
    public void A_kernel_with_other_parameters_is_refused_when_it_is_loaded()
    {
        using var open = new OpenDevice();
        var e = Assert.Throws<InvalidOperationException>(() => open.Module.Function<uint>(Kernel));
        Assert.Equal(
            $"The kernel '{Kernel}' of module 'tests' takes 1 parameters in 8 bytes; one of 4 bytes is what is passed.", e.Message);
        e = Assert.Throws<InvalidOperationException>(() => open.Module.Function<(ulong, ulong)>("test_copy"));
        Assert.Contains("takes 2 parameters in 16 bytes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_that_is_not_there_is_named_with_its_module()
    {
        using var open = new OpenDevice();
        var e = Assert.Throws<CudaException>(() => open.Module.Function<ulong>("no_such_kernel"));
        Assert.Contains("kernel 'no_such_kernel', module 'tests'", e.Message, StringComparison.Ordinal);
        Assert.Equal(500, e.Code);
    }

    [Fact]
    public void A_launch_that_the_driver_refuses_is_told_with_its_size_and_nothing_is_lost()
    {
        using var open = new OpenDevice();
        var function = open.Module.Function<ulong>(Kernel);
        var tensor = open.Upload([.. Enumerable.Repeat(7u, 256)]);
        var e = Assert.Throws<CudaException>(() => function.Launch(open.Stream, new LaunchSize(1, 2048), tensor.Address));
        Assert.Contains($"kernel '{Kernel}', 1 x 1 x 1 blocks of 2048 x 1 x 1 threads", e.Message, StringComparison.Ordinal);
        Assert.False(e.IsDeviceLost);
        EmulatedCuda.Set("FAIL_LAUNCH", "1");
        e = Assert.Throws<CudaException>(() => function.Launch(open.Stream, _size, tensor.Address));
        EmulatedCuda.Set("FAIL_LAUNCH", "0");
        Assert.Equal(701, e.Code);
        function.Launch(open.Stream, _size, tensor.Address);
        Assert.Equal(0u, open.Read(tensor)[0]);
    }

    [Fact]
    public void A_kernel_that_fails_loses_the_device_until_it_is_opened_anew()
    {
        using (var open = new OpenDevice())
        {
            var tensor = open.Zeros<uint>(256);
            EmulatedCuda.Set("FAULT_KERNEL", "1");
            open.Module.Function<ulong>(Kernel).Launch(open.Stream, _size, tensor.Address);
            var e = Assert.Throws<CudaException>(open.Stream.Synchronize);
            EmulatedCuda.Set("FAULT_KERNEL", "0");
            Assert.True(e.IsDeviceLost, e.Message);
            Assert.True(Assert.Throws<CudaException>(() => open.Device.Allocate(1)).IsDeviceLost);
        }
        using var again = new OpenDevice();
        Assert.Equal(0u, again.Read(again.Zeros<uint>(1))[0]);
    }

    [Fact]
    public void A_device_that_is_gone_fails_every_call_until_it_is_opened_anew()
    {
        using (var open = new OpenDevice())
        {
            EmulatedCuda.Set("LOSE_DEVICE_AT_CALL", "1");
            Assert.True(Assert.Throws<CudaException>(() => open.Device.Allocate(1)).IsDeviceLost);
            Assert.True(Assert.Throws<CudaException>(open.Stream.Synchronize).IsDeviceLost);
        }
        using var again = new OpenDevice();
        Assert.Equal(0u, again.Read(again.Zeros<uint>(1))[0]);
    }

    [Fact]
    public void Shared_memory_beyond_48_KB_is_asked_for_and_beyond_the_devices_refused()
    {
        using var open = new OpenDevice();
        var function = open.Module.Function<ulong>("bug_dynamic_shared");
        var tensor = open.Zeros<uint>(256);
        int most = open.Device.Description.SharedBytesPerBlock;
        function.Launch(open.Stream, _size with { SharedBytes = most }, tensor.Address);
        Assert.All(open.Read(tensor), v => Assert.Equal(1u, v));
        var e = Assert.Throws<ArgumentException>(
            () => function.Launch(open.Stream, _size with { SharedBytes = most + 1 }, tensor.Address));
        Assert.Contains(
            $"asks for {most + 1} bytes of shared memory; a block of cuda:0 may have {most}", e.Message, StringComparison.Ordinal);
        Assert.True(function.BlocksPerMultiprocessor(256, 1024) >= 1);
    }

    [Fact]
    public void A_module_that_was_unloaded_launches_nothing()
    {
        EmulatedCuda.NeedsEmulator("loads an image of the emulator's");
        using var open = new OpenDevice();
        var module = open.Device.LoadModule("argent emulated image\n"u8, "other");
        var function = module.Function<ulong>(Kernel);
        module.Dispose();
        Assert.Throws<ObjectDisposedException>(() => function.Launch(open.Stream, _size, 0UL));
    }

    [Fact]
    public void A_damaged_image_is_told_with_the_drivers_log()
    {
        using var open = new OpenDevice();
        var e = Assert.Throws<CudaException>(() => open.Device.LoadModule("neither this nor that"u8, "Probe/Probe.cu"));
        Assert.Contains("module 'Probe/Probe.cu', 21 bytes", e.Message, StringComparison.Ordinal);
        Assert.Contains("the compiler says: neither PTX nor an image", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Launches_copies_and_graphs_allocate_nothing_on_the_managed_heap()
    {
        using var open = new OpenDevice();
        using var pinned = open.Device.AllocatePinned(1024);
        var host = pinned.View<uint>(0, new Shape(256));
        var function = open.Module.Function<ulong>(Kernel);
        var tensor = open.Zeros<uint>(256);
        using var graph = open.Stream.Capture(s => function.Launch(s, _size, tensor.Address));
        Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++) Round();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Round()
        {
            open.Stream.Upload(host, tensor);
            function.Launch(open.Stream, _size, tensor.Address);
            open.Stream.Launch(graph);
            open.Stream.Download(tensor, host);
            open.Stream.Synchronize();
        }
    }
}
