using System.Globalization;
using Argent.Tensors;

namespace Argent.Model.Tests.Filter;

public sealed class FilterPageTests
{
    static readonly MarkdownPage _page = MarkdownPage.Open("filter-language.md");

    [Fact]
    public void Every_example_returns_the_books_that_the_page_names()
    {
        var books = Books();
        var oracle = new FilterOracle(books);
        foreach (string[] row in _page.Rows("filter", "books"))
        {
            var filter = FilterLanguage.Parse(row[0]);
            _ = new FilterCompiler(books.Schema, null).Compile(filter);
            bool[] matches = oracle.Matches(filter);
            var ids = Enumerable.Range(0, books.Count).Where(r => matches[r]).Select(books.Ids.Text);
            Assert.True(string.Join(' ', ids) == row[1], $"{row[0]} matches {string.Join(' ', ids)}, not {row[1]}");
        }
    }

    [Fact]
    public void Every_json_example_is_the_filter_beside_it()
    {
        foreach (string[] row in _page.Rows("JSON", "the same as")) Assert.Equal(row[1], FilterLanguage.Parse(row[0]).ToString());
    }

    [Fact]
    public void Every_error_is_the_one_on_the_page()
    {
        var compiler = new FilterCompiler(Books().Schema, null);
        foreach (string[] row in _page.Rows("filter", "error"))
        {
            Assert.Equal(row[1], Assert.Throws<FilterException>(() => compiler.Compile(FilterLanguage.Parse(row[0]))).Message);
        }
    }

    [Fact]
    public void Every_example_over_raw_numbers_returns_the_rows_that_the_page_names()
    {
        var table = new IdTable(Tensor.From(1, 2), Tensor.From<long>(0, 1, 3, 5, 6, 7, 8, 9, 11),
            Tensor.From<long>(100, 200, 201, 100, 101, 200, 102, 202, 100, 200, 203));
        foreach (string[] row in _page.Rows("filter", "rows"))
        {
            Assert.Equal(row[1], string.Join(' ', Assert.Single(table.Search([IdFilter.Parse(row[0])]))));
        }
    }

    static Catalogue Books()
    {
        var rows = _page.Rows("book", "language", "genre");
        return new Catalogue(ItemIds.FromSorted([.. rows.Select(r => long.Parse(r[0], CultureInfo.InvariantCulture))]), null,
        [
            Texts(new("language", FeatureType.Category), [.. rows.Select(r => r[1])]),
            Texts(new("genre", FeatureType.Categories), [.. rows.Select(r => r[2])]),
            Texts(new("author", FeatureType.Text), [.. rows.Select(r => r[3])]),
            Keys(new("year", FeatureType.Integer), rows.Select(r => r[4]), t => (long)Number(t)),
            Keys(new("price", FeatureType.Number), rows.Select(r => r[5]), t => OrderedKey.FromNumber(Number(t))),
            Keys(new("published", FeatureType.Date), rows.Select(r => r[6]), Date),
        ]);
    }

    static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    static long Date(string cell) => IsoDate.TryParse(cell, out long seconds) ? seconds : throw new FormatException(cell);

    static FeatureColumn Texts(FeatureSpec spec, string[] cells)
    {
        var split = cells.Select(c => c.Split(", ", StringSplitOptions.RemoveEmptyEntries)).ToList();
        var vocabulary = new Vocabulary(split.SelectMany(v => v).Distinct());
        int[][] ids = [.. split.Select(v => v.Select(vocabulary.Find).Order().ToArray())];
        int[] start = new int[ids.Length + 1];
        for (int i = 0; i < ids.Length; i++) start[i + 1] = start[i] + ids[i].Length;
        return FeatureColumn.Categorical(spec, vocabulary, start, [.. ids.SelectMany(i => i)]);
    }

    static FeatureColumn Keys(FeatureSpec spec, IEnumerable<string> cells, Func<string, long> key) =>
        FeatureColumn.Ordered(spec, [.. cells.Select(c => c.Length == 0 ? OrderedKey.Missing : key(c))]);
}
