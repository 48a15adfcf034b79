namespace Argent.Model.Tests;

public sealed class SuggestionTests
{
    static readonly string[] _names = ["language", "genre", "year", "author", "published"];

    [Theory]
    [InlineData("langauge", "language")]
    [InlineData("Genre", "genre")]
    [InlineData("genres", "genre")]
    [InlineData("yaer", "year")]
    [InlineData("publised", "published")]
    public void A_misspelt_name_finds_its_neighbour(string wrong, string right) =>
        Assert.Equal(right, Suggestion.Nearest(wrong, _names));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("colour")]
    [InlineData("languagelanguage")]
    public void A_different_name_finds_none(string wrong)
    {
        Assert.Null(Suggestion.Nearest(wrong, _names));
        Assert.Equal("", Suggestion.Offer(wrong, _names));
    }

    [Fact]
    public void Hostile_lengths_are_refused_at_once()
    {
        string hostile = new('a', 1_000_000);
        Assert.Null(Suggestion.Nearest(hostile, [hostile]));
        Assert.Null(Suggestion.Nearest("year", []));
        Assert.Null(Suggestion.Nearest("y", [""]));
    }
}
