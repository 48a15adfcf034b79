using Argent.Tensors;

namespace Argent.Cuda.Tests;

/// <summary>NVRTC's place in the driver layer, and the cache of what it compiled; the emulated compiler stands in.</summary>
[Collection("emulated device")]
public sealed class CompilerTests : IDisposable
{
    static readonly ComputeCapability _capability = new(9, 0);

    readonly string _folder = Path.Combine(Path.GetTempPath(), "argent-kernels-" + Guid.NewGuid().ToString("N"));

    public CompilerTests() => EmulatedCuda.Use();

    static CudaSource Source { get; } = new()
    {
        Name = "Some/Some.cu",
        Text = "#include \"argent.cuh\"\n",
        Headers = new Dictionary<string, string> { ["argent.cuh"] = "typedef int i32;\n" },
    };

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_source_that_does_not_compile_is_told_with_the_compilers_log()
    {
        var e = Assert.Throws<CudaException>(
            () => Nvrtc.Load().Compile(Source with { Headers = new Dictionary<string, string>() }, _capability));
        Assert.Equal("NVRTC_ERROR_COMPILATION", e.CodeName);
        Assert.Contains("(Some/Some.cu for sm_90)", e.Message, StringComparison.Ordinal);
        Assert.Contains("Some/Some.cu(1): error: could not open source file \"argent.cuh\"", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_that_the_compiler_does_not_know_is_told()
    {
        var e = Assert.Throws<CudaException>(() => Nvrtc.Load().Compile(Source with { Options = ["--frobnicate"] }, _capability));
        Assert.Contains("--frobnicate", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compiled_source_is_kept_and_read_again()
    {
        var cache = new KernelCache(_folder);
        var image = cache.Get(Source, _capability, Nvrtc.Load());
        string path = Assert.Single(Directory.GetFiles(_folder));
        // A whole entry with other contents shows that it is the entry that is read.
        var other = new byte[] { 1, 2, 3 };
        byte[] entry = [.. "argentk1"u8, .. System.Security.Cryptography.SHA256.HashData(other), .. other];
        File.WriteAllBytes(path, entry);
        Assert.Equal(other, cache.Get(Source, _capability, Nvrtc.Load()));
        Assert.Equal(image, cache.Renew(Source, _capability, Nvrtc.Load()));
        Assert.Equal(image, cache.Get(Source, _capability, Nvrtc.Load()));
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("cut")]
    [InlineData("flipped")]
    [InlineData("foreign")]
    public void A_damaged_entry_is_compiled_again(string damage)
    {
        var cache = new KernelCache(_folder);
        var image = cache.Get(Source, _capability, Nvrtc.Load());
        string path = Assert.Single(Directory.GetFiles(_folder));
        byte[] whole = File.ReadAllBytes(path);
        byte[] broken = damage switch
        {
            "empty" => [],
            "cut" => whole[..^1],
            "flipped" => [.. whole[..^1], (byte)(whole[^1] ^ 1)],
            _ => [.. "something else entirely, and long enough to be an entry"u8],
        };
        File.WriteAllBytes(path, broken);
        Assert.Equal(image, cache.Get(Source, _capability, Nvrtc.Load()));
        Assert.Equal(whole, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_only_time()
    {
        string file = Path.GetTempFileName();
        var cache = new KernelCache(Path.Combine(file, "kernels"));
        Assert.False(cache.IsWritable);
        Assert.NotEmpty(cache.Get(Source, _capability, Nvrtc.Load()));
        File.Delete(file);
    }

    [Fact]
    public void A_compiled_source_is_a_module()
    {
        using var open = new OpenDevice();
        var image = new KernelCache(_folder).Get(Source, open.Device.Description.Capability, Nvrtc.Load());
        using var module = open.Device.LoadModule(image, Source.Name);
        Assert.Equal("test_collectives", module.Function<ulong>("test_collectives").Entry);
    }
}
