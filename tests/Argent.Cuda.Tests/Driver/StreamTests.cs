using Argent.Tensors;

namespace Argent.Cuda.Tests;

[Collection("emulated device")]
public sealed class StreamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_stream_waits_for_another_ones_event(int seed)
    {
        using var open = new OpenDevice(streams: $"random:{seed}");
        using var other = open.Device.CreateStream();
        using var point = open.Device.CreateEvent();
        var first = open.Zeros<int>(256);
        var second = open.Zeros<int>(256);
        for (int round = 0; round < 8; round++)
        {
            open.Stream.Fill(first, (byte)(round + 1));
            open.Stream.Record(point);
            other.Wait(point);
            other.Copy(first, second);
            other.Synchronize();
            Assert.Equal(0x01010101 * (round + 1), open.Read(second)[255]);
        }
    }

    [Fact]
    public void An_event_is_reached_when_what_was_before_it_is_done()
    {
        using var open = new OpenDevice();
        using CudaEvent start = open.Device.CreateEvent(isTimed: true), end = open.Device.CreateEvent(isTimed: true);
        var tensor = open.Zeros<int>(1 << 16);
        open.Stream.Record(start);
        open.Stream.Fill(tensor, 1);
        open.Stream.Record(end);
        Assert.False(end.IsReached);
        end.Synchronize();
        Assert.True(end.IsReached);
        Assert.True(end.MillisecondsSince(start) >= 0);
    }

    [Fact]
    public void The_time_of_an_event_that_keeps_none_is_refused()
    {
        using var open = new OpenDevice();
        using CudaEvent start = open.Device.CreateEvent(), end = open.Device.CreateEvent();
        open.Stream.Record(start);
        open.Stream.Record(end);
        open.Stream.Synchronize();
        Assert.Equal("cuEventElapsedTime", Assert.Throws<CudaException>(() => end.MillisecondsSince(start)).Call);
    }

    [Fact]
    public async Task Any_thread_may_use_a_device()
    {
        using var open = new OpenDevice();
        var device = open.Device;
        var work = Enumerable.Range(1, 8).Select(i => Task.Factory.StartNew(
            () =>
            {
                using var stream = device.CreateStream();
                using var memory = device.Allocate(1 << 14);
                var tensor = memory.Rent<byte>(new Shape(1 << 12));
                for (int round = 0; round < 10; round++)
                {
                    stream.Fill(tensor, (byte)(i + round));
                    var values = new byte[tensor.Count];
                    stream.DownloadNow(tensor, values);
                    Assert.All(values, v => Assert.Equal(i + round, v));
                }
            },
            TaskCreationOptions.LongRunning));
        await Task.WhenAll(work);
    }

    [Fact]
    public void A_graph_repeats_what_was_recorded_with_what_memory_holds_then()
    {
        using var open = new OpenDevice();
        using var pinned = open.Device.AllocatePinned(512);
        Tensor<int> here = pinned.View<int>(0, new Shape(16)), back = pinned.View<int>(256, new Shape(16));
        DeviceTensor<int> first = open.Zeros<int>(16), second = open.Zeros<int>(16);
        using var graph = open.Stream.Capture(s =>
        {
            s.Upload(here, first);
            s.Copy(first, second);
            s.Download(second, back);
        });
        here.Span.Fill(5);
        open.Stream.Synchronize();
        Assert.Equal(0, open.Read(second)[0]);
        for (int round = 0; round < 3; round++)
        {
            here.Span.Fill(100 + round);
            open.Stream.Launch(graph);
            open.Stream.Synchronize();
            Assert.All(back.ToArray(), v => Assert.Equal(100 + round, v));
        }
    }

    [Fact]
    public void A_recording_that_throws_leaves_the_stream_usable()
    {
        using var open = new OpenDevice();
        var tensor = open.Zeros<int>(4);
        Assert.Throws<TimeoutException>(() => open.Stream.Capture(s =>
        {
            s.Fill(tensor, 1);
            throw new TimeoutException();
        }));
        open.Stream.Fill(tensor, 2);
        Assert.Equal(0x02020202, open.Read(tensor)[0]);
    }

    [Fact]
    public void Waiting_inside_a_recording_is_refused_and_the_stream_stays_usable()
    {
        using var open = new OpenDevice();
        var tensor = open.Zeros<int>(4);
        Assert.Throws<CudaException>(() => open.Stream.Capture(s => s.Synchronize()));
        open.Stream.Fill(tensor, 2);
        Assert.Equal(0x02020202, open.Read(tensor)[0]);
    }

    [Fact]
    public void Values_go_from_one_device_to_another_and_nowhere_by_mistake()
    {
        EmulatedCuda.NeedsEmulator("copies between two devices");
        using var open = new OpenDevice();
        using var second = CudaDriver.Load().Open(1);
        using var memory = second.Allocate(64);
        var there = memory.Rent<int>(new Shape(4));
        var here = open.Upload(1, 2, 3, 4);
        var e = Assert.Throws<ArgumentException>(() => open.Stream.Clear(there));
        Assert.Equal("Memory of cuda:1 is used in a stream of cuda:0.", e.Message);
        open.Stream.Copy(here, there);
        open.Stream.Synchronize();
        using var stream = second.CreateStream();
        int[] values = new int[4];
        stream.DownloadNow(there, values);
        Assert.Equal([1, 2, 3, 4], values);
        var missing = Assert.Throws<CudaUnavailableException>(() => CudaDriver.Load().Open(2));
        Assert.Contains("There is no GPU 2: the driver", missing.Message, StringComparison.Ordinal);
    }
}
