namespace Argent.Model.Tests.Filter;

public sealed class FilterLanguageTests
{
    [Theory]
    [InlineData("", "TRUE")]
    [InlineData(" \r\n\t ", "TRUE")]
    [InlineData("true", "TRUE")]
    [InlineData("language = 'eng'", "language = 'eng'")]
    [InlineData("language='eng'", "language = 'eng'")]
    [InlineData("year != 1990", "NOT year = 1990")]
    [InlineData("a < 1 or b <= -2 and c > 1.5", "a < 1 OR b <= -2 AND c > 1.5")]
    [InlineData("(a < 1 or b <= 2) and c >= 1e3", "(a < 1 OR b <= 2) AND c >= 1e3")]
    [InlineData("not a = 1 and b = 2", "NOT a = 1 AND b = 2")]
    [InlineData("not (a = 1 and b = 2)", "NOT (a = 1 AND b = 2)")]
    [InlineData("NOT NOT a = 1", "NOT NOT a = 1")]
    [InlineData("((a = 1))", "a = 1")]
    [InlineData("genre in ('a','b')", "genre IN ('a', 'b')")]
    [InlineData("genre not in ('a')", "NOT genre IN ('a')")]
    [InlineData("genre IN ()", "genre IN ()")]
    [InlineData("genre Has Any ('a', 5)", "genre IN ('a', 5)")]
    [InlineData("genre HAS ALL ('a','b')", "genre HAS ALL ('a', 'b')")]
    [InlineData("year between 1990 and 1999 and x = 1", "year BETWEEN 1990 AND 1999 AND x = 1")]
    [InlineData("year not between 1990 and 1999", "NOT year BETWEEN 1990 AND 1999")]
    [InlineData("exists(language) AND NOT EXISTS ( year )", "EXISTS(language) AND NOT EXISTS(year)")]
    [InlineData("author = 'O''Brien'", "author = 'O''Brien'")]
    [InlineData("author = ''", "author = ''")]
    [InlineData("date >= date '2024-01-01'", "date >= DATE '2024-01-01'")]
    [InlineData("\"original year\" = 1 or \"in\" = 2 or \"a\"\"b\" = 3", "\"original year\" = 1 OR \"in\" = 2 OR \"a\"\"b\" = 3")]
    [InlineData("sub-genre.name_2 = 'x'", "sub-genre.name_2 = 'x'")]
    [InlineData("a = .5 AND b = -.5e-3 AND c = 5.", "a = .5 AND b = -.5e-3 AND c = 5.")]
    [InlineData("x = 9223372036854775807 OR x = -9223372036854775808", "x = 9223372036854775807 OR x = -9223372036854775808")]
    public void A_filter_has_one_canonical_text(string text, string canonical)
    {
        var tree = FilterLanguage.Parse(text);
        Assert.Equal(canonical, tree.ToString());
        Assert.Equal(tree, FilterLanguage.Parse(canonical));
        Assert.Equal(tree.GetHashCode(), FilterLanguage.Parse(canonical).GetHashCode());
    }

    [Theory]
    [InlineData("year", 1, 5, "Expected =, !=")]
    [InlineData("year =", 1, 7, "Expected a value")]
    [InlineData("year = 'a", 1, 8, "no closing '")]
    [InlineData("\"year", 1, 1, "no closing \"")]
    [InlineData("year == 5", 1, 6, "'==' is not an operator here: write =.")]
    [InlineData("year <> 5", 1, 6, "write !=")]
    [InlineData("a = 1 && b = 2", 1, 7, "write AND")]
    [InlineData("a = 1 | b = 2", 1, 7, "write OR")]
    [InlineData("!a = 1", 1, 1, "write NOT")]
    [InlineData("language = \"eng\"", 1, 12, "single quotes")]
    [InlineData("language = eng", 1, 12, "found 'eng'")]
    [InlineData("a = 1\nAND\n  b ~ 2", 3, 5, "The character '~' has no meaning here.")]
    [InlineData("a = 1 b = 2", 1, 7, "Expected AND, OR or the end, found 'b'")]
    [InlineData("(a = 1", 1, 7, "Expected AND, OR or ')', found the end.")]
    [InlineData("a = 1)", 1, 6, "found ')'")]
    [InlineData("a IN 5", 1, 6, "list of values")]
    [InlineData("a IN (5", 1, 8, "',' or ')'")]
    [InlineData("a IN (5,)", 1, 9, "Expected a value")]
    [InlineData("a HAS (5)", 1, 7, "ANY or ALL")]
    [InlineData("a HAS ALL ()", 1, 12, "Expected a value")]
    [InlineData("a NOT = 5", 1, 7, "IN or BETWEEN")]
    [InlineData("a BETWEEN 5, 6", 1, 12, "Expected AND")]
    [InlineData("AND a = 1", 1, 1, "Expected a feature")]
    [InlineData("EXISTS a", 1, 8, "Expected '('")]
    [InlineData("EXISTS(5)", 1, 8, "Expected a feature, found the number 5")]
    [InlineData("d = DATE '2024-13-01'", 1, 10, "'2024-13-01' is not a date")]
    [InlineData("d = DATE 5", 1, 10, "a date in single quotes")]
    [InlineData("x = 9223372036854775808", 1, 5, "too large")]
    [InlineData("x = 1e999", 1, 5, "too large")]
    [InlineData("x = 12abc", 1, 5, "cannot be followed by 'a'")]
    [InlineData("x = 1.2.3", 1, 5, "cannot be followed by '.'")]
    [InlineData("x = \u0001", 1, 5, "U+0001")]
    [InlineData("größe = 5", 1, 3, "'ö'")]
    [InlineData("x = 𝄞", 1, 5, "U+D834")]
    public void A_wrong_filter_says_where_and_what(string text, int line, int column, string part)
    {
        var error = Assert.Throws<FilterException>(() => FilterLanguage.Parse(text));
        Assert.Contains(part, error.Reason, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.Equal($"Filter, line {line}, column {column}: {error.Reason}", error.Message);
    }

    [Fact]
    public void Hostile_text_is_refused_within_the_limits()
    {
        string[] hostile =
        [
            new('(', 100_000), new('a', 65_536), string.Concat(Enumerable.Repeat("NOT ", 30_000)), new('\0', 65_536),
            new('(', 16_000), string.Concat(Enumerable.Repeat("NOT ", 4_000)) + "a=1", new('\u0001', 16_000),
            "a = " + new string('9', 16_000), "a = 1e" + new string('9', 16_000), "a = '" + new string('\'', 16_000),
            new('\'', 15_999), string.Concat(Enumerable.Repeat("a=1 OR ", 2_000)), string.Concat(Enumerable.Repeat("\n", 16_383)) + "(",
            new('"', 15_999), new string('-', 16_000), string.Concat(Enumerable.Repeat("{\"must\":", 2_000)), new('{', 16_000),
            string.Concat(Enumerable.Repeat("{\"must\":[", 10_000)), string.Concat(Enumerable.Repeat("{\"must\":[", 1_600)),
            "{\"a\":" + new string('[', 16_000), "{\"a\":" + new string('9', 16_000) + "}", "{\"a\":\"\u0001\"}", "{\"a\":1e999}",
            "{\"a\":\"\ud800\"}", "{\"a\":\"\\ud800\"}", "a = '\ud800'", "\"\udc00\" = 1", "a = '\udc00\ud800'", "\ud800",
            string.Concat(Enumerable.Repeat("a NOT IN (1) AND NOT (", 700)), "a IN (" + string.Concat(Enumerable.Repeat("1,", 8_000)),
        ];
        foreach (string text in hostile)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            var error = Assert.Throws<FilterException>(() => FilterLanguage.Parse(text));
            // Work is bounded by the limits: what a parser makes on its way to the error is no more than a few trees of them.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
            Assert.InRange(error.Message.Length, 30, 400);
            Assert.True(error.Line >= 1 && error.Column >= 1);
        }
    }

    [Fact]
    public void Limits_are_reached_and_not_passed()
    {
        string Nested(int depth) => new string('(', depth) + "a=1" + new string(')', depth);
        string Leaves(int count) => string.Join(" OR ", Enumerable.Repeat("a=1", count));
        Assert.Equal("a = 1", FilterLanguage.Parse(Nested(64)).ToString());
        Assert.Equal((1, 65), At(Nested(65)));
        Assert.Equal(1024, ((FilterOr)FilterLanguage.Parse(Leaves(1024))).Operands.Count);
        Assert.Equal((1, 1024 * 7 + 1), At(Leaves(1025)));
        Assert.Equal("TRUE", FilterLanguage.Parse(new string(' ', 16_384)).ToString());
        Assert.Equal((1, 1), At(new string(' ', 16_385)));
    }

    [Fact]
    public void Random_noise_never_gives_anything_but_a_filter_or_a_filter_exception()
    {
        string[] words = ["a", "'x'", "5", "-1.5", "(", ")", "=", "!=", "<", ">=", "IN", "NOT", "AND", "OR", "BETWEEN", "HAS", "ALL", "ANY",
            "EXISTS", "TRUE", "DATE", ",", "\"q\"", "'", "\"", "\0", "{", "}", "\n", "e9", "."];
        const int seed = 20_260;
        var random = new Random(seed);
        int parsed = 0;
        for (int i = 0; i < 50_000; i++)
        {
            string text = string.Join(random.Next(2) == 0 ? " " : "", random.GetItems(words, random.Next(1, 9)));
            var error = Record.Exception(() => ParseTwice(text));
            if (error is null) parsed++;
            else Assert.True(error is FilterException, $"seed {seed}, text {text}: {error}");
        }
        Assert.InRange(parsed, 50, 49_000);
    }

    static void ParseTwice(string text)
    {
        var tree = FilterLanguage.Parse(text);
        Assert.Equal(tree, FilterLanguage.Parse(tree.ToString()));
    }

    static (int Line, int Column) At(string text)
    {
        var error = Assert.Throws<FilterException>(() => FilterLanguage.Parse(text));
        return (error.Line, error.Column);
    }
}
