namespace Argent.Cuda.Tests;

/// <summary>The emulated driver: lazy streams, faults on request, limits that a real one has.</summary>
[Collection("emulated device")]
public sealed unsafe class EmulatedDriverTests
{
    [Fact]
    public void A_result_that_was_not_waited_for_is_stale_every_time()
    {
        using var device = new RawDevice();
        ulong memory = device.Upload<uint>(new uint[256]);
        RawDevice.Check(device.Launch("test_collectives", 1, 256, 0, memory));
        uint* read = stackalloc uint[1];
        *read = 77;
        RawDevice.Check(device.CopyToHost(read, memory, 4));
        Assert.Equal(77u, *read);
        RawDevice.Check(device.Synchronize());
        Assert.Equal(0u, *read);
    }

    [Fact]
    public void The_allocation_that_a_test_names_fails_and_the_next_does_not()
    {
        using var device = new RawDevice();
        EmulatedCuda.Set("FAIL_ALLOCATION", "2");
        Assert.Equal(0, device.TryAllocate(100, out _));
        Assert.Equal(2, device.TryAllocate(100, out _));
        Assert.Equal(0, device.TryAllocate(100, out _));
        EmulatedCuda.Set("FAIL_ALLOCATION", "0");
    }

    [Fact]
    public void Memory_ends_where_the_test_says()
    {
        using var device = new RawDevice();
        EmulatedCuda.Set("MEMORY", "1000000");
        Assert.Equal(0, device.TryAllocate(600_000, out _));
        Assert.Equal(2, device.TryAllocate(600_000, out _));
        Assert.Equal(0, device.TryAllocate(400_000, out _));
        EmulatedCuda.Set("MEMORY", "4294967296");
    }

    [Fact]
    public void The_launch_that_a_test_names_is_refused_and_nothing_else_is_lost()
    {
        using var device = new RawDevice();
        ulong memory = device.Upload<uint>([.. Enumerable.Repeat(5u, 256)]);
        EmulatedCuda.Set("FAIL_LAUNCH", "1");
        Assert.Equal(701, device.Launch("test_collectives", 1, 256, 0, memory));
        EmulatedCuda.Set("FAIL_LAUNCH", "0");
        Assert.Equal(5u, device.Download<uint>(memory, 1)[0]);
        RawDevice.Check(device.Launch("test_collectives", 1, 256, 0, memory));
        Assert.Equal(0u, device.Download<uint>(memory, 1)[0]);
    }

    [Fact]
    public void A_kernel_that_faults_and_a_lost_device_stay_until_the_context_is_made_anew()
    {
        using (var device = new RawDevice())
        {
            ulong memory = device.Upload<uint>(new uint[256]);
            EmulatedCuda.Set("FAULT_KERNEL", "1");
            RawDevice.Check(device.Launch("test_collectives", 1, 256, 0, memory));
            Assert.Equal(719, device.Synchronize());
            Assert.Equal(719, device.TryAllocate(16, out _));
            EmulatedCuda.Set("FAULT_KERNEL", "0");
        }
        using (var device = new RawDevice())
        {
            EmulatedCuda.Set("LOSE_DEVICE_AT_CALL", "2");
            Assert.Equal(0, device.TryAllocate(16, out _));
            Assert.Equal(999, device.TryAllocate(16, out _));
            Assert.Equal(999, device.Synchronize());
        }
        using (var device = new RawDevice()) Assert.Equal(0, device.TryAllocate(16, out _));
    }

    [Fact]
    public void Launches_that_a_real_driver_refuses_are_refused()
    {
        using var device = new RawDevice();
        ulong memory = device.Allocate(1024);
        Assert.Equal(1, device.Launch("test_collectives", 0, 256, 0, memory));
        Assert.Equal(1, device.Launch("test_collectives", 1, 1025, 0, memory));
        Assert.Equal(1, device.Launch("test_collectives", 1, 256, 48 * 1024 + 1, memory));
    }

    [Fact]
    public void A_copy_outside_of_an_allocation_is_refused()
    {
        using var device = new RawDevice();
        ulong memory = device.Allocate(100);
        byte* host = stackalloc byte[200];
        Assert.Equal(1, device.CopyToHost(host, memory, 101));
        Assert.Equal(1, device.CopyToHost(host, (ulong)host, 10));
        Assert.Equal(0, device.CopyToHost(host, memory + 40, 60));
        RawDevice.Check(device.Synchronize());
    }

    [Fact]
    public void Streams_in_a_random_order_keep_what_events_promise()
    {
        for (int seed = 1; seed <= 8; seed++)
        {
            using var first = new RawDevice();
            using var second = new RawDevice();
            EmulatedCuda.Set("STREAMS", $"random:{seed}");
            nint written;
            RawDevice.Check(((delegate* unmanaged<nint*, uint, int>)EmulatedCuda.Export("cuEventCreate"))(&written, 0));
            ulong memory = first.Upload<uint>([.. Enumerable.Repeat(9u, 256)]);
            RawDevice.Check(first.Launch("test_collectives", 1, 256, 0, memory));
            RawDevice.Check(((delegate* unmanaged<nint, nint, int>)EmulatedCuda.Export("cuEventRecord"))(written, first.Stream));
            var wait = (delegate* unmanaged<nint, nint, uint, int>)EmulatedCuda.Export("cuStreamWaitEvent");
            RawDevice.Check(wait(second.Stream, written, 0));
            Assert.Equal(0u, second.Download<uint>(memory, 1)[0]);
        }
        EmulatedCuda.Set("STREAMS", "ordered");
    }

    [Fact]
    public void A_captured_graph_runs_as_often_as_it_is_launched_and_not_before()
    {
        using var device = new RawDevice();
        ulong counts = device.Upload<uint>([0, 0, 0, 0, 0]), wide = device.Upload<ulong>([0, 0]);
        ulong sum = device.Upload<float>([0]), extremes = device.Upload<int>([0, 0]);
        nint graph, executable;
        RawDevice.Check(((delegate* unmanaged<nint, int, int>)EmulatedCuda.Export("cuStreamBeginCapture_v2"))(device.Stream, 1));
        RawDevice.Check(device.Launch("test_atomics", 1, 32, 0, counts, wide, sum, extremes));
        RawDevice.Check(((delegate* unmanaged<nint, nint*, int>)EmulatedCuda.Export("cuStreamEndCapture"))(device.Stream, &graph));
        var instantiate = (delegate* unmanaged<nint*, nint, ulong, int>)EmulatedCuda.Export("cuGraphInstantiateWithFlags");
        RawDevice.Check(instantiate(&executable, graph, 0));
        Assert.Equal(0u, device.Download<uint>(counts, 1)[0]);
        for (int i = 0; i < 3; i++)
        {
            RawDevice.Check(((delegate* unmanaged<nint, nint, int>)EmulatedCuda.Export("cuGraphLaunch"))(executable, device.Stream));
        }
        Assert.Equal(96u, device.Download<uint>(counts, 1)[0]);
        // Waiting is no part of a graph: the capture is broken.
        RawDevice.Check(((delegate* unmanaged<nint, int, int>)EmulatedCuda.Export("cuStreamBeginCapture_v2"))(device.Stream, 1));
        Assert.Equal(900, device.Synchronize());
        Assert.Equal(901, ((delegate* unmanaged<nint, nint*, int>)EmulatedCuda.Export("cuStreamEndCapture"))(device.Stream, &graph));
    }
}
