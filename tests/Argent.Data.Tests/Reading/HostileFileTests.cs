using System.Text;

namespace Argent.Data.Tests;

public sealed class HostileFileTests
{
    static string[] Titles(SmallDataset files, double maxBadRows = 0) => files.Read(maxBadRows).Items.Titles!;

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Quotes_delimiters_and_line_breaks_inside_fields_are_text(string newLine)
    {
        string items = "id,title,genre,year\n1,\"a \"\"b\"\", c\",x,1\n2,\"two\nlines\",\"y\",2\n3,5\" disk,z,3\n4,\"\",,\n5,,,";
        using var files = new SmallDataset(items: items.With("\n", newLine));
        Assert.Equal(["a \"b\", c", $"two{newLine}lines", "5\" disk", "", ""], Titles(files));
    }

    [Fact]
    public void A_byte_order_mark_blank_lines_and_spaces_are_no_data()
    {
        using var files = new SmallDataset(items: "\uFEFF id , title,genre,year\n\n1, One ,a,1\n\n\n2,Two,b | b | ,2\n3,c,,\n\n");
        var data = files.Read();
        Assert.Equal(["One", "Two", "c"], data.Items.Titles!);
        Assert.Single(data.Items.Columns[0].Ids(1).ToArray());
    }

    [Fact]
    public void Utf_16_with_a_mark_is_read_and_latin_1_is_a_bad_row()
    {
        using var files = new SmallDataset();
        string items = SmallDataset.Items.With("One", "Ön");
        files.Folder.Write("items.csv", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(items)]);
        Assert.Equal(["Ön", "Two", "Three"], Titles(files));
        files.Folder.Write("items.csv", Encoding.Latin1.GetBytes(items));
        Assert.Contains("items.csv:2: the row is not UTF-8 text", files.FailText(), StringComparison.Ordinal);
        files.Write("events.csv", "user,item\nx,2\n");
        Assert.Equal(["Two", "Three"], Titles(files, maxBadRows: 0.4));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("\uFEFF")]
    public void An_empty_file_is_an_error(string items)
    {
        using var files = new SmallDataset(items: items);
        Assert.Equal("items.csv: is empty: a row with the names of the columns is expected.", files.FailText());
    }

    [Fact]
    public void A_quote_that_never_closes_is_an_error_at_any_share_of_bad_rows()
    {
        using var files = new SmallDataset(items: "id,title,genre,year\n1,One,a,1\n2,\"Two,b,2\n3,Three,c,3\n4,Four,d,4\n");
        Assert.Equal("items.csv:3: a quoted field begins here and never ends.", files.FailText(maxBadRows: 0.9));
    }

    [Fact]
    public void A_quote_that_closes_in_a_later_row_is_one_bad_row()
    {
        using var files = new SmallDataset(
            items: "id,title,genre,year\n1,One,a,1\n2,\"Two,b,2\n3,\"Three\",c,3\n4,Four,d,4\n", events: "user,item\nx,1\nx,4\n");
        Assert.Equal(["One", "Four"], Titles(files, maxBadRows: 0.4));
        Assert.Contains("items.csv:3: a quoted field goes on over a line break", files.Progress.Notes.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_line_of_a_bad_row_counts_the_lines_inside_fields()
    {
        using var files = new SmallDataset(items: "id,title,genre,year\n1,\"a\nb\nc\",a,1\n2,\"d\ne\",a,many\n3,x,a,9\n");
        Assert.Contains("items.csv:5: 'many' in column 'year' is not a whole number", files.FailText(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_row_leaves_nothing_behind()
    {
        using var files = new SmallDataset(
            items: "id,title,genre,year\n1,One,rare,soon\n2,Two,b,2\n1,Again,c,3\n", events: "user,item\nx,1\n");
        var data = files.Read(maxBadRows: 0.34);
        Assert.Equal(["Again", "Two"], data.Items.Titles!);
        Assert.Equal(["b", "c"], data.Items.Columns[0].Vocabulary!.Values);
    }

    [Fact]
    public void Gzip_is_told_by_its_bytes_and_a_cut_or_changed_file_is_an_error()
    {
        using var files = new SmallDataset();
        string many = "user,item,rating\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"u{i * 7919 % 3001},{1 + i % 3},5\n"));
        files.Folder.WriteGzip("events.csv", many);
        Assert.Equal(3001, files.Read().UserIds.Count);

        byte[] whole = File.ReadAllBytes(files["events.csv"]);
        foreach (int length in new[] { 2, 10, 17, 18, whole.Length / 2, whole.Length - 8, whole.Length - 1 })
        {
            files.Folder.Write("events.csv", whole[..length]);
            Assert.Contains("events.csv: is damaged", files.FailText(0.5), StringComparison.Ordinal);
        }
        byte[] changed = [.. whole];
        changed[whole.Length / 2] ^= 0x10;
        files.Folder.Write("events.csv", changed);
        // Either the rows or the checksum give it away.
        Assert.NotEmpty(files.FailText());
        files.Folder.Write("events.csv", [.. whole, .. whole[..0]]);
        Assert.Equal(3001, files.Read().UserIds.Count);
    }

    [Fact]
    public void Gzip_files_put_together_from_several_are_read_whole()
    {
        using var files = new SmallDataset();
        files.Folder.WriteGzip("one.gz", "user,item,rating\nx,1,5\n");
        files.Folder.WriteGzip("two.gz", "y,2,5\n");
        files.Folder.Write("events.csv", [.. File.ReadAllBytes(files["one.gz"]), .. File.ReadAllBytes(files["two.gz"])]);
        Assert.Equal(["x", "y"], files.Read().UserIds);
    }

    [Theory]
    [InlineData("::", "\"Weird\" 1, 2; it's")]
    [InlineData("\t", "a, b; c")]
    [InlineData("|", "a:b")]
    [InlineData(";", "a, b")]
    public void Any_delimiter_separates_and_files_may_have_no_header(string delimiter, string title)
    {
        string json = delimiter.With("\t", "\\t");
        using var files = new SmallDataset(
            items: string.Join(delimiter, "7", title, "x") + "\n" + string.Join(delimiter, "8", "", "y") + "\n",
            description: $$"""
                { "items": { "file": "items.csv", "columns": ["n", "t", "g"], "delimiter": "{{json}}", "id": "n", "title": "t",
                  "features": { "g": { "type": "category" } } } }
                """);
        var data = files.Read();
        Assert.Equal([title, ""], data.Items.Titles!);
        Assert.Equal(["x", "y"], data.Items.Columns[0].Vocabulary!.Values);
    }

    [Fact]
    public void Json_lines_are_read_like_columns()
    {
        using var files = new SmallDataset(description: SmallDataset.Plain.With("items.csv", "items.jsonl"));
        files.Write("items.jsonl", """
            {"id": 2, "title": "Zwei", "genre": ["a|b", " c ", null], "year": 2002.0, "more": {"x": 1}}

            {"id": "1", "title": null, "genre": "x|y", "year": "1999"}
            {"id": 3, "title": "Drei", "genre": [], "extra": true}
            """);
        var data = files.Read();
        Assert.Equal(["", "Zwei", "Drei"], data.Items.Titles!);
        Assert.Equal(["a|b", "c", "x", "y"], data.Items.Columns[0].Vocabulary!.Values);
        Assert.Equal([1999, 2002, long.MinValue], data.Items.Columns[1].Keys.ToArray());
    }

    [Theory]
    [InlineData("""{"id": 1, "title": "a", "genre": "g", "year": [1]}""", "the property 'year' is a list where one value is expected")]
    [InlineData("""{"id": {"x": 1}, "title": "a", "genre": "g", "year": 1}""", "the line holds an object or a list inside a list")]
    [InlineData("""{"id": 1, "title": "\ud800", "genre": "g", "year": 1}""", "the line holds a text that is not valid Unicode")]
    [InlineData("""{"id": 1, "title": "a" """, "the line is not valid JSON")]
    [InlineData("[1, 2]", "the line is not a JSON object")]
    [InlineData("""{"title": "a", "genre": "g", "year": 1}""", "the id is empty")]
    public void Bad_lines_of_json_are_reported(string line, string why)
    {
        using var files = new SmallDataset(description: SmallDataset.Plain.With("items.csv", "items.ndjson"));
        files.Write("items.ndjson", """{"id": 2, "title": "b", "genre": "h", "year": 2}""" + "\n\n" + line + "\n");
        Assert.Contains("items.ndjson:3: " + why, files.FailText(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_property_that_no_line_has_is_an_error()
    {
        using var files = new SmallDataset(description: SmallDataset.Plain.With("items.csv", "items.jsonl"));
        files.Write("items.jsonl", """{"id": 2, "titel": "b", "genre": "h", "year": 2}""");
        Assert.Equal(
            "items.jsonl: has no property 'title' in any line. Did you mean 'titel'? Its properties are genre, id, titel, year.",
            files.FailText());
    }

    [Theory]
    [InlineData("2008", 2008)]
    [InlineData("2008.0", 2008)]
    [InlineData("-1750.00", -1750)]
    [InlineData("1e3", 1000)]
    [InlineData("9007199254740993", 9007199254740993)]
    public void Integers_may_be_written_as_floats(string cell, long value) => Assert.Equal(value, CellParser.Integer(cell, "c"));

    [Theory]
    [InlineData("2008.5")]
    [InlineData("1e300")]
    [InlineData("NaN")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    [InlineData("-9223372036854775808")]
    public void What_is_no_integer_is_a_bad_row(string cell) =>
        Assert.Throws<BadRowException>(() => CellParser.Integer(cell, "c"));

    [Theory]
    [InlineData("2011-11-01", 1320105600)]
    [InlineData("2011-11", 1320105600)]
    [InlineData("2011-11-01T00:00:00Z", 1320105600)]
    [InlineData("2011-11-01T01:00:00+01:00", 1320105600)]
    [InlineData("2011-11-01 00:00", 1320105600)]
    [InlineData("2011-11-01T00:00:00.999", 1320105600)]
    [InlineData("1320105600", 1320105600)]
    [InlineData("1320105600.7", 1320105600)]
    [InlineData("-1", -1)]
    [InlineData("1969-12-31T23:59:59Z", -1)]
    public void Moments_are_unix_seconds_or_iso_8601(string cell, long seconds) => Assert.Equal(seconds, CellParser.Date(cell, "c"));

    [Theory]
    [InlineData("01/02/2003")]
    [InlineData("2011-13-01")]
    [InlineData("yesterday")]
    [InlineData("1e20")]
    public void Other_dates_are_bad_rows(string cell) => Assert.Throws<BadRowException>(() => CellParser.Date(cell, "c"));
}
