namespace Argent.Cli;

/// <summary>A file that has its name only when it is whole; before that it is beside its place, and it goes when the work fails.</summary>
sealed class PartialFile : IDisposable
{
    readonly string _path;
    bool _isComplete;

    /// <summary>Begins to write <paramref name="path"/>; its folder must exist.</summary>
    public PartialFile(string path)
    {
        (_path, PartialPath) = (path, path + ".partial");
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"'{path}' cannot be written: there is no folder '{folder}'.");
        Stream = new FileStream(PartialPath, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
    }

    /// <summary>Where the content goes meanwhile.</summary>
    public string PartialPath { get; }

    /// <summary>The content.</summary>
    public FileStream Stream { get; }

    /// <summary>The content is whole: the file takes its place.</summary>
    public void Complete()
    {
        Stream.Dispose();
        File.Move(PartialPath, _path, overwrite: true);
        _isComplete = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        catch (IOException) when (!_isComplete)
        {
            // The disk is full: what could not be written is thrown away in any case.
        }
        if (!_isComplete) File.Delete(PartialPath);
    }
}
