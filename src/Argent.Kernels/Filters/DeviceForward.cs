using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>The device twin of <see cref="ForwardValues"/>: the columns, and a table of their addresses that kernels read.</summary>
public sealed record DeviceForward
{
    /// <summary>One column per feature, in schema order.</summary>
    public required IReadOnlyList<DeviceForwardColumn> Columns { get; init; }

    /// <summary>[F] addresses of the columns; one entry that nobody reads where there is no feature.</summary>
    internal DeviceTensor<ForwardAddresses> Table { get; private init; }

    /// <summary>Columns that are on the device already, and room for their table, which <see cref="AddressesTo"/> fills.</summary>
    internal static DeviceForward Over(IReadOnlyList<DeviceForwardColumn> columns, DeviceMemory memory) =>
        new() { Columns = columns, Table = memory.Rent<ForwardAddresses>(new(Math.Max(1, columns.Count))) };

    /// <summary>Tensors for <paramref name="forward"/> from <paramref name="memory"/>, which may be planned, without values.</summary>
    public static DeviceForward Rent(DeviceMemory memory, ForwardValues forward)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(forward);
        var columns = new DeviceForwardColumn[forward.Columns.Length];
        for (int f = 0; f < columns.Length; f++)
        {
            var column = forward.Columns[f];
            columns[f] = column.IsOrdered
                ? new DeviceForwardColumn { Keys = memory.Rent<long>(column.Keys.Shape) }
                : new DeviceForwardColumn
                {
                    Ranges = memory.Rent<long>(column.Ranges.Shape),
                    Values = memory.Rent<int>(column.Values.Shape),
                };
        }
        return new DeviceForward { Columns = columns, Table = memory.Rent<ForwardAddresses>(new(Math.Max(1, columns.Length))) };
    }

    /// <summary>Queues the copies of the columns, which stay as they are until the stream has passed, and waits for the table's.</summary>
    public void Upload(CudaStream stream, ForwardValues forward)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(forward);
        for (int f = 0; f < Columns.Count; f++)
        {
            var (from, to) = (forward.Columns[f], Columns[f]);
            if (from.IsOrdered) stream.Upload(from.Keys, to.Keys);
            else
            {
                stream.Upload(from.Ranges, to.Ranges);
                stream.Upload(from.Values, to.Values);
            }
        }
        AddressesTo(stream);
    }

    /// <summary>Writes the table and waits for it.</summary>
    internal void AddressesTo(CudaStream stream)
    {
        var table = new ForwardAddresses[(int)Table.Count];
        for (int f = 0; f < Columns.Count; f++)
        {
            var column = Columns[f];
            table[f] = new() { Keys = column.Keys.Address, Ranges = column.Ranges.Address, Values = column.Values.Address };
        }
        stream.UploadNow(table.AsSpan(), Table);
    }
}

/// <summary>The device twin of <see cref="ForwardColumn"/>.</summary>
public sealed record DeviceForwardColumn
{
    /// <summary>[S] int64 ordered keys, or no tensor.</summary>
    public DeviceTensor<long> Keys { get; init; }

    /// <summary>[S] int64, start * 65,536 + count in <see cref="Values"/>, or no tensor.</summary>
    public DeviceTensor<long> Ranges { get; init; }

    /// <summary>[V] int32 value ids, ascending within an item, or no tensor.</summary>
    public DeviceTensor<int> Values { get; init; }
}

/// <summary><c>ArgentForwardColumn</c> of <c>QueryMasks.cu</c>: addresses, 0 for a tensor that the column lacks.</summary>
[StructLayout(LayoutKind.Sequential)]
struct ForwardAddresses
{
    public ulong Keys;
    public ulong Ranges;
    public ulong Values;
}
