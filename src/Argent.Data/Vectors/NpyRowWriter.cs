using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Data;

/// <summary>A NumPy matrix that is written block of rows by block of rows, for matrices larger than memory.</summary>
/// <typeparam name="T">float, int, long, sbyte, byte or ulong.</typeparam>
public sealed class NpyRowWriter<T> : IDisposable where T : unmanaged
{
    readonly FileStream _file;
    readonly string _path;
    readonly long _rows, _dim;
    long _written;

    /// <summary>Begins a matrix of <paramref name="rows"/> rows of <paramref name="dim"/> values.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public NpyRowWriter(string path, long rows, long dim)
    {
        (_path, _rows, _dim) = (path, rows, dim);
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        _file.Write(NpyHeader.Write(NpyWriter.TypeName<T>(), [rows, dim]));
    }

    /// <summary>Appends the rows of a block, [n, dim].</summary>
    /// <exception cref="ArgumentException">The block has other rows, or more than are left.</exception>
    public void Write(in Tensor<T> block)
    {
        if (block.Shape.Rank != 2 || block.Shape[1] != _dim || _written + block.Shape[0] > _rows)
        {
            throw new ArgumentException($"{block.Shape} does not continue {_written} of {_rows} rows of {_dim} values in '{_path}'.");
        }
        for (long row = 0; row < block.Shape[0]; row++) _file.Write(MemoryMarshal.AsBytes(block.Row(row)));
        _written += block.Shape[0];
    }

    /// <summary>All rows are there: the file is closed.</summary>
    /// <exception cref="InvalidOperationException">Rows are missing.</exception>
    public void Complete()
    {
        if (_written != _rows) throw new InvalidOperationException($"'{_path}' has {_written} of {_rows} rows.");
        _file.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
