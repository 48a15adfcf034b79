using System.Globalization;
using Argent.Model;

namespace Argent.Bench;

/// <summary>A filter and the share of the catalogue that it was made for.</summary>
/// <param name="Name">How results call it.</param>
/// <param name="Text">In the filter language.</param>
/// <param name="Share">Share of the items that match, in expectation.</param>
sealed record FilterCase(string Name, string Text, double Share);

/// <summary>
/// The generated catalogue of the filter benchmark: four features with 56 uneven values, genres with two frequent values
/// among 602, three authors of 2,000: ten values an item; and filters of seven values over five of the features.
/// </summary>
static class FilterCases
{
    const int Values = 56, Genres = 602, Authors = 2000, EachOfAuthors = 3;

    // What is left of 1 is spread over the other values.
    static readonly double[] _language = [.70, .22, .03, .02, .005], _region = [.75, .20], _kind = [.80], _age = [.75];

    /// <summary>Filters from frequent to rare: the language decides, the others together let .57 or .4 pass.</summary>
    public static IReadOnlyList<FilterCase> All { get; } =
    [
        Case("50 %", 0, 1, genre: 0, .92 * .95 * .57),
        Case("10 %", 1, 2, genre: 1, .25 * .70 * .57),
        Case("1 %", 3, 4, genre: 1, .025 * .70 * .57),
        Case("0.1 %", 7, 8, genre: 1, 2 * .025 / 50 * .70 * .57),
    ];

    /// <summary>The seven values of the 50 % filter without the one under NOT: bitmaps alone answer it.</summary>
    public static FilterCase BitmapsOnly { get; } = new("50 %, bitmaps only", string.Create(CultureInfo.InvariantCulture,
        $"language IN ({V(0)}, {V(1)}) AND kind IN ({V(0)}, {V(9)}) AND age = {V(0)} AND region IN ({V(0)}, {V(1)})"), .92 * .57);

    /// <summary>The features of the items, by row.</summary>
    public static IReadOnlyList<FeatureColumn> Columns(int items, ulong seed)
    {
        var random = new Random((int)seed);
        int Pick(double[] shares)
        {
            double left = random.NextDouble();
            for (int i = 0; i < shares.Length; i++)
            {
                left -= shares[i];
                if (left < 0) return i;
            }
            return shares.Length + random.Next(50);
        }
        int Genre(int frequent, double share) => random.NextDouble() < share ? frequent : 100 + random.Next(500);
        return
        [
            Column("language", Values, items, () => [Pick(_language)]),
            Column("region", Values, items, () => [Pick(_region)]),
            Column("kind", Values, items, () => [Pick(_kind)]),
            Column("age", Values, items, () => [Pick(_age)]),
            Column("genre", Genres, items, () => [Genre(0, .05), Genre(1, .30), Genre(2, 0)]),
            Column("author", Authors, items, () => [.. Enumerable.Range(0, EachOfAuthors).Select(_ => random.Next(Authors))]),
        ];
    }

    static FilterCase Case(string name, int first, int second, int genre, double share) => new(name,
        string.Create(CultureInfo.InvariantCulture, $"language IN ({V(first)}, {V(second)}) AND NOT genre = {V(genre)} ") +
        $"AND age = {V(0)} AND kind = {V(0)} AND region IN ({V(0)}, {V(1)})", share);

    static string V(int value) => string.Create(CultureInfo.InvariantCulture, $"'{value:D4}'");

    static FeatureColumn Column(string name, int values, int items, Func<int[]> draw)
    {
        var vocabulary = new Vocabulary(Enumerable.Range(0, values).Select(v => v.ToString("D4", CultureInfo.InvariantCulture)));
        int[] start = new int[items + 1];
        var ids = new List<int>(items);
        for (int i = 0; i < items; i++)
        {
            ids.AddRange(draw().Distinct().Order());
            start[i + 1] = ids.Count;
        }
        return FeatureColumn.Categorical(new FeatureSpec(name, FeatureType.Categories), vocabulary, start, [.. ids]);
    }
}
