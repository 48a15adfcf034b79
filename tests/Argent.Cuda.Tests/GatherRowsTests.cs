using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Cuda.Tests;

/// <summary>The whole way of one kernel: source, compiler, module, launcher, device tensors, against the reference.</summary>
[Collection("emulated device")]
public sealed class GatherRowsTests
{
    public static TheoryData<string> Orders => [.. EmulatedCuda.LaneOrders];

    [Theory]
    [MemberData(nameof(Orders))]
    public void Rows_gathered_on_the_device_are_those_of_the_reference(string order)
    {
        EmulatedCuda.Use();
        EmulatedCuda.Set("LANES", order);
        string cache = Path.Combine(Path.GetTempPath(), $"argent-kernels-{Guid.NewGuid():N}");
        using var device = CudaDriver.Load().Open(0);
        using var modules = CudaModules.Load(device, new KernelCache(cache));
        using var stream = device.CreateStream();
        using var memory = device.Allocate(1 << 20);
        var random = new Random(3);
        foreach (var (count, columns) in new[] { (0, 5), (1, 1), (5, 7), (64, 64), (1000, 33) })
        {
            const int TableRows = 50;
            memory.Reset();
            float[] table = [.. Enumerable.Range(0, TableRows * columns).Select(_ => random.NextSingle())];
            int[] indices = [.. Enumerable.Range(0, count).Select(_ => random.Next(-1, TableRows))];
            var args = new DeviceGatherRowsArgs
            {
                Table = memory.Rent<float>(new Shape(TableRows, columns)),
                Indices = memory.Rent<int>(new Shape(count)),
                Rows = memory.Rent<float>(new Shape(count, columns)),
            };
            stream.UploadNow<float>(table, args.Table);
            stream.UploadNow<int>(indices, args.Indices);
            GatherRowsCuda.Launch(modules, stream, args);
            var rows = new float[count * columns];
            stream.DownloadNow(args.Rows, rows.AsSpan());
            Assert.Equal(
                [.. Enumerable.Range(0, count * columns).Select(i => indices[i / columns] < 0
                    ? 0f
                    : table[(indices[i / columns] * columns) + (i % columns)])],
                rows);
        }
        Directory.Delete(cache, recursive: true);
    }

    [Fact]
    public void The_adapter_gathers_from_tensors_of_the_host_and_refuses_an_index_that_is_too_large()
    {
        EmulatedCuda.Use();
        using var workers = new Workers(1);
        using var kernels = CudaKernels.Open(0, CpuKernels.Create(workers), 1 << 20);
        var table = Tensor.From<float>([1, 2, 3, 4, 5, 6], new Shape(3, 2));
        var rows = Tensor.Zeros<float>(new Shape(3, 2));
        kernels.GatherRows(new() { Table = table, Indices = Tensor.From(2, -1, 0), Rows = rows });
        Assert.Equal([5f, 6f, 0f, 0f, 1f, 2f], rows.Span.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(
            () => kernels.GatherRows(new() { Table = table, Indices = Tensor.From(2, 3, 0), Rows = rows }));
    }
}
