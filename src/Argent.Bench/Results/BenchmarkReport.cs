using System.Runtime.InteropServices;
using Argent.Kernels;

namespace Argent.Bench;

/// <summary>Everything that one run of a benchmark found: the content of <c>results.json</c>.</summary>
sealed record BenchmarkReport
{
    /// <summary>Version of this schema that this build writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Version of the schema.</summary>
    public int FormatVersion { get; init; } = CurrentFormat;

    /// <summary>The benchmark: <c>search</c>, <c>limits</c>.</summary>
    public required string Benchmark { get; init; }

    /// <summary>Where it ran.</summary>
    public required MachineDescription Machine { get; init; }

    /// <summary>What was asked for, by name: items, dimensions, seed, rounds.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>What the machine can do at most; null where it was not measured.</summary>
    public MachineLimits? Limits { get; init; }

    /// <summary>The lines, grouped.</summary>
    public required IReadOnlyList<BenchmarkRow> Rows { get; init; }

    /// <summary>Goals and what became of them.</summary>
    public required IReadOnlyList<GoalResult> Goals { get; init; }

    /// <summary>Sentences that a reader needs: what is compared with what, what flatters whom, what was left out.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>The machine and the build that ran a benchmark.</summary>
/// <param name="Processor">Name of the processor, as the system gives it.</param>
/// <param name="Processors">Logical processors.</param>
/// <param name="MemoryBytes">Memory that this process may use.</param>
/// <param name="System">Operating system.</param>
/// <param name="Runtime">Version of .NET.</param>
/// <param name="Kernels">Variant of the kernels.</param>
sealed record MachineDescription(
    string Processor, int Processors, long MemoryBytes, string System, string Runtime, string Kernels)
{
    /// <summary>This machine.</summary>
    public static MachineDescription Here(IKernels kernels) => new(
        ProcessorName(),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        kernels.Variant);

    static string ProcessorName()
    {
        const string CpuInfo = "/proc/cpuinfo", Key = "model name";
        string? line = File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal))
            : null;
        return line is null
            ? RuntimeInformation.ProcessArchitecture.ToString()
            : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
