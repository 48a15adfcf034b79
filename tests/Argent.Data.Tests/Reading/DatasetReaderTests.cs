using Argent.Model;

namespace Argent.Data.Tests;

public sealed class DatasetReaderTests
{
    static string[] Values(Dataset data, string feature, int row)
    {
        var column = data.Items.Columns[data.Items.Schema.Find(feature)];
        return [.. column.Ids(row).ToArray().Select(i => column.Vocabulary![i])];
    }

    static (string, string)[] Pairs(Dataset data, int task = 0) =>
    [
        .. Enumerable.Range(0, data.UserIds.Count).SelectMany(
            u => data.Events[task].Of(u).ToArray().Select(r => (data.UserIds[u], data.Items.Ids.Text(r)))),
    ];

    [Fact]
    public void A_small_folder_reads_whole()
    {
        using var files = new SmallDataset();
        var data = files.Read();
        Assert.Equal("small", data.Name);
        Assert.Equal(["One", "Two", "Three"], data.Items.Titles!);
        Assert.Equal(["a", "b"], Values(data, "genre", 0));
        Assert.Empty(Values(data, "genre", 2));
        Assert.Equal([2001, 2002, OrderedKey.Missing], data.Items.Columns[1].Keys.ToArray());
        Assert.Equal(["x", "y"], data.UserIds);
        Assert.Equal([("x", "1"), ("y", "2"), ("y", "3")], Pairs(data));
        Assert.Null(data.Split);
        Assert.Empty(files.Progress.Notes);
        Assert.Equal(["read items.csv: 3 rows", "read events.csv: 3 rows"], files.Progress.Steps);
    }

    [Fact]
    public void Rows_are_in_ascending_id_order_whatever_the_order_of_the_file()
    {
        using var files = new SmallDataset(
            items: "id,title,genre,year\n10,Ten,x,10\n-2,Minus,y,-2\n9,Nine,z,9\n", events: "user,item\n10,9\n9,10\n2,-2\n");
        var data = files.Read();
        Assert.False(data.Items.Ids.IsText);
        Assert.Equal(["-2", "9", "10"], Enumerable.Range(0, 3).Select(data.Items.Ids.Text));
        Assert.Equal(["Minus", "Nine", "Ten"], data.Items.Titles!);
        Assert.Equal([-2L, 9, 10], data.Items.Columns[1].Keys.ToArray());
        Assert.Equal(["y"], Values(data, "genre", 0));
        Assert.Equal(["2", "9", "10"], data.UserIds);
        Assert.Equal([("2", "-2"), ("9", "10"), ("10", "9")], Pairs(data));
    }

    [Theory]
    [InlineData("007")]
    [InlineData("+7")]
    [InlineData("7.0")]
    [InlineData("-0")]
    [InlineData("9223372036854775808")]
    [InlineData("é")]
    public void One_id_that_is_no_plain_integer_makes_all_ids_texts(string id)
    {
        using var files = new SmallDataset(items: $"id,title,genre,year\n1,a,,\n{id},b,,\n30,c,,\n", events: $"user,item\nu,{id}\n");
        var data = files.Read();
        Assert.True(data.Items.Ids.IsText);
        Assert.Equal(id, Pairs(data).Single().Item2);
    }

    [Fact]
    public void Text_ids_are_in_the_order_of_their_bytes()
    {
        // A code point beyond 16 bits is below U+FFFD as UTF-16 and above it as UTF-8.
        string[] ids = ["\U0001F600", "\uFFFD", "Z", "a", "ä", "aa"];
        using var files = new SmallDataset(
            items: "id,title,genre,year\n" + string.Concat(ids.Select(i => $"{i},t,,\n")), events: "user,item\nu,a\n");
        var data = files.Read();
        Assert.Equal(["Z", "a", "aa", "ä", "\uFFFD", "\U0001F600"], Enumerable.Range(0, 6).Select(data.Items.Ids.Text));
        foreach (string id in ids) Assert.Equal(id, data.Items.Ids.Text(data.Items.Ids.Find(id)));
    }

    [Fact]
    public void Integer_ids_are_found_in_other_spellings()
    {
        using var files = new SmallDataset(events: "user,item\nu,1.0\nu, 002 \n");
        Assert.Equal([("u", "1"), ("u", "2")], Pairs(files.Read()));
    }

    [Fact]
    public void A_repeated_item_id_is_an_error_that_names_both_lines()
    {
        using var files = new SmallDataset(items: SmallDataset.Items + "2,Again,a,1\n");
        Assert.Equal("items.csv:5: the id '2' was there already, in line 3.", files.FailText());
    }

    [Fact]
    public void Items_without_rows_are_an_error()
    {
        using var files = new SmallDataset(items: "id,title,genre,year\n");
        Assert.Equal("items.csv: has no rows.", files.FailText());
    }

    [Fact]
    public void Side_files_are_joined_by_key_and_may_have_a_row_per_value()
    {
        using var files = new SmallDataset(description: """
            {
              "items": {
                "file": "items.csv", "id": "id",
                "features": {
                  "tag": { "file": "tags.csv", "key": "item", "column": "tag", "type": "categories" },
                  "price": { "file": "prices.csv", "key": "item", "type": "number", "missing": -1 }
                }
              }
            }
            """);
        files.Write("tags.csv", "item,tag\n3,\"x,y\"\n1,z\n3,z\n3,x\n77,q\n");
        files.Write("prices.csv", "item,price\n2,1e3\n");
        var data = files.Read();
        Assert.Equal(["z"], Values(data, "tag", 0));
        Assert.Empty(Values(data, "tag", 1));
        Assert.Equal(["x", "y", "z"], Values(data, "tag", 2));
        Assert.Equal(-1, data.Items.Columns[0].Vocabulary!.Find("q"));
        Assert.Equal([-1.0, 1000, -1], data.Items.Columns[1].Keys.ToArray().Select(OrderedKey.ToNumber));
        Assert.Equal(["1 of 5 rows of tags.csv have an unknown id and were not used"], files.Progress.Notes);
        Assert.Empty(data.Events);
        Assert.Empty(data.UserIds);
    }

    [Fact]
    public void A_second_value_of_a_single_valued_side_feature_is_a_bad_row()
    {
        using var files = new SmallDataset(description: """
            { "items": { "file": "items.csv", "id": "id",
              "features": { "price": { "file": "prices.csv", "key": "item", "type": "number" } } } }
            """);
        files.Write("prices.csv", "item,price\n2,1\n2,1\n");
        Assert.Contains("prices.csv:3: a second value of 'price' for the same id", files.FailText(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_side_file_that_matches_no_item_is_an_error()
    {
        using var files = new SmallDataset(description: """
            { "items": { "file": "items.csv", "id": "id",
              "features": { "price": { "file": "prices.csv", "key": "item", "type": "number" } } } }
            """);
        files.Write("prices.csv", "item,price\n20,1\n21,1\n");
        Assert.Equal("prices.csv: no row has an id that is known: is the id's column the right one?", files.FailText());
    }

    [Fact]
    public void Maps_and_missing_values_are_applied()
    {
        using var files = new SmallDataset(
            items: "id,language,when\n1,en-US,2020-01-01\n2,,\n3,??,1970-01-01T00:00:05Z\n4, eng ,86400\n",
            description: """
                { "items": { "file": "items.csv", "id": "id", "features": {
                  "language": { "type": "category", "map": { "en-US": "eng", "??": null }, "missing": "unknown" },
                  "when": { "type": "date", "missing": "2000-01-01" },
                  "raw": { "column": "language", "type": "text" } } } }
                """);
        var data = files.Read();
        Assert.Equal(["eng", "unknown"], data.Items.Columns[0].Vocabulary!.Values);
        Assert.Equal(["eng", "unknown", "unknown", "eng"], Enumerable.Range(0, 4).Select(r => Values(data, "language", r).Single()));
        Assert.Equal([1577836800L, 946684800, 5, 86400], data.Items.Columns[1].Keys.ToArray());
        Assert.Empty(Values(data, "raw", 1));
        Assert.Equal(["??"], Values(data, "raw", 2));
    }

    [Fact]
    public void User_features_are_aligned_with_users_and_missing_for_those_without_a_row()
    {
        using var files = new SmallDataset(description: """
            {
              "items": { "file": "items.csv", "id": "id" },
              "users": { "file": "users.csv", "id": "user", "features": { "country": { "type": "category" } } },
              "events": [ { "file": "events.csv", "user": "user", "item": "item", "task": "save" } ]
            }
            """);
        files.Write("users.csv", "user,country\nz,DE\ny,FR\n");
        var data = files.Read();
        Assert.Equal(["x", "y", "z"], data.UserIds);
        var country = data.UserColumns.Single();
        Assert.Equal(["", "FR", "DE"], Enumerable.Range(0, 3).Select(
            u => country.Ids(u).Length == 0 ? "" : country.Vocabulary![country.Ids(u)[0]]));
        Assert.Equal([0, 1, 3, 3], data.Events[0].Start);
    }

    [Fact]
    public void The_content_hash_follows_the_bytes_and_not_the_folder()
    {
        using SmallDataset one = new(), two = new(), three = new(events: SmallDataset.Events + "z,1,1\n");
        Assert.Equal(one.Read().ContentHash, two.Read().ContentHash);
        Assert.NotEqual(one.Read().ContentHash, three.Read().ContentHash);
        Assert.Matches("^[0-9a-f]{64}$", one.Read().ContentHash);
        // The same bytes differently divided between files are other data.
        one.Write("dataset.json", SmallDataset.Plain + " ");
        Assert.NotEqual(one.Read().ContentHash, two.Read().ContentHash);
    }

    [Fact]
    public void Missing_files_and_columns_are_named_with_the_nearest_name()
    {
        using var files = new SmallDataset(description: SmallDataset.Plain.With("items.csv", "itmes.csv"));
        Assert.Equal("itmes.csv: does not exist. Did you mean 'items.csv'?", files.FailText());
        files.Write("dataset.json", SmallDataset.Plain.With("\"id\": \"id\"", "\"id\": \"ids\""));
        var error = files.Fail();
        Assert.EndsWith(
            "has no column 'ids'. Did you mean 'id'? Its columns are id, title, genre, year.", error.Message, StringComparison.Ordinal);
        Assert.Equal("ids", error.Column);
        Assert.Equal(files["items.csv"], error.File);
        files.Write("dataset.json", SmallDataset.Plain);
        files.Write("items.csv", "id,title,genre,year,id\n");
        Assert.Equal("items.csv: has two columns 'id'.", files.FailText());
    }

    [Fact]
    public void Paths_that_hold_no_data_set_are_errors()
    {
        using var folder = new TemporaryFolder();
        var read = (string path) => Assert.Throws<DatasetException>(() => DatasetReader.Read(path, new(), Progress.None)).Message;
        Assert.EndsWith("there is no such file or folder.", read(folder["nowhere"]), StringComparison.Ordinal);
        Assert.Contains("the folder has no dataset.json", read(folder.Path), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => DatasetReader.Read(folder.Path, new DatasetOptions { MaxBadRows = 2 }, Progress.None));
        folder.Write("dataset.json", """{ "root": "no/where", "items": { "file": "i.csv", "id": "id" } }""");
        Assert.Contains("is no folder. Mend 'root'", read(folder.Path), StringComparison.Ordinal);
        folder.Write("dataset.json", """{ "items": { "id": "id" } }""");
        Assert.EndsWith("'items' needs the key 'file'.", read(folder.Path), StringComparison.Ordinal);
    }
}
