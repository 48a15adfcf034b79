namespace Argent.Model.Tests.Filter;

public sealed class FilterJsonTests
{
    [Theory]
    [InlineData("{}", "TRUE")]
    [InlineData("""{"must":[],"should":[],"must_not":[]}""", "TRUE")]
    [InlineData("""{"language":"eng"}""", "language = 'eng'")]
    [InlineData("""{"year":1990}""", "year = 1990")]
    [InlineData("""{"price":-1.5e2}""", "price = -1.5e2")]
    [InlineData("""{"language":["eng","fre"]}""", "language IN ('eng', 'fre')")]
    [InlineData("""{"language":[]}""", "language IN ()")]
    [InlineData("""{"language":null}""", "NOT EXISTS(language)")]
    [InlineData("""{"year":{"gte":1990,"lt":2000}}""", "year >= 1990 AND year < 2000")]
    [InlineData("""{"year":{"gt":1},"language":{"ne":"eng"}}""", "year > 1 AND NOT language = 'eng'")]
    [InlineData("""{"g":{"all":["a","b"]},"h":{"any":["c"]},"i":{"in":[1]},"j":{"not_in":[2]}}""",
        "g HAS ALL ('a', 'b') AND h IN ('c') AND i IN (1) AND NOT j IN (2)")]
    [InlineData("""{"g":{"exists":true},"h":{"exists":false},"i":{"eq":1},"j":{"lte":2}}""",
        "EXISTS(g) AND NOT EXISTS(h) AND i = 1 AND j <= 2")]
    [InlineData("""{"must":[{"language":"eng"},{"year":{"gte":1990}}],"should":[{"g":"a"},{"g":"b"}],"must_not":[{"g":"c"},{"h":"d"}]}""",
        "language = 'eng' AND year >= 1990 AND (g = 'a' OR g = 'b') AND NOT g = 'c' AND NOT h = 'd'")]
    [InlineData("""{"should":[{"must":[{"a":1},{"b":2}]},{"must_not":[{"c":3}]}]}""", "a = 1 AND b = 2 OR NOT c = 3")]
    [InlineData("""{"must":{"a":1},"original year":"it's"}""", """a = 1 AND "original year" = 'it''s'""")]
    [InlineData("""{"a":"\u00e9\ud834\udd1e"}""", "a = 'é𝄞'")]
    [InlineData("""{"year":{"between":[1990,1999.5]}}""", "year BETWEEN 1990 AND 1999.5")]
    [InlineData("""{"must":[true,{"a":1}],"must_not":[false]}""", "TRUE AND a = 1 AND NOT FALSE")]
    [InlineData("""{"d":{"gte":{"date":"2024-01-31"}},"t":{"in":[{"number":"007"},".5"]}}""",
        "d >= DATE '2024-01-31' AND t IN (007, '.5')")]
    [InlineData("""{"\\must":1,"\\\\b":2}""", "must = 1 AND \"\\b\" = 2")]
    public void The_json_form_is_another_spelling(string json, string canonical)
    {
        Assert.Equal(canonical, FilterJson.Parse(json).ToString());
        Assert.Equal(canonical, FilterLanguage.Parse("\n " + json).ToString());
        Assert.Equal(FilterLanguage.Parse(canonical), FilterJson.Parse(json));
    }

    [Theory]
    [InlineData("TRUE", """{"must":[true]}""")]
    [InlineData("FALSE", """{"must":[false]}""")]
    [InlineData("NOT FALSE", """{"must_not":[false]}""")]
    [InlineData("a = 'é' AND NOT (b > -1.5e-3 OR EXISTS(c))",
        """{"must":[{"a":{"eq":"é"}},{"must_not":[{"should":[{"b":{"gt":-1.5e-3}},{"c":{"exists":true}}]}]}]}""")]
    [InlineData("year BETWEEN 1 AND 2 AND NOT year = 3", """{"must":[{"year":{"between":[1,2]}},{"must_not":[{"year":{"eq":3}}]}]}""")]
    [InlineData("g IN () OR g HAS ALL ('a', 5)", """{"should":[{"g":[]},{"g":{"all":["a",5]}}]}""")]
    [InlineData("d <= DATE '2024-01-31'", """{"d":{"lte":{"date":"2024-01-31"}}}""")]
    [InlineData("t IN (007, .5, 5., -0.5, 0, -00, 1e5)",
        """{"t":[{"number":"007"},{"number":".5"},{"number":"5."},-0.5,0,{"number":"-00"},1e5]}""")]
    [InlineData("must = 1 OR \"\\b\" = 'a\"\\'", """{"should":[{"\\must":{"eq":1}},{"\\\\b":{"eq":"a\"\\"}}]}""")]
    public void Every_filter_has_a_json_form_that_reads_back_as_it_was(string text, string json)
    {
        var filter = FilterLanguage.Parse(text);
        Assert.Equal(json, FilterJson.Write(filter));
        Assert.Equal(filter, FilterJson.Parse(json));
        Assert.Equal(filter, FilterLanguage.Parse(json));
    }

    [Theory]
    [InlineData("[]", 1, 1, "A filter in JSON is an object.")]
    [InlineData("{\"a\":1", 1, 7, "not valid JSON")]
    [InlineData("{\"a\":1} x", 1, 9, "not valid JSON")]
    [InlineData("{\n \"must\":\n  [5]}", 3, 4, "A condition in 'must' is an object")]
    [InlineData("{\"must\":5}", 1, 9, "array of conditions")]
    [InlineData("{\"mst\":[{\"a\":1}]}", 1, 9, "Did you mean 'must'?")]
    [InlineData("{\"a\":{\"gtee\":1}}", 1, 7, "There is no operator 'gtee'. Did you mean 'gte'?")]
    [InlineData("{\"a\":{}}", 1, 2, "'a' needs an operator")]
    [InlineData("{\"a\":true}", 1, 6, "no true and false values")]
    [InlineData("{\"a\":{\"exists\":1}}", 1, 16, "'exists' is true or false.")]
    [InlineData("{\"a\":{\"in\":1}}", 1, 12, "An array of values")]
    [InlineData("{\"a\":{\"all\":[]}}", 1, 7, "at least one value")]
    [InlineData("{\"a\":[[1]]}", 1, 7, "a text or a number")]
    [InlineData("{\"a\":{\"between\":[1]}}", 1, 7, "the lowest and the highest value")]
    [InlineData("{\"a\":[{\"x\":\"1\"}]}", 1, 7, "as an object is {\"date\":\"2024-01-31\"} or {\"number\":\"007\"}")]
    [InlineData("{\"a\":[{}]}", 1, 7, "as an object is")]
    [InlineData("{\"a\":[{\"date\":5}]}", 1, 15, "'date' is a text.")]
    [InlineData("{\"a\":[{\"date\":\"soon\"}]}", 1, 15, "'soon' is not a date")]
    [InlineData("{\"a\":[{\"number\":\"1 \"}]}", 1, 17, "'1 ' is not a number.")]
    [InlineData("{\"a\":[{\"number\":\"1\",\"date\":\"x\"}]}", 1, 21, "'number' stands alone.")]
    [InlineData("{\"must\":[null]}", 1, 10, "A condition in 'must' is an object")]
    [InlineData("{\"é\":99999999999999999999}", 1, 6, "too large")]
    [InlineData("{\"a\":\"\\ud800\"}", 1, 6, "not valid Unicode")]
    public void A_wrong_filter_says_where_and_what(string json, int line, int column, string part)
    {
        var error = Assert.Throws<FilterException>(() => FilterJson.Parse(json));
        Assert.Contains(part, error.Reason, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Fact]
    public void Half_a_character_is_refused_where_it_stands()
    {
        var error = Assert.Throws<FilterException>(() => FilterJson.Parse("{\n\"a\":\"\ud800\"}"));
        Assert.Equal((2, 6, "The text is not valid Unicode."), (error.Line, error.Column, error.Reason));
    }

    [Fact]
    public void Limits_are_reached_and_not_passed()
    {
        string Times(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
        string Nested(int depth) => Times("{\"must\":[", depth - 1) + "{\"a\":1}" + Times("]}", depth - 1);
        string Leaves(int count) => "{\"must\":[" + string.Join(",", Enumerable.Repeat("{\"a\":1}", count)) + "]}";
        Assert.Equal("a = 1", FilterJson.Parse(Nested(64)).ToString());
        Assert.Throws<FilterException>(() => FilterJson.Parse(Nested(65)));
        Assert.Equal(1024, ((FilterAnd)FilterJson.Parse(Leaves(1024))).Operands.Count);
        Assert.Throws<FilterException>(() => FilterJson.Parse(Leaves(1025)));
        Assert.Throws<FilterException>(() => FilterJson.Parse("{\"a\":\"" + new string('é', 9_000) + "\"}"));
        Assert.Throws<FilterException>(() => FilterJson.Parse([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]));
    }
}
