using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Cuda.Tests;

/// <summary>The product's way from the table of kernels to a launch.</summary>
[Collection("emulated device")]
public sealed class ModulesTests : IDisposable
{
    readonly string _folder = Path.Combine(Path.GetTempPath(), "argent-kernels-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("forward")]
    [InlineData("reverse")]
    [InlineData("random:3")]
    public void Every_kernel_is_compiled_loaded_and_one_of_them_runs(string order)
    {
        using var open = new OpenDevice(order);
        using var modules = CudaModules.Load(open.Device, new KernelCache(_folder));
        Assert.Equal(CudaKernelTable.All.Select(k => k.Source).Distinct().Count(), Directory.GetFiles(_folder).Length);
        var table = open.Upload<float>([.. Enumerable.Range(0, 35).Select(i => (float)i)]).Reshape(new Shape(5, 7));
        var rows = open.Zeros<float>(21).Reshape(new Shape(3, 7));
        GatherRowsCuda.Launch(modules, open.Stream, new() { Table = table, Indices = open.Upload(4, -1, 2), Rows = rows });
        Assert.Equal([.. Row(4), .. new float[7], .. Row(2)], open.Read(rows));

        static IEnumerable<float> Row(int row) => Enumerable.Range(row * 7, 7).Select(i => (float)i);
    }

    [Fact]
    public void A_kept_image_that_the_driver_does_not_take_is_compiled_again()
    {
        using var open = new OpenDevice();
        var cache = new KernelCache(_folder);
        CudaModules.Load(open.Device, cache).Dispose();
        foreach (string path in Directory.GetFiles(_folder))
        {
            byte[] other = [1, 2, 3], whole = [.. "argentk1"u8, .. System.Security.Cryptography.SHA256.HashData(other), .. other];
            File.WriteAllBytes(path, whole);
        }
        using var modules = CudaModules.Load(open.Device, cache);
        Assert.All(Directory.GetFiles(_folder), path => Assert.True(new FileInfo(path).Length > 8 + 32 + 3));
    }

    [Fact]
    public void Without_a_compiler_a_build_without_ptx_says_what_is_missing()
    {
        using var open = new OpenDevice();
        Environment.SetEnvironmentVariable(Nvrtc.LibraryVariable, "/nowhere/libnvrtc.so");
        var e = Assert.Throws<CudaUnavailableException>(() => CudaModules.Load(open.Device, new KernelCache(_folder)));
        EmulatedCuda.Use();
        Assert.Contains("ARGENT_NVRTC_LIBRARY names '/nowhere/libnvrtc.so', which does not exist", e.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "This build carries no PTX for compute capability 9.0 either, which would do without NVRTC.", e.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_source_has_its_own_name_and_every_entry_too()
    {
        Assert.Equal(CudaKernelTable.All.Count, CudaKernelTable.All.Select(k => k.Entry).Distinct().Count());
        var sources = CudaKernelTable.All.Select(k => k.Source).Distinct().ToList();
        Assert.Equal(sources.Count, sources.Select(Path.GetFileName).Distinct().Count());
    }
}
