using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Argent.Tensors;

/// <summary>The kinds of memory and arithmetic a tensor can live on.</summary>
public enum DeviceKind
{
    /// <summary>Main memory, host processor.</summary>
    Cpu,

    /// <summary>A GPU that is driven through CUDA.</summary>
    Cuda,
}

/// <summary>One device: a kind and its number.</summary>
public readonly record struct Device(DeviceKind Kind, int Ordinal)
{
    /// <summary>The host processor.</summary>
    public static Device Cpu => new(DeviceKind.Cpu, 0);

    /// <summary>The GPU of a number, as the CUDA driver counts them.</summary>
    public static Device Cuda(int ordinal) => new(DeviceKind.Cuda, ordinal);

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> (the first GPU) or <c>cuda:n</c>; false for any other text.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Device device)
    {
        device = Cpu;
        if (text == "cpu") return true;
        device = Cuda(0);
        if (text == "cuda") return true;
        const string Numbered = "cuda:";
        if (text is null || !text.StartsWith(Numbered, StringComparison.Ordinal)) return false;
        bool isNumber = int.TryParse(text.AsSpan(Numbered.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal);
        device = Cuda(ordinal);
        return isNumber;
    }

    /// <summary>As it is typed: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public override string ToString() =>
        Kind == DeviceKind.Cpu ? "cpu" : string.Create(CultureInfo.InvariantCulture, $"cuda:{Ordinal}");
}
