namespace Argent.Tensors;

/// <summary>The kinds of memory and arithmetic a tensor can live on.</summary>
public enum DeviceKind
{
    /// <summary>Main memory, host processor.</summary>
    Cpu,
}

/// <summary>One device: a kind and its number.</summary>
public readonly record struct Device(DeviceKind Kind, int Ordinal)
{
    /// <summary>The host processor.</summary>
    public static Device Cpu => new(DeviceKind.Cpu, 0);
}
