namespace Argent.Tensors.Tests;

/// <summary>What is said when a call fails or a library is missing; nothing here needs a driver.</summary>
public sealed class CudaErrorTests
{
    const string Variable = "ARGENT_TEST_LIBRARY";

    [Fact]
    public void A_failed_call_names_itself_its_code_and_its_arguments()
    {
        var e = new CudaException("cuMemAlloc_v2", 2, "CUDA_ERROR_OUT_OF_MEMORY", "1024 bytes", CudaResult.Explain(2));
        Assert.StartsWith(
            "cuMemAlloc_v2 failed with 2, CUDA_ERROR_OUT_OF_MEMORY (1024 bytes). The device has no room", e.Message,
            StringComparison.Ordinal);
        Assert.True(e.IsOutOfMemory);
        Assert.False(e.IsDeviceLost);
    }

    [Theory]
    [InlineData("cuStreamSynchronize", CudaResult.IllegalAddress, true)]
    [InlineData("cuLaunchKernel", CudaResult.LaunchFailed, true)]
    [InlineData("cuMemAlloc_v2", CudaResult.Unknown, true)]
    [InlineData("cuLaunchKernel", CudaResult.InvalidValue, false)]
    [InlineData("cuMemAlloc_v2", CudaResult.OutOfMemory, false)]
    [InlineData("nvrtcCompileProgram", CudaResult.IllegalAddress, false)]
    public void A_lost_device_is_told_from_a_refused_call(string call, int code, bool isLost) =>
        Assert.Equal(isLost, new CudaException(call, code, "", "", "").IsDeviceLost);

    [Fact]
    public void Arguments_are_written_for_a_failure_only()
    {
        var probe = new Counted();
        Assert.Equal("", Written(0, $"{probe} bytes"));
        Assert.Equal(0, probe.Count);
        Assert.Equal("counted bytes, 0xff", Written(2, $"{probe} bytes, 0x{255:x}"));
        Assert.Equal(1, probe.Count);
    }

    [Fact]
    public void A_missing_library_is_told_with_every_name_that_was_tried()
    {
        var search = new NativeFileSearch("The part", Variable, ["libargent-none.so.1", "libargent-none.so"], ["/nowhere"], "Install it.");
        var e = Assert.Throws<CudaUnavailableException>(() => NativeFile.Load(search));
        Assert.Equal(
            "The part was not found: looked for libargent-none.so.1, libargent-none.so where the system keeps libraries"
            + " and in /nowhere. Install it. ARGENT_TEST_LIBRARY can name the file.",
            e.Message);
    }

    [Fact]
    public void A_library_without_a_function_is_named_with_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The C library has another name here.");
        var file = NativeFile.Load(new NativeFileSearch("The part", Variable, ["libc.so.6"], [], "Install a newer one."));
        Assert.NotEqual(0, file.Export("malloc"));
        Assert.Equal(0, file.TryExport("cuInit"));
        var e = Assert.Throws<CudaUnavailableException>(() => new CudaApi(file));
        Assert.Equal("The part 'libc.so.6' has no cuInit: it is older than what is needed. Install a newer one.", e.Message);
    }

    [Fact]
    public void The_variable_names_the_only_file_that_is_tried()
    {
        string text = Path.GetTempFileName();
        string? before = Environment.GetEnvironmentVariable(CudaDriver.LibraryVariable);
        try
        {
            Environment.SetEnvironmentVariable(CudaDriver.LibraryVariable, "/nowhere/libcuda.so");
            Assert.Equal(
                "The CUDA driver was not found: ARGENT_CUDA_LIBRARY names '/nowhere/libcuda.so', which does not exist.",
                Assert.Throws<CudaUnavailableException>(CudaDriver.Load).Message);
            Environment.SetEnvironmentVariable(CudaDriver.LibraryVariable, text);
            Assert.Contains(
                "which is not a library that can be loaded here",
                Assert.Throws<CudaUnavailableException>(CudaDriver.Load).Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(CudaDriver.LibraryVariable, before);
            File.Delete(text);
        }
    }

    static string Written(int code, [System.Runtime.CompilerServices.InterpolatedStringHandlerArgument(nameof(code))] CudaArguments text) =>
        text.Text();

    sealed class Counted
    {
        public int Count { get; private set; }

        public override string ToString()
        {
            Count++;
            return "counted";
        }
    }
}
