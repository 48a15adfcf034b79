using System.IO.MemoryMappedFiles;

namespace Argent.Tensors;

/// <summary>
/// A file mapped into memory. Writes stay private to this process (copy on write): the file never changes, so a
/// published artifact can be updated in place while it serves.
/// </summary>
public sealed unsafe class MappedStorage : Storage
{
    MemoryMappedFile? _file;
    MemoryMappedViewAccessor? _view;

    /// <summary>Maps the whole file.</summary>
    /// <exception cref="IOException">The file cannot be opened or is empty.</exception>
    public MappedStorage(string path)
    {
        Path = path;
        var file = new FileInfo(path);
        if (!file.Exists) throw new FileNotFoundException($"There is no file '{path}'.", path);
        if (file.Length == 0) throw new IOException($"The file '{path}' is empty.");
        ByteLength = file.Length;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        _file = MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.CopyOnWrite, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, file.Length, MemoryMappedFileAccess.CopyOnWrite);
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        Pointer = pointer + _view.PointerOffset;
    }

    /// <summary>The mapped file.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (Pointer == null) return;
        Pointer = null;
        _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file!.Dispose();
        (_view, _file) = (null, null);
    }
}
