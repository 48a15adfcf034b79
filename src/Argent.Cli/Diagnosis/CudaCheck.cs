using System.Globalization;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>
/// What this machine has of CUDA: the driver and its GPUs, the compiler of kernels, the library of dense layers, the cache.
/// Without them everything runs on the processor, so what is missing is bad only where a GPU is asked for.
/// </summary>
sealed class CudaCheck(Device wanted)
{
    readonly bool _isWanted = wanted.Kind == DeviceKind.Cuda;

    /// <summary>A line for each part; one alone where there is no driver.</summary>
    public IReadOnlyList<Finding> Run()
    {
        CudaDriver driver;
        try
        {
            driver = CudaDriver.Load();
        }
        catch (Exception e) when (e is CudaUnavailableException or CudaException)
        {
            return [Missing("cuda", e.Message + (_isWanted ? "" : " Everything runs on the processor."))];
        }
        var findings = new List<Finding>
        {
            Try("cuda", () => $"driver '{driver.LibraryName}' for CUDA {driver.Version}, {driver.DeviceCount} GPUs"),
        };
        for (int i = 0; i < driver.DeviceCount; i++)
        {
            int ordinal = i;
            findings.Add(Try(Text($"cuda:{ordinal}"), () => Describe(driver.Describe(ordinal))));
        }
        if (_isWanted && wanted.Ordinal >= driver.DeviceCount)
        {
            findings.Add(Try(wanted.ToString(), () => Describe(driver.Describe(wanted.Ordinal))));
        }
        findings.Add(Try("nvrtc", () => Nvrtc.Load() is var nvrtc ? $"'{nvrtc.LibraryName}', version {nvrtc.Version}" : ""));
        findings.Add(Try("cublaslt", () => CublasLt.Find() is var (name, version) ? $"'{name}', version {version}" : ""));
        findings.Add(Cache());
        if (_isWanted && wanted.Ordinal < driver.DeviceCount) findings.Add(Load(driver));
        return findings;
    }

    Finding Try(string name, Func<string> found)
    {
        try
        {
            return new(name, true, found());
        }
        catch (Exception e) when (e is CudaUnavailableException or CudaException)
        {
            return Missing(name, e.Message);
        }
    }

    Finding Missing(string name, string sentence) => new(name, !_isWanted, sentence);

    /// <summary>Every kernel, compiled and loaded where it is going to run.</summary>
    Finding Load(CudaDriver driver)
    {
        try
        {
            using var device = driver.Open(wanted.Ordinal);
            var sources = CudaModules.Check(device);
            string[] failures = [.. sources.Where(s => s.Failure is not null).Select(s => $"{s.Source}: {s.Failure}")];
            return failures.Length == 0
                ? new("load", true, Text($"{CudaKernelTable.All.Count} kernels of {sources.Count} sources load on {wanted}"))
                : Missing("load", string.Join(" ", failures));
        }
        catch (CudaException e)
        {
            return Missing("load", e.Message);
        }
    }

    static string Describe(CudaDeviceDescription device) => Text(
        $"{device.Name}, {device.MemoryBytes / 1e9:0.0} GB, capability {device.Capability}, {device.Multiprocessors} multiprocessors");

    static Finding Cache()
    {
        var cache = KernelCache.Default();
        return cache.IsWritable
            ? new("kernels", true, $"compiled kernels are kept in {cache.Folder}")
            : new("kernels", true,
                $"{cache.Folder} cannot be written, so kernels are compiled at every start; "
                + $"{KernelCache.FolderVariable} names another folder");
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
