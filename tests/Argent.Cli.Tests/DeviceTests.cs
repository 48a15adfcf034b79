using Argent.Tensors;

namespace Argent.Cli.Tests;

/// <summary>--device on a machine without the driver: a library that is not there stands for it.</summary>
public sealed class DeviceTests : IDisposable
{
    const string Missing = "/nowhere/libcuda.so.1";

    readonly string? _before = Environment.GetEnvironmentVariable(CudaDriver.LibraryVariable);

    public DeviceTests() => Environment.SetEnvironmentVariable(CudaDriver.LibraryVariable, Missing);

    public void Dispose() => Environment.SetEnvironmentVariable(CudaDriver.LibraryVariable, _before);

    [Theory]
    [InlineData("query", "--model", "m", "--requests", "r", "--out", "o")]
    [InlineData("serve", "--model", "m")]
    [InlineData("bench", "limits")]
    public async Task A_gpu_without_a_driver_is_refused_with_what_was_not_found(params string[] words)
    {
        var result = await Shell.RunAsync([.. words, "--device", "cuda"]);
        Assert.Equal(ExitCode.Failed, result.Code);
        Assert.Contains($"The CUDA driver was not found: ARGENT_CUDA_LIBRARY names '{Missing}'", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task The_doctor_finds_a_missing_driver_bad_only_where_a_gpu_is_asked_for()
    {
        var asked = await Shell.RunAsync("doctor", "--port", "0", "--format", "json", "--device", "cuda:1");
        Assert.Equal(ExitCode.Failed, asked.Code);
        Assert.False((bool)Cuda(asked)["ok"]!);
        Assert.Contains("was not found", (string)Cuda(asked)["detail"]!, StringComparison.Ordinal);
        var free = await Shell.RunAsync("doctor", "--port", "0", "--format", "json");
        Assert.True((bool)Cuda(free)["ok"]!);
        Assert.EndsWith("Everything runs on the processor.", (string)Cuda(free)["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_benchmark_of_a_gpu_is_refused_on_the_processor()
    {
        var result = await Shell.RunAsync("bench", "gpu");
        Assert.Equal(ExitCode.BadUsage, result.Code);
        Assert.Contains("this benchmark measures a GPU and nothing else: add --device cuda", result.Error, StringComparison.Ordinal);
    }

    static System.Text.Json.Nodes.JsonNode Cuda(ShellResult result) =>
        result.Json["checks"]!.AsArray().Single(c => (string?)c!["name"] == "cuda")!;
}
