using Argent.Tensors;

namespace Argent.Model.Tests.Filter;

public sealed class IdFilterTests
{
    // Items 0 to 3 with features 1 and 2: a language each, and categories.
    static readonly IdTable _table = new(Tensor.From(1, 2), Tensor.From<long>(0, 1, 3, 5, 6, 7, 8, 9, 11),
        Tensor.From<long>(100, 200, 201, 100, 101, 200, 102, 202, 100, 200, 203));

    [Theory]
    [InlineData("1:100", "0 1 3")]
    [InlineData("1:100 AND NOT 2:201", "1 3")]
    [InlineData("1:102 OR 2:203", "2 3")]
    [InlineData("1:102|2:203", "2 3")]
    [InlineData("1:100&!2:201", "1 3")]
    [InlineData("1:100 && !(2:201 || 2:203)", "1")]
    [InlineData("not 1:100", "2")]
    [InlineData("!!1:100", "0 1 3")]
    [InlineData("NOT(1:100 and 2:201)", "1 2 3")]
    [InlineData("1:102 OR 1:100 AND 2:201", "0 2")]
    [InlineData("( 1 : 102 or 1:100 ) AND 2:201", "0")]
    [InlineData("", "0 1 2 3")]
    [InlineData("  \t", "0 1 2 3")]
    [InlineData("3:100", "")]
    [InlineData("NOT 3:-100", "0 1 2 3")]
    [InlineData("9223372036854775807:-9223372036854775808", "")]
    public void Filters_over_raw_numbers_return_the_rows_that_match(string text, string rows)
    {
        int[] expected = [.. rows.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        Assert.Equal(expected, Assert.Single(_table.Search([IdFilter.Parse(text)])));
    }

    [Theory]
    [InlineData("1", 2, "Expected ':' and a value, found the end.")]
    [InlineData("1:", 3, "Expected a value")]
    [InlineData("1:a", 3, "found 'a'")]
    [InlineData("a:1", 1, "Expected a term such as 1:100, NOT or '('")]
    [InlineData("1:1 2:2", 5, "Expected AND, OR or the end")]
    [InlineData("1:1 AND", 8, "found the end")]
    [InlineData("1:1 ANDx 2:2", 5, "AND, OR or the end")]
    [InlineData("(1:1", 5, "')'")]
    [InlineData("1:1)", 4, "found ')'")]
    [InlineData("1:9223372036854775808", 3, "does not fit a 64-bit integer")]
    [InlineData("1:--5", 3, "Expected a value, found '-'")]
    [InlineData("1:1 \0", 5, "U+0000")]
    public void A_wrong_filter_says_where_and_what(string text, int column, string part)
    {
        var error = Assert.Throws<FilterException>(() => IdFilter.Parse(text, line: 7));
        Assert.Contains(part, error.Reason, StringComparison.Ordinal);
        Assert.Equal((7, column), (error.Line, error.Column));
    }

    [Fact]
    public void Hostile_text_is_refused()
    {
        string[] hostile = [new('(', 100_000), new('(', 16_000), new('!', 16_000), new('9', 16_000), new('\0', 16_000),
            string.Join("|", Enumerable.Repeat("1:1", 1_025)), string.Concat(Enumerable.Repeat("NOT ", 4_000))];
        foreach (string text in hostile) Assert.Throws<FilterException>(() => IdFilter.Parse(text));
        Assert.Equal(1_024, IdFilter.Parse(string.Join("|", Enumerable.Repeat("1:1", 1_024))).Terms.Count);
    }

    [Fact]
    public void Tables_that_do_not_fit_together_are_refused()
    {
        var (one, two) = (Tensor.From(1), Tensor.From(1, 2));
        Assert.Throws<ArgumentException>(() => new IdTable(two, Tensor.From<long>(0, 1), Tensor.From<long>(5)));
        Assert.Throws<ArgumentException>(() => new IdTable(one, Tensor.From<long>(0, 2, 1, 3), Tensor.From<long>(5, 6, 7)));
        Assert.Throws<ArgumentException>(() => new IdTable(one, Tensor.From<long>(0, 2), Tensor.From<long>(5, 6, 7)));
        Assert.Throws<ArgumentException>(() => new IdTable(one, Tensor.From<long>(1, 3), Tensor.From<long>(5, 6, 7)));
        Assert.Throws<ArgumentException>(() => new IdTable(one, Tensor.From<long>(), Tensor.From<long>()));
        Assert.Throws<ArgumentException>(() => new IdTable(Tensor.From<int>(), Tensor.From<long>(0, 0), Tensor.From<long>()));
        Assert.Equal([], Assert.Single(new IdTable(one, Tensor.From<long>(0), Tensor.From<long>()).Search([IdFilter.Parse("")])));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(127)]
    [InlineData(4095)]
    public void Search_agrees_with_matching_item_by_item(int count)
    {
        var random = new Random(count);
        int[] features = [-7, 3, 2_000_000_000, 3];
        var (offsets, values) = (new List<long> { 0 }, new List<long>());
        var items = Enumerable.Range(0, count).Select(_ => (Features: new List<long>(), Values: new List<long>())).ToList();
        foreach (var item in items)
        {
            foreach (int feature in features)
            {
                for (int left = random.Next(3); left > 0; left--)
                {
                    values.Add(random.Next(-3, 3));
                    item.Features.Add(feature);
                    item.Values.Add(values[^1]);
                }
                offsets.Add(values.Count);
            }
        }
        var table = new IdTable(Tensor.From<int>(features), Tensor.From<long>([.. offsets]), Tensor.From<long>([.. values]));
        var filters = Enumerable.Range(0, 100).Select(_ => IdFilter.Parse(RandomText(random, features, 3))).ToList();
        foreach (var (filter, rows) in filters.Zip(table.Search(filters)))
        {
            var expected = Enumerable.Range(0, count).Where(i => filter.Matches([.. items[i].Features], [.. items[i].Values]));
            Assert.Equal(expected, rows);
        }
    }

    static string RandomText(Random random, int[] features, int depth)
    {
        if (depth == 0 || random.Next(4) == 0) return $"{features[random.Next(features.Length)]}:{random.Next(-4, 4)}";
        string left = RandomText(random, features, depth - 1), right = RandomText(random, features, depth - 1);
        return random.Next(3) switch { 0 => $"({left} AND {right})", 1 => $"({left} | {right})", _ => $"!({left})" };
    }
}
