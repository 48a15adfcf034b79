using Argent.Model;

namespace Argent.Data.Tests;

public sealed class AttributeReaderTests : IDisposable
{
    const string Description = """
        { "items": { "id": "id", "title": "name", "features": { "label": { "type": "integer" }, "kind": { "type": "category" } } } }
        """;

    readonly TemporaryFolder _folder = new();
    readonly RecordedProgress _progress = new();

    public void Dispose() => _folder.Dispose();

    AlignedCatalogue Read(AttributeSource source) => AttributeReader.Read(source, new DatasetOptions { MaxBadRows = 0 }, _progress);

    [Fact]
    public void Without_anything_ids_are_row_numbers()
    {
        var aligned = Read(new AttributeSource { Count = 3 });
        Assert.Equal(["0", "1", "2"], Enumerable.Range(0, 3).Select(aligned.Items.Ids.Text));
        Assert.Equal([0, 1, 2], aligned.SourceRows);
        Assert.Empty(aligned.Items.Columns);
        Assert.Null(aligned.Items.Titles);
        Assert.NotEqual(aligned.ContentHash, Read(new AttributeSource { Count = 4 }).ContentHash);
        Assert.Equal(0, Read(new AttributeSource { Count = 0 }).Items.Count);
    }

    [Fact]
    public void Given_ids_are_put_in_order_and_tell_where_their_vectors_are()
    {
        var aligned = Read(new AttributeSource { Count = 3, Ids = ["10", "9", "-1"] });
        Assert.Equal(["-1", "9", "10"], Enumerable.Range(0, 3).Select(aligned.Items.Ids.Text));
        Assert.Equal([2, 1, 0], aligned.SourceRows);
        aligned = Read(new AttributeSource { Count = 3, Ids = ["b", "10", "a"] });
        Assert.Equal(["10", "a", "b"], Enumerable.Range(0, 3).Select(aligned.Items.Ids.Text));
        Assert.Equal([1, 2, 0], aligned.SourceRows);
    }

    [Fact]
    public void Attributes_find_their_items_by_id()
    {
        _folder.Write("dataset.json", Description);
        string attributes = _folder.Write("attributes.csv", "label,id,kind,name\n5,20,x,Twenty\n6,99,y,Other\n7,10,z,Ten\n");
        var aligned = Read(new AttributeSource { Count = 3, Ids = ["30", "20", "10"], Attributes = attributes });
        Assert.Equal([7, 5, OrderedKey.Missing], aligned.Items.Columns[0].Keys.ToArray());
        Assert.Equal(["x", "z"], aligned.Items.Columns[1].Vocabulary!.Values);
        Assert.Equal(["Ten", "Twenty", ""], aligned.Items.Titles!);
        Assert.Equal([2, 1, 0], aligned.SourceRows);
        Assert.Equal(["1 of 3 rows of attributes.csv have an unknown id and were not used"], _progress.Notes);
    }

    [Fact]
    public void The_description_may_be_elsewhere_and_may_name_the_file_itself()
    {
        _folder.Write("items.jsonl", """{"id": 1, "label": 4, "kind": "k", "name": "n"}""");
        string description = _folder.Write("other.json", Description.With("\"id\": \"id\"", "\"file\": \"items.jsonl\", \"id\": \"id\""));
        var aligned = Read(new AttributeSource { Count = 2, Description = description });
        Assert.Equal([OrderedKey.Missing, 4], aligned.Items.Columns[0].Keys.ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_an_error()
    {
        string attributes = _folder.Write("attributes.csv", "label,id,kind,name\n5,20,x,Twenty\n5,20,x,Again\n");
        var source = new AttributeSource { Count = 1, Ids = ["20"], Attributes = attributes };
        TestText.Fails<DatasetException>("attributes need a dataset.json", () => Read(source));
        _folder.Write("dataset.json", Description);
        TestText.Fails<DatasetException>("attributes.csv:3: a second row for the same id", () => Read(source));
        TestText.Fails<DatasetException>("no row has an id that is known", () => Read(source with { Ids = ["x"] }));
        TestText.Fails<ArgumentException>("There are 1 ids for 2 vectors.", () => Read(source with { Count = 2 }));
        TestText.Fails<ArgumentException>("The id 'a' comes twice.", () => Read(new AttributeSource { Count = 2, Ids = ["a", "a"] }));
    }

    [Fact]
    public void The_sift_attributes_are_read()
    {
        string attributes = SharedData.Need("sift-flowers", "attributes.csv.gz");
        _folder.Write("dataset.json", """
            { "items": { "id": "id", "features": {
              "label": { "type": "integer" }, "octave": { "type": "integer" }, "response": { "type": "number" } } } }
            """);
        var aligned = Read(new AttributeSource { Count = 400_000, Attributes = attributes, Description = _folder.Path });
        Assert.Equal(209_065, aligned.Items.Columns[0].Keys.Count(1));
        Assert.Equal(52_101, aligned.Items.Columns[1].Keys.ToArray().Count(k => k >= 1));
        Assert.Equal(400, aligned.Items.Columns[2].Keys.ToArray().Count(k => OrderedKey.ToNumber(k) >= 0.1121255));
        Assert.Empty(_progress.Notes);
    }
}
