namespace Argent.Cuda.Tests;

/// <summary>The emulator finds planted bugs, and right kernels give the same in every lane order.</summary>
[Collection("emulated device")]
public sealed class EmulatorTests
{
    const int IllegalAddress = 700, Misaligned = 716, LaunchFailed = 719;

    public static TheoryData<string> Orders => [.. EmulatedCuda.LaneOrders];

    [Theory]
    [InlineData("bug_divergent_barrier", 64, LaunchFailed, "divergent barrier")]
    [InlineData("bug_early_exit", 256, LaunchFailed, "exit")]
    [InlineData("bug_wrong_mask", 32, LaunchFailed, "mask")]
    [InlineData("bug_outside_mask", 32, LaunchFailed, "outside its mask 0000ffff")]
    [InlineData("bug_out_of_range", 256, IllegalAddress, "outside of every allocation")]
    [InlineData("bug_slack", 32, IllegalAddress, "behind the end")]
    [InlineData("bug_unaligned", 32, Misaligned, "self-test.cu")]
    [InlineData("bug_unaligned_stream", 32, Misaligned, "multiple of 16")]
    [InlineData("bug_dynamic_shared", 32, IllegalAddress, "outside of every allocation")]
    [InlineData("bug_stack", 32, LaunchFailed, "stack overflow")]
    public void A_planted_bug_is_an_error_of_its_launch(string kernel, uint threads, int code, string reason)
    {
        foreach (string order in EmulatedCuda.LaneOrders)
        {
            using var device = new RawDevice(order);
            ulong memory = device.Upload<uint>(new uint[kernel == "bug_slack" ? 250 : 256]);
            RawDevice.Check(device.Launch(kernel, kernel == "bug_out_of_range" ? 3u : 1u, threads, 128, memory));
            Assert.Equal(code, device.Synchronize());
            Assert.StartsWith(kernel, EmulatedCuda.LastError, StringComparison.Ordinal);
            Assert.Contains(reason, EmulatedCuda.LastError, StringComparison.Ordinal);
            // The error stays until the context is made anew.
            Assert.Equal(code, device.TryAllocate(16, out _));
        }
    }

    [Fact]
    public void A_fault_of_the_process_itself_is_still_its_own()
    {
        using (var device = new RawDevice())
        {
            RawDevice.Check(device.Launch("bug_out_of_range", 3, 256, 0, device.Upload<uint>(new uint[256])));
            Assert.Equal(IllegalAddress, device.Synchronize());
        }
        // The runtime makes this exception of the signal that the emulator watches too.
        string? nothing = LaneOrdersOf(0);
        Assert.Throws<NullReferenceException>(() => nothing!.Length);
    }

    [Fact]
    public void A_kernel_that_does_not_end_is_ended()
    {
        EmulatedCuda.Set("SECONDS", "1");
        using var device = new RawDevice();
        RawDevice.Check(device.Launch("bug_endless", 1, 32, 0, device.Upload<uint>(new uint[32])));
        Assert.Equal(702, device.Synchronize());
        Assert.Contains("does not end", EmulatedCuda.LastError, StringComparison.Ordinal);
        EmulatedCuda.Set("SECONDS", "60");
    }

    [Fact]
    public void A_missing_barrier_shows_in_every_order_and_a_dependence_on_order_in_some()
    {
        EmulatedCuda.NeedsEmulator("sets lane orders");
        Assert.All(EmulatedCuda.LaneOrders, order => Assert.NotEqual(Neighbours(1), RunOnce("bug_missing_barrier", order)));
        Assert.Equal(Neighbours(-1), RunOnce("bug_order", "forward"));
        Assert.NotEqual(Neighbours(-1), RunOnce("bug_order", "reverse"));
        Assert.NotEqual(Neighbours(-1), RunOnce("bug_order", "random:7"));
    }

    [Fact]
    public void Shared_memory_that_nobody_wrote_holds_poison()
    {
        using var device = new RawDevice();
        ulong memory = device.Upload<uint>(new uint[256]);
        RawDevice.Check(device.Launch("bug_poison", 1, 256, 32, memory));
        uint[] read = device.Download<uint>(memory, 256);
        Assert.All(read[4..], value => Assert.Equal(0xcdcdcdcd, value));
        Assert.All(read[..4], value => Assert.Equal(0u, value));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void A_copy_arrives_when_it_was_waited_for_and_not_before(string order)
    {
        using var device = new RawDevice(order);
        uint[] values = [.. Enumerable.Range(0, 1024).Select(i => (uint)i * 3)];
        ulong source = device.Upload<uint>(values), target = device.Allocate(1024);
        RawDevice.Check(device.Launch("test_copy", 1, 256, 0, source, target));
        Assert.Equal([.. values.Reverse().Take(256)], device.Download<uint>(target, 256));
        RawDevice.Check(device.Launch("bug_copy_wait", 1, 256, 0, source));
        Assert.All(device.Download<uint>(source, 256), value => Assert.Equal(0xcdcdcdcd, value));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Collectives_give_what_the_language_says(string order)
    {
        using var device = new RawDevice(order);
        ulong memory = device.Upload<uint>(new uint[256]);
        RawDevice.Check(device.Launch("test_collectives", 1, 256, 0, memory));
        Assert.Equal(new uint[256], device.Download<uint>(memory, 256));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Matrix_fragments_multiply_like_matrices(string order)
    {
        var random = new Random(7);
        sbyte[] a = [.. Enumerable.Range(0, 16 * 32).Select(_ => (sbyte)random.Next(-128, 128))];
        sbyte[] b = [.. Enumerable.Range(0, 8 * 32).Select(_ => (sbyte)random.Next(-128, 128))];
        // Small integers are exact in bf16, and so are their sums in float32.
        float[] af = [.. Enumerable.Range(0, 16 * 16).Select(_ => (float)random.Next(-64, 64))];
        float[] bf = [.. Enumerable.Range(0, 8 * 16).Select(_ => (float)random.Next(-64, 64))];
        using var device = new RawDevice(order);
        ulong sums = device.Allocate(16 * 8 * 4), floats = device.Allocate(16 * 8 * 4);
        RawDevice.Check(device.Launch(
            "test_matrix", 1, 32, 0, device.Upload<sbyte>(a), device.Upload<sbyte>(b), sums,
            device.Upload<ushort>(Halves(af)), device.Upload<ushort>(Halves(bf)), floats));
        int[] d = device.Download<int>(sums, 16 * 8);
        float[] e = device.Download<float>(floats, 16 * 8);
        for (int i = 0; i < 16 * 8; i++)
        {
            int row = i / 8, column = i % 8;
            Assert.Equal(Enumerable.Range(0, 32).Sum(k => a[(row * 32) + k] * b[(column * 32) + k]), d[i]);
            Assert.Equal(Enumerable.Range(0, 16).Sum(k => af[(row * 16) + k] * bf[(column * 16) + k]), e[i]);
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Atomics_of_all_blocks_add_up(string order)
    {
        const int Blocks = 9, Threads = 96, Count = Blocks * Threads;
        using var device = new RawDevice(order);
        ulong counts = device.Upload<uint>([0, 0, uint.MaxValue, 0, 0]);
        ulong wide = device.Upload<ulong>([0, 0]), sum = device.Upload<float>([0]), extremes = device.Upload<int>([0, 0]);
        RawDevice.Check(device.Launch("test_atomics", Blocks, Threads, 0, counts, wide, sum, extremes));
        uint xor = Enumerable.Range(0, Count).Aggregate(0u, (x, i) => x ^ (uint)i);
        Assert.Equal([Count, uint.MaxValue, 0, xor, 2 * Count], device.Download<uint>(counts, 5));
        Assert.Equal([(ulong)(Count * (Count - 1L) / 2) << 20, (ulong)(Count - 1) << 33], device.Download<ulong>(wide, 2));
        Assert.Equal([Count / 2f], device.Download<float>(sum, 1));
        Assert.Equal([1 - Count, Count - 1], device.Download<int>(extremes, 2));
    }

    static string? LaneOrdersOf(int count) => EmulatedCuda.LaneOrders.Take(count).FirstOrDefault();

    static ushort[] Halves(float[] values) => [.. values.Select(v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16))];

    static uint[] Neighbours(int apart) =>
        [.. Enumerable.Range(0, 256).Select(i => i + apart < 0 ? 0u : (uint)((i + apart) % 256) * 3)];

    static uint[] RunOnce(string kernel, string order)
    {
        using var device = new RawDevice(order);
        ulong memory = device.Upload<uint>(new uint[256]);
        RawDevice.Check(device.Launch(kernel, 1, 256, 0, memory));
        return device.Download<uint>(memory, 256);
    }
}
