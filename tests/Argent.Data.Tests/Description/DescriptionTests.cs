namespace Argent.Data.Tests;

public sealed class DescriptionTests
{
    const string Items = "\"items\": { \"file\": \"items.csv\", \"id\": \"id\" }";
    const string Event = "{ \"file\": \"events.csv\", \"user\": \"user\", \"item\": \"item\", \"task\": \"save\" }";

    static string Feature(string body) => $$"""{ "items": { "file": "items.csv", "id": "id", "features": { "genre": {{{body}}} } } }""";

    static string Split(string body) => $$"""{ {{Items}}, "events": [ {{Event}} ], "split": {{{body}}} }""";

    public static TheoryData<string, string> Wrong => new()
    {
        {
            """{ "itmes": {} }""",
            "the description has the unknown key 'itmes'. " +
            "Did you mean 'items'? Known keys are name, root, items, users, events, split."
        },
        { "{ }", "the description needs the key 'items'." },
        { "[]", "the description must be an object, in braces." },
        {
            $$"""{ "name": "a/b", {{Items}} }""",
            "the name 'a/b' must be 1 to 64 letters, digits, '-', '_' or '.', and begin with a letter or digit."
        },
        {
            $$"""{ "name": ".", {{Items}} }""",
            "the name '.' must be 1 to 64 letters, digits, '-', '_' or '.', and begin with a letter or digit."
        },
        {
            """{ "items": { "file": "items.csv", "idd": "id" } }""",
            "items has the unknown key 'idd'. " +
            "Did you mean 'id'? Known keys are file, columns, delimiter, id, features, title."
        },
        { """{ "items": { "file": "items.csv" } }""", "items needs the key 'id'." },
        { """{ "items": { "file": 3, "id": "id" } }""", "'file' of items must be a text, in quotes." },
        { """{ "items": { "file": "", "id": "id" } }""", "'file' of items is empty." },
        {
            """{ "items": { "file": "i", "id": "id", "columns": "a" } }""",
            "'columns' of items must be a list of texts."
        },
        {
            """{ "items": { "file": "i", "id": "id", "columns": ["a", "a"] } }""",
            "'columns' of items names 'a' twice."
        },
        {
            """{ "items": { "file": "i", "id": "id", "delimiter": "\"" } }""",
            "'delimiter' of items cannot be a quote or a line break."
        },
        {
            Feature("\"tpye\": \"category\""),
            "items.features.genre has the unknown key 'tpye'. " +
            "Did you mean 'type'? Known keys are column, type, map, missing, separator, file, key, columns, delimiter."
        },
        { Feature(""), "items.features.genre needs the key 'type'." },
        {
            Feature("\"type\": \"catgory\""),
            "'type' of items.features.genre is 'catgory'. " +
            "Did you mean 'category'? It can be category, categories, integer, number, date, text."
        },
        {
            Feature("\"type\": \"category\", \"separator\": \",\""),
            "'separator' of items.features.genre needs the type categories."
        },
        {
            Feature("\"type\": \"category\", \"file\": \"g.csv\""),
            "items.features.genre needs both 'file' and 'key', or neither."
        },
        {
            Feature("\"type\": \"category\", \"delimiter\": \";\""),
            "'columns' and 'delimiter' of items.features.genre need a 'file'."
        },
        {
            Feature("\"type\": \"category\", \"map\": { \"a\": true }"),
            "'map' of items.features.genre must map 'a' to a text, a number or null."
        },
        {
            Feature("\"type\": \"integer\", \"missing\": \"none\""),
            "'missing' of the feature 'genre' is 'none', which is no Integer."
        },
        {
            """{ "items": { "id": "id", "features": { "a b": { "type": "text" } } } }""",
            "the feature name 'a b' must be letters, digits and '_', and not begin with a digit."
        },
        { $$"""{ {{Items}}, "events": {} }""", "'events' must be a list, in brackets." },
        { $$"""{ {{Items}}, "events": [ {} ] }""", "events[0] needs the key 'task'." },
        {
            $$"""{ {{Items}}, "events": [ {{Event.With("}", ", \"where\": \"a >\" }")}} ] }""",
            "'where' of events[0]: the condition ends where a number, or a text in single quotes is expected."
        },
        {
            $$"""{ {{Items}}, "events": [ {{Event}}, {{Event.With("}", ", \"duplicates\": \"keep-all\" }")}} ] }""",
            "the files of the task 'save' must agree on 'duplicates' and on having a 'time'."
        },
        {
            Split("\"task\": \"saev\""),
            "split names the task 'saev', which no event has. Did you mean 'save'? Tasks are save."
        },
        {
            Split("\"task\": \"save\", \"kind\": \"temporal\", \"after\": 5"),
            "a split by time needs 'time' in the events of the task 'save'."
        },
        {
            Split("\"task\": \"save\", \"kind\": \"randum\""),
            "'kind' of split is 'randum'. Did you mean 'random'? It can be random, temporal, leave-last-out."
        },
        { Split("\"task\": \"save\", \"also\": [\"save\"]"), "split names a task twice." },
        {
            Split("\"task\": \"save\", \"also\": [\"saves\"]"),
            "split names the task 'saves', which no event has. Did you mean 'save'? Tasks are save."
        },
        { Split("\"task\": \"save\", \"also\": \"like\""), "'also' of split must be a list of texts." },
        { Split("\"task\": \"save\", \"holdout\": 1"), "'holdout' of split must be between 0 and 1." },
        { Split("\"task\": \"save\", \"seed\": -1"), "'seed' of split must be a whole number of 0 or more." },
        { Split("\"task\": \"save\", \"after\": \"2020-01-01\""), "'after' of split needs the kind temporal." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_is_said(string description, string message)
    {
        using var files = new SmallDataset(description: description);
        Assert.Equal("dataset.json: " + message, files.FailText());
    }

    [Fact]
    public void Json_that_is_none_is_an_error_with_the_line()
    {
        using var files = new SmallDataset(description: "{\n  \"name\": \"x\",\n  oops\n}");
        Assert.Equal(3, files.Fail().Line);
        files.Write("dataset.json", "{ \"name\": \"x\", \"name\": \"y\" }");
        Assert.Contains("is not valid JSON", files.FailText(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_has_defaults()
    {
        using var files = new SmallDataset(description: Split("\"task\": \"save\""));
        Assert.Equal(new SplitSpec("save", SplitKind.Random, 0.2, 5, 0, 0), files.Read().Split);
        files.Write("dataset.json", $$"""
            { {{Items}}, "events": [ { "file": "events.csv", "user": "user", "item": "item", "task": "save", "time": "rating" } ],
              "split": { "task": "save", "kind": "temporal", "after": "2011-11-01", "minEvents": 0 } }
            """);
        Assert.Equal(new SplitSpec("save", SplitKind.Temporal, 0.2, 0, 0, 1320105600), files.Read().Split);
    }

    [Fact]
    public void Without_a_name_the_folder_names_the_data_set()
    {
        using var files = new SmallDataset(description: $$"""{ {{Items}} }""");
        Assert.Equal(Path.GetFileName(files.Path), files.Read().Name);
    }

    [Fact]
    public void A_root_may_name_an_environment_variable_with_a_text_for_its_absence()
    {
        string? variable(string name) => name switch { "SET" => "/data", "EMPTY" => "", "RELATIVE" => "here", _ => null };
        string expand(string root) => RootExpansion.Expand(root, "/base/folder", variable);
        Assert.Equal("/data/books", expand("${SET}/books"));
        Assert.Equal("/data/books", expand("${SET:-x}/books"));
        Assert.Equal("/base/data/books", expand("${EMPTY:-../data}/books"));
        Assert.Equal("/base/folder/x", expand("${NONE:-}x"));
        Assert.Equal("/base/folder/a/data", expand("a${SET}"));
        Assert.Equal(Path.GetFullPath("here/books"), expand("${RELATIVE}/books"));
        Assert.Equal("/base/plain", expand("../plain"));
        TestText.Fails<FormatException>("NONE, which is not set", () => expand("${NONE}/x"));
        Assert.Throws<FormatException>(() => expand("${SET/x"));
    }

    [Theory]
    [InlineData("books", "goodbooks")]
    [InlineData("movies", "movietweetings")]
    public void The_samples_describe_the_shared_data(string sample, string folder)
    {
        string data = SharedData.Need(folder);
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string file = Path.Combine(at.FullName, "samples", sample, "dataset.json");
            if (!File.Exists(file)) continue;
            var description = DescriptionReader.Read(File.ReadAllBytes(file), file, rootInstead: data);
            Assert.Equal(sample, description.Name);
            Assert.All(DatasetReader.Files(description), f => Assert.True(File.Exists(f), f));
            Assert.Equal(description.Content, DatasetReader.Describe(data).Content);
            return;
        }
        Assert.Fail("There is no samples folder above the tests.");
    }

    [Fact]
    public void The_description_in_the_documentation_is_read()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string page = Path.Combine(at.FullName, "docs", "datasets.md");
            if (!File.Exists(page)) continue;
            string json = File.ReadAllText(page).Split("```json\n")[1].Split("```")[0];
            var description = DescriptionReader.Read(System.Text.Encoding.UTF8.GetBytes(json), "datasets.md", "/data");
            Assert.Equal("books", description.Name);
            Assert.Equal(["save", "like"], description.Events.Select(e => e.Task));
            return;
        }
        Assert.Fail("There is no docs folder above the tests.");
    }
}
