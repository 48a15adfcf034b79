namespace Argent.Data;

/// <summary>Folders that are read without a dataset.json, since the files in them are known: their descriptions are built in.</summary>
static class KnownLayouts
{
    static readonly (string Name, string[] Files)[] _layouts =
    [
        ("books", ["books.csv.gz", "book_genres.csv.gz", "to_read.csv.gz", "ratings.csv.gz"]),
        ("movies", ["movies.dat.gz", "ratings.dat.gz"]),
    ];

    /// <summary>The description of a folder's files, or null when they are not known.</summary>
    public static DatasetDescription? Find(string folder)
    {
        foreach (var (name, files) in _layouts)
        {
            if (!files.All(f => File.Exists(Path.Combine(folder, f)))) continue;
            string resource = name + ".dataset.json";
            using var stream = typeof(KnownLayouts).Assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return DescriptionReader.Read(content, Path.Combine(folder, $"(built-in {resource})"), rootInstead: folder);
        }
        return null;
    }
}
