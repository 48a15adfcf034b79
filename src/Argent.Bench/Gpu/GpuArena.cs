using System.Globalization;
using System.Text;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>The device's memory of one case, with the arithmetic of what was rented.</summary>
/// <param name="memory">Where from; planned memory only counts.</param>
sealed class GpuArena(DeviceMemory memory)
{
    readonly List<string> _rented = [];

    /// <summary>Where working memory of a run comes from.</summary>
    public DeviceMemory Memory => memory;

    /// <summary>A tensor.</summary>
    public DeviceTensor<T> Rent<T>(string what, params ReadOnlySpan<long> extents) where T : unmanaged
    {
        var shape = extents.Length switch
        {
            1 => new Shape(extents[0]),
            2 => new Shape(extents[0], extents[1]),
            _ => new Shape(extents[0], extents[1], extents[2]),
        };
        var tensor = memory.Rent<T>(shape);
        _rented.Add(Text($"{what} {shape} {tensor.ByteLength:N0}"));
        return tensor;
    }

    /// <summary>Several tensors that are rented together.</summary>
    public T Rent<T>(string what, Func<DeviceMemory, T> rent)
    {
        long before = memory.UsedBytes;
        var rented = rent(memory);
        _rented.Add(Text($"{what} {memory.UsedBytes - before:N0}"));
        return rented;
    }

    /// <summary>Room for what a run rents by itself.</summary>
    public void Reserve(string what, long bytes)
    {
        var mark = memory.Mark();
        memory.Rent<byte>(new Shape(bytes));
        memory.Release(mark);
        _rented.Add(Text($"{what} {bytes:N0}"));
    }

    /// <summary>What was rented, with bytes.</summary>
    public string Sum => new StringBuilder().AppendJoin(" + ", _rented).Append(Text($" = {memory.PeakBytes:N0} bytes")).ToString();

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
