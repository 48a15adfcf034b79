using Argent.Cuda.Tests;
using Argent.Data;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Bench.Tests.Gpu;

/// <summary>The benchmark of a GPU on an emulated one: sizes, bytes and refusals; nothing about time.</summary>
public sealed class GpuBenchmarkTests
{
    static readonly GpuBenchOptions _sizes = new()
    {
        Items = 700,
        Dim = 72,
        Lists = 5,
        Probes = 3,
        Batch = 2,
        Heads = 3,
        K = 5,
        Rows = 33,
        Matrix = 24,
        CopyBytes = 1003,
    };

    [Fact]
    public void Every_case_has_a_row_with_the_bytes_that_it_must_move()
    {
        EmulatedCuda.Use();
        var benchmark = new GpuBenchmark(0, _sizes);
        var run = new BenchmarkRun(new BenchmarkOptions(), Progress.None);
        benchmark.Run(run);
        Assert.Equal(
            [
                ("copy", 2 * 1000),
                ("matrix bf16", 3 * 24 * 24 * 2),
                ("probe", (5 + 6) * 72 * 4 + 6 * 3 * 4),
                ("select top k", 2 * (700 * 3 / 5 * 4 + 5 * 8)),
                // Lists of 128 slots; with this seed the queries of one request leave one list out.
                ("scan", Scan(queries: 3, lists: 4)),
                ("scan", Scan(queries: 6, lists: 5)),
                ("scan", Scan(queries: 24, lists: 5)),
                ("scan", Scan(queries: 6, lists: 5)),
                ("gather rows bf16", 32 * (4 + 72 * 2 + 72 * 4)),
                ("score candidates", 32 * (4 + 72 * 2 + 3 * 4) + 2 * 3 * 72 * 4),
                ("nearest rows", (32 + 5) * 72 * 4 + 32 * 8),
                ("quantize rows", 32 * (72 * 4 + 128 + 4)),
            ],
            run.Rows.Select(r => (r.Engine, (int)r.Figures[GpuBenchmark.BytesFigure])));
        Assert.All(run.Rows, row => Assert.Equal(Rounds.CountMin, row.Rounds));
        Assert.Contains(benchmark.Parameters, p => p.Name == "GPU" && p.Value.Contains("capability", StringComparison.Ordinal));
    }

    static int Scan(int queries, int lists) => lists * (128 * (128 + 8) + 16) + queries * (5 * 8 + 12);

    [Fact]
    public void Sizes_that_do_not_fit_are_refused_with_the_arithmetic_before_anything_is_measured()
    {
        EmulatedCuda.Use();
        var run = new BenchmarkRun(new BenchmarkOptions(), Progress.None);
        var e = Assert.Throws<InvalidDataException>(
            () => new GpuBenchmark(0, _sizes with { Items = 2_000_000_000, Lists = 2_000_000 }).Run(run));
        Assert.StartsWith(
            "'scan' does not fit the GPU: codes [1920000000, 128] 245,760,000,000 + scales [1920000000] 7,680,000,000 + ",
            e.Message, StringComparison.Ordinal);
        Assert.Contains(" are free; ask for smaller sizes.", e.Message, StringComparison.Ordinal);
        Assert.Empty(run.Rows);
    }

    [Fact]
    public void Random_values_of_the_device_are_those_of_the_generator_on_the_host()
    {
        EmulatedCuda.Use();
        using var device = CudaDriver.Load().Open(0);
        using var modules = CudaModules.Load(device);
        using var stream = device.CreateStream();
        using var memory = device.Allocate(1 << 20);
        var on = new CudaQueue(modules, stream);
        const int Count = 1000, Below = 77;
        var codes = memory.Rent<sbyte>(new Shape(8 * Count));
        var floats = memory.Rent<float>(new Shape(Count));
        var rounded = memory.Rent<BFloat16>(new Shape(Count));
        var integers = memory.Rent<int>(new Shape(Count));
        FillRandomCuda.Codes(on, codes, 9);
        FillRandomCuda.Floats(on, floats, 9);
        FillRandomCuda.BFloat16s(on, rounded, 9);
        FillRandomCuda.Integers(on, integers, Below, 9);
        var random = Numbers(9).Take(Count).ToArray();
        Assert.Equal(
            [.. random.SelectMany(BitConverter.GetBytes).Select(b => (sbyte)b == sbyte.MinValue ? (sbyte)-127 : (sbyte)b)],
            Read(stream, codes));
        float[] expected = [.. random.Select(r => (r >> 40) * (1f / (1 << 24)) - .5f)];
        Assert.Equal(expected, Read(stream, floats));
        Assert.Equal([.. expected.Select(v => (BFloat16)v)], Read(stream, rounded));
        Assert.Equal([.. random.Select(r => (int)Math.BigMul(r, Below, out _))], Read(stream, integers));
    }

    // SplitMix64, as its authors wrote it.
    static IEnumerable<ulong> Numbers(ulong state)
    {
        while (true)
        {
            state += 0x9E3779B97F4A7C15;
            ulong mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            yield return mixed ^ (mixed >> 31);
        }
    }

    static T[] Read<T>(CudaStream stream, DeviceTensor<T> tensor) where T : unmanaged
    {
        var values = new T[tensor.Count];
        stream.DownloadNow(tensor, values);
        return values;
    }
}
