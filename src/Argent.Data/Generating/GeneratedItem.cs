namespace Argent.Data;

/// <summary>One item of a generated catalogue; what is hidden decides who likes it.</summary>
sealed record GeneratedItem
{
    public required string Title { get; init; }

    /// <summary>Position in <see cref="GeneratedNames.Languages"/>.</summary>
    public required int Language { get; init; }

    /// <summary>Positions in <see cref="GeneratedNames.Genres"/>, the main one first.</summary>
    public required int[] Genres { get; init; }

    public required int Author { get; init; }

    public required int Year { get; init; }

    /// <summary>Hidden: a unit vector of taste; people like what points their way.</summary>
    public required double[] Taste { get; init; }

    /// <summary>Hidden: how good it is for everyone, about normal.</summary>
    public required double Quality { get; init; }

    /// <summary>Hidden: how often it is met, by Zipf's law.</summary>
    public required double Weight { get; init; }
}

/// <summary>A generated catalogue: authors with a genre, a language and a time of their own, and their items.</summary>
sealed class GeneratedCatalogue
{
    /// <summary>Dimensions of taste.</summary>
    public const int TasteDims = 12;

    const int LastYear = 2024;

    readonly List<int>[] _byGenre;
    readonly List<int>[] _byAuthor;

    /// <summary>All items.</summary>
    public GeneratedItem[] Items { get; }

    /// <summary>Draws any item by its weight.</summary>
    public WeightedDraw Popular { get; }

    /// <summary>Draws an item of a genre by its weight, as a position in <see cref="OfGenre"/>.</summary>
    public WeightedDraw[] PopularOfGenre { get; }

    /// <summary>Generates <paramref name="count"/> items.</summary>
    public GeneratedCatalogue(int count, ulong seed)
    {
        var chance = new Chance(seed, 1);
        var genreTastes = GeneratedNames.Genres.Select(_ => Direction(chance)).ToArray();
        var authors = Authors(Math.Clamp(count / 8, 1, GeneratedNames.AuthorsMax), genreTastes, chance);
        var productive = new WeightedDraw(authors.Select((_, i) => 1 / Math.Sqrt(i + 3.0)));
        int[] ranks = Shuffled(count, chance);
        Items = new GeneratedItem[count];
        for (int i = 0; i < count; i++)
        {
            int author = productive.Draw(chance);
            Items[i] = Item(author, authors[author], genreTastes, chance) with { Weight = 1.0 / (ranks[i] + 15) };
        }
        _byGenre = [.. GeneratedNames.Genres.Select(_ => new List<int>())];
        _byAuthor = [.. authors.Select(_ => new List<int>())];
        for (int i = 0; i < count; i++)
        {
            foreach (int genre in Items[i].Genres) _byGenre[genre].Add(i);
            _byAuthor[Items[i].Author].Add(i);
        }
        Popular = new WeightedDraw(Items.Select(i => i.Weight));
        PopularOfGenre = [.. _byGenre.Select(list => new WeightedDraw(list.Select(i => Items[i].Weight).DefaultIfEmpty(0)))];
    }

    /// <summary>The items of a genre.</summary>
    public IReadOnlyList<int> OfGenre(int genre) => _byGenre[genre];

    /// <summary>The items of an author.</summary>
    public IReadOnlyList<int> OfAuthor(int author) => _byAuthor[author];

    /// <summary>The unit vector of a sum of vectors and their weights.</summary>
    public static double[] Unit(params ReadOnlySpan<(double[] Vector, double Weight)> parts)
    {
        var sum = new double[TasteDims];
        foreach (var (vector, weight) in parts)
        {
            for (int d = 0; d < TasteDims; d++) sum[d] += weight * vector[d];
        }
        double length = Math.Sqrt(Dot(sum, sum));
        for (int d = 0; d < TasteDims; d++) sum[d] /= length;
        return sum;
    }

    /// <summary>A random unit vector.</summary>
    public static double[] Direction(Chance chance)
    {
        var vector = new double[TasteDims];
        for (int d = 0; d < TasteDims; d++) vector[d] = chance.NextNormal();
        return Unit((vector, 1));
    }

    /// <summary>The inner product of two tastes.</summary>
    public static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int d = 0; d < a.Length; d++) sum += a[d] * b[d];
        return sum;
    }

    sealed record AuthorProfile(int Genre, int Language, int Year, double[] Taste);

    static AuthorProfile[] Authors(int count, double[][] genreTastes, Chance chance)
    {
        var languages = new WeightedDraw(GeneratedNames.Languages.Select((_, i) => i == 0 ? 6.0 : 2.0 / (i + 1)));
        var authors = new AuthorProfile[count];
        for (int i = 0; i < count; i++)
        {
            int genre = chance.Next(GeneratedNames.Genres.Length);
            // Most wrote of late, a few long ago.
            int year = LastYear - 5 - (int)(Math.Abs(chance.NextNormal()) * (chance.Happens(0.1) ? 120 : 22));
            authors[i] = new AuthorProfile(
                genre, languages.Draw(chance), year, Unit((genreTastes[genre], 1), (Direction(chance), 0.8)));
        }
        return authors;
    }

    static GeneratedItem Item(int author, AuthorProfile profile, double[][] genreTastes, Chance chance)
    {
        int[] genres = ItemGenres(profile.Genre, chance);
        return new GeneratedItem
        {
            Title = GeneratedNames.Title(chance),
            Language = chance.Happens(0.93) ? profile.Language : chance.Next(GeneratedNames.Languages.Length),
            Genres = genres,
            Author = author,
            Year = Math.Min(LastYear, profile.Year + (int)(chance.NextNormal() * 6)),
            Taste = Unit((profile.Taste, 1), (genreTastes[genres[^1]], 0.4), (Direction(chance), 0.5)),
            Quality = chance.NextNormal(),
            Weight = 0,
        };
    }

    static int[] ItemGenres(int main, Chance chance)
    {
        var genres = new List<int> { main };
        for (int more = chance.Next(4); more > 0; more--)
        {
            // Three of four further genres are neighbours of the main one.
            int genre = chance.Happens(0.75) ? main + chance.Next(7) - 3 : chance.Next(GeneratedNames.Genres.Length);
            genre = (genre + GeneratedNames.Genres.Length) % GeneratedNames.Genres.Length;
            if (!genres.Contains(genre)) genres.Add(genre);
        }
        return [.. genres];
    }

    static int[] Shuffled(int count, Chance chance)
    {
        var order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        for (int i = count - 1; i > 0; i--)
        {
            int j = chance.Next(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }
}
