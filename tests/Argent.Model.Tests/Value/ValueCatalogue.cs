using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Value;

/// <summary>Items with features of every kind, and the raw values that they were made from.</summary>
sealed class ValueCatalogue
{
    public static readonly string[] Languages = ["de", "eng", "it's"], Genres = ["a", "b", "classic", "fantasy"];

    public ValueCatalogue(int count, Random random)
        : this(
            [.. Enumerable.Range(0, count).Select(_ => random.Next(4) == 0 ? (long?)null : random.Next(-3, 4))],
            [.. Enumerable.Range(0, count).Select(_ => random.Next(4) == 0 ? (double?)null : random.Next(-8, 9) / 4.0)],
            [.. Enumerable.Range(0, count).Select(_ => random.Next(4) == 0 ? (long?)null : random.Next(-2, 5) * 43_200L)],
            [.. Enumerable.Range(0, count).Select(_ => random.Next(4) == 0 ? null : Languages[random.Next(3)])],
            [.. Enumerable.Range(0, count).Select(_ => Genres.Where(_ => random.Next(2) == 0).ToArray())])
    {
    }

    ValueCatalogue(long?[] year, double?[] price, long?[] published, string?[] language, string[][] genre)
    {
        (Year, Price, Published, Language, Genre) = (year, price, published, language, genre);
        FeatureSpec[] specs =
        [
            new("year", FeatureType.Integer), new("price", FeatureType.Number), new("published", FeatureType.Date),
            new("language", FeatureType.Category), new("genre", FeatureType.Categories),
        ];
        Vocabulary languages = new(Languages), genres = new(Genres);
        ForwardColumn[] columns =
        [
            Ordered(Year), Ordered([.. Price.Select(p => p is { } x ? OrderedKey.FromNumber(x) : (long?)null)]), Ordered(Published),
            Categorical([.. Language.Select(l => l is null ? [] : new[] { l })], languages), Categorical(Genre, genres),
        ];
        Forward = new ForwardIndex(new FeatureSchema(specs, [null, null, null, languages, genres]), new ForwardValues(columns));
    }

    /// <summary>The item that the documentation speaks of.</summary>
    public static ValueCatalogue OfThePage() => new([1990], [null], [1_706_659_200], ["eng"], [["classic", "fantasy"]]);

    public long?[] Year { get; }

    public double?[] Price { get; }

    public long?[] Published { get; }

    public string?[] Language { get; }

    public string[][] Genre { get; }

    public ForwardIndex Forward { get; }

    static ForwardColumn Ordered(long?[] values) =>
        new() { Keys = Tensor.From<long>([.. values.Select(v => v ?? OrderedKey.Missing)]) };

    static ForwardColumn Categorical(string[][] values, Vocabulary vocabulary)
    {
        var ids = values.Select(v => v.Select(vocabulary.Find).Order().ToArray()).ToArray();
        var ranges = new long[ids.Length];
        for (int i = 0, at = 0; i < ids.Length; at += ids[i++].Length) ranges[i] = ForwardColumn.PackRange(at, ids[i].Length);
        return new() { Ranges = Tensor.From<long>(ranges), Values = Tensor.From<int>([.. ids.SelectMany(v => v), 0]) };
    }
}
