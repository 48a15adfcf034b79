using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text.Json.Nodes;
using Argent.Kernels;

namespace Argent.Cli;

/// <summary>Checks whether this machine can train, publish and serve, and says what to do where it cannot.</summary>
sealed class DoctorCommand : ArgentCommand
{
    /// <summary>The generated catalogue trains and publishes well within this.</summary>
    const long MemoryNeededBytes = 2L << 30;

    /// <summary>A build, a trained model and an artifact of the generated catalogue take about a third of this.</summary>
    const long DiskNeededBytes = 1L << 30;

    readonly Option<int> _port = ServerOptionSet.CreatePort();

    /// <summary>The command.</summary>
    public DoctorCommand()
        : base("doctor", "Check this machine: runtime, processor, memory, disk, data, port, GPUs.", "argent doctor --port 8000") =>
        Add(_port);

    /// <inheritdoc/>
    public override Task<int> RunAsync(CommandRun run)
    {
        var cuda = new CudaCheck(run.Device);
        List<Finding> findings = [Runtime(), Processor(), Memory(), Disk(), Data(), Port(run.Get(_port)), .. cuda.Run()];
        bool isWell = findings.TrueForAll(f => f.IsWell);
        var json = new JsonObject
        {
            ["ok"] = isWell,
            ["checks"] = new JsonArray([.. findings.Select(f => f.ToJson())]),
        };
        run.Print(json, output =>
        {
            foreach (var finding in findings)
            {
                output.WriteLine($"{(finding.IsWell ? "ok " : "BAD")}  {finding.Name,-10} {finding.Sentence}");
            }
        });
        return Task.FromResult(isWell ? ExitCode.Done : ExitCode.Failed);
    }

    static Finding Runtime() => new("runtime", Environment.Version.Major >= 10,
        $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}");

    static Finding Processor()
    {
        string features = string.Join(' ', new[] { ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("BMI2", Bmi2.IsSupported) }
            .Select(f => (f.Item2 ? "" : "no ") + f.Item1));
        try
        {
            using var workers = new Workers(1);
            string variant = CpuKernels.Create(workers).Variant;
            return new("processor", true, $"{Environment.ProcessorCount} processors, {features}; kernels: {variant}");
        }
        catch (InvalidOperationException e)
        {
            return new("processor", false, e.Message);
        }
    }

    static Finding Memory()
    {
        long bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new("memory", bytes >= MemoryNeededBytes,
            $"{Size(bytes)} for this process; the generated catalogue needs {Size(MemoryNeededBytes)}");
    }

    static Finding Disk()
    {
        string folder = Directory.GetCurrentDirectory();
        long bytes = new DriveInfo(folder).AvailableFreeSpace;
        return new("disk", bytes >= DiskNeededBytes, $"{Size(bytes)} free in {folder}; {Size(DiskNeededBytes)} is enough to start");
    }

    static Finding Data()
    {
        string? path = Environment.GetEnvironmentVariable(QuickstartData.Variable);
        if (string.IsNullOrEmpty(path))
        {
            return new("data", true, $"{QuickstartData.Variable} is not set; quickstart generates a catalogue");
        }
        bool exists = Directory.Exists(path) || File.Exists(path);
        return new("data", exists, exists
            ? $"{QuickstartData.Variable} is {path}"
            : $"{QuickstartData.Variable} is {path}, which does not exist; unset it or name a data set");
    }

    static Finding Port(int port) => PortCheck.IsFree(IPAddress.Loopback, port)
        ? new("port", true, $"127.0.0.1:{port} is free")
        : new("port", false, $"127.0.0.1:{port} is in use; serve with --port and another number");

    static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");
}
