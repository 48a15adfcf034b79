namespace Argent.Data.Tests;

/// <summary>Where the large data sets lie; tests that need them skip without.</summary>
static class SharedData
{
    static readonly Lazy<Dataset> _books = new(() => DatasetReader.Read(Need("goodbooks"), DatasetOptions.Default, Progress.None));

    /// <summary>The path of a file or folder of the shared data; skips the test when it is not there.</summary>
    public static string Need(params string[] parts)
    {
        string path = Path.Combine([Folder(), .. parts]);
        if (!File.Exists(path) && !Directory.Exists(path)) Assert.Skip($"There is no {string.Join('/', parts)} here.");
        return path;
    }

    /// <summary>The books, read once for all tests.</summary>
    public static Dataset Books()
    {
        Need("goodbooks");
        return _books.Value;
    }

    static string Folder()
    {
        if (Environment.GetEnvironmentVariable("ARGENT_SHARED_DATA") is { Length: > 0 } given) return given;
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string beside = Path.Combine(at.FullName, "..", "shared", "data");
            if (Directory.Exists(beside)) return Path.GetFullPath(beside);
        }
        return "no shared data";
    }
}
