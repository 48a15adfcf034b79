using Argent.Kernels;

namespace Argent.Model.Tests.Filter;

public sealed class FilterCompilerTests
{
    static readonly FeatureSchema _schema = new(
        [
            new("language", FeatureType.Category), new("genre", FeatureType.Categories), new("author", FeatureType.Categories),
            new("title", FeatureType.Text), new("year", FeatureType.Integer), new("price", FeatureType.Number),
            new("published", FeatureType.Date),
        ],
        [
            new Vocabulary(["eng", "fre", "ger"]), new Vocabulary(["a", "b", "c", "d"]),
            new Vocabulary(Enumerable.Range(0, 100).Select(i => $"author {i}")),
            new Vocabulary(["5", "5.0", "007"]), null, null, null,
        ]);

    static readonly FilterIndexLayout _layout = new([0, 3, -1, -1, 7, 11, 13], 15, 4)
    {
        Cuts =
        [
            null, null, null, null, new OrderedCuts([1980, 1990, 1991, 2000]), new OrderedCuts([OrderedKey.FromNumber(0.1)]),
            new OrderedCuts([86_400]),
        ],
    };

    [Theory]
    [InlineData("")]
    [InlineData("TRUE")]
    [InlineData("NOT FALSE")]
    [InlineData("TRUE OR year = 5")]
    [InlineData("NOT language = 'unknown'")]
    [InlineData("NOT year = 1.5")]
    [InlineData("NOT genre HAS ALL ('a', 'unknown')")]
    [InlineData("NOT genre IN ()")]
    [InlineData("NOT year < -9223372036854775808")]
    [InlineData("NOT year > 9223372036854775807")]
    [InlineData("NOT year = -9223372036854775808")]
    [InlineData("NOT year BETWEEN 5 AND 4")]
    [InlineData("NOT year HAS ALL (1, 2)")]
    public void A_filter_that_every_item_passes_needs_no_program(string text) => Assert.Null(Compile(text));

    [Theory]
    [InlineData("FALSE")]
    [InlineData("language = 'unknown' AND EXISTS(year)")]
    [InlineData("language = 'eng' AND year > 1e30")]
    public void A_filter_that_no_item_passes_is_one_step(string text)
    {
        var program = Compile(text)!;
        Assert.Equal([FilterProgram.None], program.MaskOps);
        Assert.Equal([FilterProgram.None], program.ExactOps);
        Assert.False(program.NeedsVerification);
    }

    [Theory]
    [InlineData("langauge = 'eng'", 1, "There is no feature 'langauge'. Did you mean 'language'? Features: language, genre, ")]
    [InlineData("TRUE OR colour = 'x'", 9, "There is no feature 'colour'.")]
    [InlineData("FALSE AND yeer = 5", 11, "Did you mean 'year'?")]
    [InlineData("year = '1990'", 8, "The feature 'year' is an integer, and '1990' is a text: write a number without quotes.")]
    [InlineData("year IN (1990, 'x')", 16, "is a text")]
    [InlineData("year >= DATE '2024-01-01'", 9, "is a date: write a number")]
    [InlineData("price BETWEEN 1 AND 'x'", 21, "The feature 'price' is a number")]
    [InlineData("published >= 2024", 14, "The feature 'published' is a date, and 2024 is a number: write DATE '2024-01-31'.")]
    [InlineData("published >= 'yesterday'", 14, "'yesterday' is not a date")]
    [InlineData("language > 'eng'", 1, "The feature 'language' is a category and has no order")]
    [InlineData("genre BETWEEN 'a' AND 'b'", 1, "a set of categories and has no order")]
    [InlineData("genre = DATE '2024-01-01'", 9, "is a date: write a text in single quotes")]
    public void A_filter_that_does_not_fit_the_schema_says_where_and_what(string text, int column, string part)
    {
        var error = Assert.Throws<FilterException>(() => Compile(text));
        Assert.Contains(part, error.Reason, StringComparison.Ordinal);
        Assert.Equal((1, column), (error.Line, error.Column));
        Assert.Throws<FilterException>(() => new FilterCompiler(FeatureSchema.Empty, null).Compile(FilterLanguage.Parse(text)));
    }

    [Fact]
    public void Positions_of_the_json_form_reach_the_errors()
    {
        var error = Assert.Throws<FilterException>(() => Compile("{\"must\":[{\"yeer\":5}]}"));
        Assert.Equal((1, 11), (error.Line, error.Column));
        error = Assert.Throws<FilterException>(() => Compile("{\"must\":[\n{\"year\":{\"gte\":\"x\"}}]}"));
        Assert.Equal((2, 16), (error.Line, error.Column));
    }

    [Theory]
    [InlineData("year >= 1990", 1990, long.MaxValue)]
    [InlineData("year > 1990", 1991, long.MaxValue)]
    [InlineData("year <= 1990.5", long.MinValue + 1, 1990)]
    [InlineData("year < 1990.5", long.MinValue + 1, 1990)]
    [InlineData("year < 1990.0", long.MinValue + 1, 1989)]
    [InlineData("year >= 1990.5", 1991, long.MaxValue)]
    [InlineData("year > -1990.5", -1990, long.MaxValue)]
    [InlineData("year BETWEEN -1e30 AND 1e30", long.MinValue + 1, long.MaxValue)]
    [InlineData("year >= -9223372036854775808", long.MinValue + 1, long.MaxValue)]
    [InlineData("year = 2e3", 2000, 2000)]
    [InlineData("year > 1990.00000000000000000000000000000000000001", 1991, long.MaxValue)]
    [InlineData("year < -1e-400", long.MinValue + 1, -1)]
    [InlineData("year >= 0e99999999999", 0, long.MaxValue)]
    [InlineData("year <= 92233720368547758069e-1", long.MinValue + 1, 9223372036854775806)]
    [InlineData("year > -9223372036854775808.5", long.MinValue + 1, long.MaxValue)]
    [InlineData("year >= -.5e0", 0, long.MaxValue)]
    [InlineData("published = '1970-01-02'", 86_400, 86_400)]
    [InlineData("published < DATE '1970-01-01T01:00:00+01:00'", long.MinValue + 1, -1)]
    [InlineData("published = DATE '1970-01-01 00:01'", 60, 60)]
    public void Bounds_of_ordered_features_are_exact(string text, long low, long high)
    {
        var leaf = Assert.Single(Compile(text)!.ExactLeaves);
        Assert.Equal((LeafKind.Range, low, high), (leaf.Kind, leaf.Low, leaf.High));
    }

    [Fact]
    public void Numbers_compare_with_text_features_as_they_are_written()
    {
        Assert.Equal([1L], Compile("title = 5")!.Values);
        Assert.Equal([2L], Compile("title = 5.0")!.Values);
        Assert.Equal([0L], Compile("title = 007")!.Values);
    }

    [Theory]
    [InlineData("language = 'eng'", false, "0")]
    [InlineData("NOT language = 'eng'", false, "!0")]
    [InlineData("NOT (language = 'eng' OR genre = 'a')", false, "!0 !3 &")]
    [InlineData("language IN ('ger', 'eng') AND genre HAS ALL ('a', 'd')", false, "0 2 | 3 6 & &")]
    [InlineData("NOT genre HAS ALL ('a', 'd')", false, "!3 !6 |")]
    [InlineData("EXISTS(language)", false, "0 1 | 2 |")]
    [InlineData("NOT EXISTS(language)", false, "!0 !1 & !2 &")]
    [InlineData("author = 'author 7'", true, "B")]
    [InlineData("NOT author = 'author 7'", true, "*")]
    [InlineData("language = 'eng' AND NOT author = 'author 7'", true, "0")]
    [InlineData("language = 'eng' OR NOT author = 'author 7'", true, "*")]
    [InlineData("author HAS ALL ('author 7', 'author 8')", true, "B B &")]
    [InlineData("year = 1990", false, "7:4-4")]
    [InlineData("year IN (1991, 1990)", false, "7:4-6")]
    [InlineData("year IN (1990, 2000)", false, "7:4-4 7:8-8 |")]
    [InlineData("year IN (1985, 1990)", true, "7:3-3 7:4-4 |")]
    [InlineData("NOT year IN (1985, 1990)", true, "!7:4-4")]
    [InlineData("year >= 1990", false, "7:4-9")]
    [InlineData("year > 1990", false, "7:6-9")]
    [InlineData("year < 1990.5", false, "7:1-4")]
    [InlineData("year >= 1981", false, "7:3-9")]
    [InlineData("year > 1985", true, "7:3-9")]
    [InlineData("NOT year > 1985", true, "!7:4-9")]
    [InlineData("NOT year = 1985", true, "*")]
    [InlineData("NOT year BETWEEN 1982 AND 1984", true, "*")]
    [InlineData("year < 1980", false, "7:1-1")]
    [InlineData("EXISTS(year)", false, "7:1-9")]
    [InlineData("NOT EXISTS(year)", false, "!7:1-9")]
    [InlineData("price = 0.1", false, "11:2-2")]
    [InlineData("price > 0.2", true, "11:3-3")]
    [InlineData("published <= DATE '1970-01-02'", false, "13:1-2")]
    [InlineData("EXISTS(author)", true, "*")]
    public void Masks_complement_what_is_exact_and_never_bloom_terms(string text, bool verified, string mask)
    {
        var program = Compile(text)!;
        Assert.Equal(mask, Shown(program));
        Assert.Equal(verified, program.NeedsVerification);
        var blind = new FilterCompiler(_schema, null).Compile(FilterLanguage.Parse(text))!;
        Assert.Equal("*", Shown(blind));
        Assert.True(blind.NeedsVerification);
    }

    [Fact]
    public void Terms_of_masks_are_those_of_the_index()
    {
        Assert.Equal(Terms.Hash("author", "author 7"), Compile("author = 'author 7'")!.MaskLeaves[0].Term);
    }

    [Fact]
    public void Long_lists_cannot_rule_out_but_long_conjunctions_still_do()
    {
        string List(int count) => string.Join(", ", Enumerable.Range(0, count).Select(i => $"'author {i}'"));
        Assert.Equal(32, Compile($"author IN ({List(32)})")!.MaskLeaves.Length);
        Assert.Equal("*", Shown(Compile($"author IN ({List(33)})")!));
        Assert.Equal(32, Compile($"author HAS ALL ({List(33)})")!.MaskLeaves.Length);
        string all = string.Join(" OR ", Enumerable.Repeat("language = 'eng'", 700));
        var program = Compile(all)!;
        Assert.Equal("*", Shown(program));
        Assert.True(program.NeedsVerification);
        string Years(int count) => string.Join(", ", Enumerable.Range(0, count).Select(i => 3 * i));
        Assert.Equal(16, Compile($"year IN ({Years(16)})")!.MaskLeaves.Length);
        Assert.Equal("*", Shown(Compile($"year IN ({Years(17)})")!));
    }

    [Fact]
    public void The_deepest_filters_fit_the_stack()
    {
        string right = "year = 1";
        for (int i = 0; i < 63; i++) right = $"year = {i} {(i % 2 == 0 ? "AND" : "OR")} ({right})";
        Assert.InRange(DepthOf(Compile(right)!.ExactOps), 2, 3);
        string balanced = "year=1";
        for (int i = 0; i < 9; i++) balanced = $"{(i % 2 == 0 ? "NOT" : "")} ({balanced} {(i % 2 == 0 ? "AND" : "OR")} {balanced})";
        Assert.InRange(DepthOf(Compile(balanced)!.ExactOps), 9, 10);
        FilterExpression deep = new FilterExists("year");
        for (int i = 0; i < 100_000; i++) deep = new FilterNot(deep);
        Assert.Throws<FilterException>(() => new FilterCompiler(_schema, _layout).Compile(deep));
    }

    static FilterProgram? Compile(string text) => new FilterCompiler(_schema, _layout).Compile(FilterLanguage.Parse(text));

    static string Shown(FilterProgram program) => string.Join(' ', program.MaskOps.Select(op => op switch
    {
        FilterProgram.And => "&",
        FilterProgram.Or => "|",
        FilterProgram.All => "*",
        FilterProgram.None => "-",
        _ => Shown(program.MaskLeaves[op]),
    }));

    static string Shown(MaskLeaf leaf) => (leaf.Negated ? "!" : "") + leaf.Kind switch
    {
        MaskLeafKind.Bloom => "B",
        MaskLeafKind.Bitmap => $"{leaf.Row}",
        _ => $"{leaf.Row}:{leaf.Low}-{leaf.High}",
    };

    static int DepthOf(int[] ops)
    {
        int depth = 0, deepest = 0;
        foreach (int op in ops)
        {
            depth += op is FilterProgram.And or FilterProgram.Or ? -1 : op == FilterProgram.Not ? 0 : 1;
            deepest = Math.Max(deepest, depth);
        }
        Assert.Equal(1, depth);
        return deepest;
    }
}
