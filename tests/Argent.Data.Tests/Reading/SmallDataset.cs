namespace Argent.Data.Tests;

/// <summary>A data set of a few lines in a temporary folder, to be changed and read.</summary>
sealed class SmallDataset : IDisposable
{
    public const string Items = "id,title,genre,year\n1,One,a|b,2001\n2,Two,b,2002.0\n3,Three,,\n";
    public const string Events = "user,item,rating\nx,1,5\ny,2,3\ny,3,4\n";

    public const string Plain = """
        {
          "name": "small",
          "items": {
            "file": "items.csv", "id": "id", "title": "title",
            "features": { "genre": { "type": "categories", "separator": "|" }, "year": { "type": "integer" } }
          },
          "events": [ { "file": "events.csv", "user": "user", "item": "item", "task": "save" } ]
        }
        """;

    readonly TemporaryFolder _folder = new();

    public SmallDataset(string items = Items, string events = Events, string description = Plain)
    {
        Write("items.csv", items);
        Write("events.csv", events);
        Write("dataset.json", description);
    }

    public RecordedProgress Progress { get; } = new();

    public string Path => _folder.Path;

    public string this[string name] => _folder[name];

    public void Write(string name, string text) => _folder.Write(name, text);

    public TemporaryFolder Folder => _folder;

    public Dataset Read(double maxBadRows = 0) => DatasetReader.Read(Path, new DatasetOptions { MaxBadRows = maxBadRows }, Progress);

    /// <summary>Reads and expects an error; its message without the folder.</summary>
    public DatasetException Fail(double maxBadRows = 0) => Assert.Throws<DatasetException>(() => Read(maxBadRows));

    public string FailText(double maxBadRows = 0) =>
        Fail(maxBadRows).Message.Replace(Path + System.IO.Path.DirectorySeparatorChar, "", StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();
}
