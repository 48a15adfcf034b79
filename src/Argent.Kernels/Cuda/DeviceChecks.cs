using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>What launches demand of tensors in a device's memory; values there are the caller's word.</summary>
static class DeviceChecks
{
    /// <summary>Demands a tensor of shape <paramref name="expected"/>.</summary>
    public static void Is<T>(string name, in DeviceTensor<T> tensor, Shape expected) where T : unmanaged
    {
        if (!tensor.IsPresent) throw new ArgumentException($"{name} is missing.");
        if (tensor.Shape != expected) throw new ArgumentException($"{name} is {tensor} where {expected} is expected.");
    }

    /// <summary>The same, for a tensor that may be left out.</summary>
    public static void IsOrMissing<T>(string name, in DeviceTensor<T> tensor, Shape expected) where T : unmanaged
    {
        if (tensor.IsPresent) Is(name, tensor, expected);
    }

    /// <summary>Demands a tensor of <paramref name="rank"/> dimensions.</summary>
    public static void Rank<T>(string name, in DeviceTensor<T> tensor, int rank) where T : unmanaged
    {
        if (!tensor.IsPresent) throw new ArgumentException($"{name} is missing.");
        if (tensor.Shape.Rank != rank) throw new ArgumentException($"{name} is {tensor} where {rank} dimensions are expected.");
    }
}
