using System.Globalization;

namespace Argent.Tensors;

/// <summary>What a GPU is and has.</summary>
public sealed record CudaDeviceDescription
{
    /// <summary>Its number, counted from 0.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes of its memory, whoever uses them.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The generation of its instructions.</summary>
    public required ComputeCapability Capability { get; init; }

    /// <summary>Streaming multiprocessors.</summary>
    public required int Multiprocessors { get; init; }

    /// <summary>Bytes of shared memory that a block may ask for at most.</summary>
    public required int SharedBytesPerBlock { get; init; }

    /// <summary>Bytes of the L2 cache.</summary>
    public required int L2Bytes { get; init; }
}

/// <summary>A GPU's compute capability: 8.0 is Ampere, 9.0 Hopper.</summary>
/// <param name="Major">The generation.</param>
/// <param name="Minor">The step within it.</param>
public readonly record struct ComputeCapability(int Major, int Minor)
{
    /// <summary>As compilers call it: <c>sm_90</c>.</summary>
    public string Architecture => string.Create(CultureInfo.InvariantCulture, $"sm_{Major}{Minor}");

    /// <summary>For example <c>9.0</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}

/// <summary>The numbers that the driver gives to attributes of a device.</summary>
enum CudaAttribute
{
    Multiprocessors = 16,
    L2Bytes = 38,
    CapabilityMajor = 75,
    CapabilityMinor = 76,
    SharedBytesPerBlockOptIn = 97,
}
