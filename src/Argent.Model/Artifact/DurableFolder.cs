using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Argent.Model;

/// <summary>Writing so that a power cut leaves either the old state or the new one.</summary>
static partial class DurableFolder
{
    /// <summary>Writes a file and waits until it is on the disk.</summary>
    public static void WriteFile(string path, ReadOnlySpan<byte> content)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Replaces a small file in one step: readers see the old content or the new one.</summary>
    public static void ReplaceFile(string path, ReadOnlySpan<byte> content)
    {
        string partial = path + ".partial-" + Guid.NewGuid().ToString("N");
        try
        {
            WriteFile(partial, content);
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
        Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Waits until the names in a folder are on the disk, where the system offers that (Linux).</summary>
    public static void Flush(string folder)
    {
        // A folder cannot be opened as a .NET stream. Failing to flush names is not worth failing a publish: the
        // folder may lie on a file system that has no such call.
        if (OperatingSystem.IsLinux()) FlushOnLinux(folder);
    }

    [SupportedOSPlatform("linux")]
    static void FlushOnLinux(string folder)
    {
        int descriptor = Open(folder, flags: 0);
        if (descriptor < 0) return;
        _ = Sync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
