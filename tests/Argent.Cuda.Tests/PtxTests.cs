using Argent.Kernels;

namespace Argent.Cuda.Tests;

/// <summary>Every kernel lowers to PTX, with instructions that are listed.</summary>
public sealed class PtxTests
{
    [Fact]
    public void Every_kernel_lowers_to_ptx_for_both_architectures()
    {
        EmulatedCuda.NeedsSources();
        string folder = Path.Combine(EmulatedCuda.Root, "artifacts", "cuda-ptx");
        EmulatedCuda.Run("check-ptx.sh", folder);
        string[] entries = File.ReadAllLines(Path.Combine(folder, "entries.txt"));
        // Both ways: a kernel that nobody launches is as wrong as one whose parameters the C# side lays out differently.
        var launched = CudaKernelTable.All.Select(k => $"{k.Entry} {k.ParameterBytes} {Path.GetFileName(k.Source)}");
        Assert.Equal(launched.Order(StringComparer.Ordinal), entries.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_listed_instruction_says_whether_a_device_has_run_it()
    {
        EmulatedCuda.NeedsSources();
        string[] known = ["proven", "unproven"];
        var lines = File.ReadAllLines(Path.Combine(EmulatedCuda.Root, "eng", "cuda", "mnemonics.txt")).Where(l => !l.StartsWith('#'));
        Assert.All(lines, line => Assert.Contains(line.Split(' ')[1], known));
    }
}
