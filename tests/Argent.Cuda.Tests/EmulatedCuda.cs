using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Argent.Cuda.Tests;

/// <summary>
/// The kernels, the emulator and the emulated driver in one library, which <c>eng/cuda/build-emulator.sh</c> compiles once in a
/// run and only where something changed. Other test projects use it by linking this file. With ARGENT_CUDA_TESTS=device the
/// tests run on the machine's own GPU, and those that need the emulator are skipped.
/// </summary>
static unsafe class EmulatedCuda
{
    static readonly Lazy<string> _folder = new(Build);

    /// <summary>True when the tests run on the machine's own GPU.</summary>
    public static bool IsDevice { get; } = Environment.GetEnvironmentVariable("ARGENT_CUDA_TESTS") == "device";

    /// <summary>Lane orders that every kernel is run in; a device has its own.</summary>
    public static IReadOnlyList<string> LaneOrders { get; } = IsDevice ? ["device"] : ["forward", "reverse", "random:7"];

    /// <summary>The library that stands in for the CUDA driver; the test is skipped where no compiler is.</summary>
    public static string DriverLibrary => Path.Combine(_folder.Value, "libcuda-emulated.so");

    /// <summary>The library that stands in for cuBLASLt.</summary>
    public static string CublasLtLibrary => Path.Combine(_folder.Value, "libcublasLt-emulated.so");

    /// <summary>The library that stands in for NVRTC.</summary>
    public static string NvrtcLibrary => Path.Combine(_folder.Value, "libnvrtc-emulated.so");

    // As the process was started: tests point these variables elsewhere.
    static readonly (string Name, string? Value)[] _started =
    [
        .. new[] { "ARGENT_CUDA_LIBRARY", "ARGENT_CUBLASLT_LIBRARY", "ARGENT_NVRTC_LIBRARY", "ARGENT_CUDA_CACHE" }
            .Select(name => (name, Environment.GetEnvironmentVariable(name))),
    ];

    // Before any test: the runtime would fill the list only when it is first read.
    [System.Runtime.CompilerServices.ModuleInitializer]
    internal static void Remember() => _ = _started.Length;

    /// <summary>Points the product at the emulated libraries, for this process; on a device at what it was started with.</summary>
    public static void Use()
    {
        if (IsDevice)
        {
            foreach (var (name, value) in _started) Environment.SetEnvironmentVariable(name, value);
            return;
        }
        Environment.SetEnvironmentVariable("ARGENT_CUDA_LIBRARY", DriverLibrary);
        Environment.SetEnvironmentVariable("ARGENT_CUBLASLT_LIBRARY", CublasLtLibrary);
        Environment.SetEnvironmentVariable("ARGENT_NVRTC_LIBRARY", NvrtcLibrary);
        Environment.SetEnvironmentVariable("ARGENT_CUDA_CACHE", Path.Combine(_folder.Value, "cache"));
    }

    /// <summary>
    /// Sets an option of the emulator: LANES, STREAMS, WORKERS, MEMORY, FAIL_ALLOCATION, FAIL_LAUNCH and so on. A device keeps
    /// its own order of lanes and streams; a test that sets anything else is skipped there.
    /// </summary>
    public static void Set(string option, string value)
    {
        if (IsDevice && option is ("LANES" or "STREAMS")) return;
        NeedsEmulator($"sets {option}");
        Set(NativeLibrary.Load(DriverLibrary), option, value);
    }

    /// <summary>Skips the test on a device.</summary>
    /// <param name="reason">What the test does that only the emulator can.</param>
    public static void NeedsEmulator(string reason) => Assert.SkipWhen(IsDevice, $"This test {reason}, which needs the emulator.");

    /// <summary>Skips the test where only the package is, without sources and their compilers.</summary>
    public static void NeedsSources() =>
        Assert.SkipWhen(IsDevice, "This test reads the sources, which a machine with the package alone does not have.");

    static void Set(nint library, string option, string value)
    {
        byte* name = (byte*)Marshal.StringToCoTaskMemUTF8(option), text = (byte*)Marshal.StringToCoTaskMemUTF8(value);
        int code = ((delegate* unmanaged<byte*, byte*, int>)NativeLibrary.GetExport(library, "argentEmulatedSet"))(name, text);
        Marshal.FreeCoTaskMem((nint)name);
        Marshal.FreeCoTaskMem((nint)text);
        if (code != 0) throw new ArgumentException($"The emulator does not know {option} = {value}.");
    }

    /// <summary>What a kernel did wrong last: kernel, block, thread and reason.</summary>
    public static string LastError =>
        Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)Export("argentEmulatedLastError"))())!;

    /// <summary>The address of a function of the emulated libraries.</summary>
    public static nint Export(string function)
    {
        NeedsEmulator($"calls {function} itself");
        return NativeLibrary.GetExport(NativeLibrary.Load(DriverLibrary), function);
    }

    /// <summary>The folder that holds the solution.</summary>
    public static string Root => FindRoot();

    /// <summary>Runs a script of <c>eng/cuda</c>; skips the test where its compiler is missing, and fails it where CI=true.</summary>
    public static string Run(string script, params string[] arguments)
    {
        NeedsEmulator($"runs {script}");
        bool isHere = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;
        Assert.SkipUnless(isHere, "The emulator is for Linux on x86-64.");
        var start = new ProcessStartInfo("bash", [Path.Combine(Root, "eng", "cuda", script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string all = output + error.Result;
        // 3 is what the scripts end with when the compiler is not there.
        if (process.ExitCode == 3 && Environment.GetEnvironmentVariable("CI") != "true") Assert.Skip(all.Trim());
        Assert.True(process.ExitCode == 0, $"{script} ended with {process.ExitCode}:\n{all}");
        return output;
    }

    static string Build()
    {
        string folder = Path.Combine(Root, "artifacts", "cuda-emulated");
        Run("build-emulator.sh", folder, Path.Combine(Root, "eng", "cuda", "emulator", "self-test.cu"));
        // Two devices, for copies between them; the number is fixed once the driver starts.
        Set(NativeLibrary.Load(Path.Combine(folder, "libcuda-emulated.so")), "DEVICES", "2");
        return folder;
    }

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Argent.slnx"))) return folder.FullName;
        }
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Argent.slnx.");
    }
}
