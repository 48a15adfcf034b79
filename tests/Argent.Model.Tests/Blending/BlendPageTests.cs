using System.Globalization;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Blending;

public sealed class BlendPageTests : IDisposable
{
    static readonly MarkdownPage _page = MarkdownPage.Open("blending.md");

    readonly Scratch _scratch = new();

    [Fact]
    public void Every_example_gives_the_list_beside_it()
    {
        var books = _page.Rows("book", "value", "genre", "author");
        var forward = Forward(books);
        int[] slots = [.. Enumerable.Range(0, books.Count)];
        foreach (string[] row in _page.Rows("blend", "list"))
        {
            var program = Compiler(forward.Schema).Compile(BlendConfig.Parse(row[0]));
            float[] quality = [.. books.Select(b => float.Parse(b[1], CultureInfo.InvariantCulture))];
            BlendInputs.Qualities(program.Config.Quality, quality);
            var args = new ComposeArgs
            {
                Quality = Tensor.From<float>(quality),
                Classes = BlendInputs.Classes(program, forward.Values, slots, _scratch),
                Conditions = BlendInputs.Conditions(program, forward.Values, slots, _scratch),
                Plan = program.Plan,
                Positions = Tensor.Zeros<int>(new Shape(slots.Length)),
                Reasons = Tensor.Zeros<int>(new Shape(slots.Length)),
            };
            int count = ListComposer.Compose(in args, _scratch);
            string list = string.Join(' ', args.Positions.ToArray()[..count].Select(i => books[i][0]));
            Assert.True(list == row[1], $"{row[0]} gives {list}, not {row[1]}");
        }
    }

    [Fact]
    public void The_configuration_on_the_page_is_one()
    {
        var config = BlendConfig.Parse(_page.Block("json"));
        Assert.Equal(
            "diversity (ssd), spacing of genre, old books, at most 1 per author in 5, something new", config.ToString());
        var program = Compiler(Forward(_page.Rows("book", "value", "genre", "author")).Schema).Compile(config);
        Assert.Equal((4, 2, true), (program.Classes.Count, program.Conditions.Count, program.NeedsVectors));
    }

    public void Dispose() => _scratch.Dispose();

    static BlendCompiler Compiler(FeatureSchema schema) => new(schema, new FilterCompiler(schema, null));

    static ForwardIndex Forward(List<string[]> books)
    {
        var rows = Tensor.From<int>([.. Enumerable.Range(0, books.Count)]);
        FeatureColumn[] columns =
        [
            Texts("genre", books, 2),
            Texts("author", books, 3),
            FeatureColumn.Ordered(new FeatureSpec("year", FeatureType.Integer), new long[books.Count]),
        ];
        var schema = new FeatureSchema([.. columns.Select(c => c.Spec)], [.. columns.Select(c => c.Vocabulary)]);
        return new ForwardIndex(schema, new ForwardValues([.. columns.Select(c => ForwardEncoder.Encode(c, rows))]));
    }

    static FeatureColumn Texts(string name, List<string[]> books, int cell)
    {
        string[][] values = [.. books.Select(b => b[cell].Split(", "))];
        var vocabulary = new Vocabulary(values.SelectMany(v => v).Distinct());
        var start = new List<int> { 0 };
        var ids = new List<int>();
        foreach (string[] own in values)
        {
            ids.AddRange(own.Select(vocabulary.Find).Order());
            start.Add(ids.Count);
        }
        return FeatureColumn.Categorical(new FeatureSpec(name, FeatureType.Categories), vocabulary, [.. start], [.. ids]);
    }
}
