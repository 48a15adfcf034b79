using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Argent.Data;

/// <summary>
/// Writes a data set whose users have tastes that a model can learn: items with language, genres, year, author and date, some
/// of them missing, popularity by Zipf's law, users with interests in tastes, genres and authors, and the tasks save and like.
/// </summary>
public static class DatasetGenerator
{
    /// <summary>A user with twice the mean number of events is active for about this long.</summary>
    const double DaysOfUser = 365;

    /// <summary>2022-01-01: users begin within two years from then.</summary>
    const long FirstSecond = 1_640_995_200;

    const int SecondsPerDay = 86_400;

    const int EventsMax = 200;

    /// <summary>
    /// Writes dataset.json and its files into <paramref name="folder"/>, which is made when needed; equal options give equal
    /// bytes. The description comes last, so that a folder that was not finished is not taken for a data set.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 100 items, or no users.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void WriteFolder(string folder, GeneratorOptions options, Progress progress)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Items, 100);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Users, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.EventsPerUser, 1);
        Directory.CreateDirectory(folder);
        string description = Path.Combine(folder, DatasetReader.FileName);
        File.Delete(description);
        progress.Step("generate items", options.Items, "items");
        var catalogue = new GeneratedCatalogue(options.Items, options.Seed);
        WriteItems(Path.Combine(folder, "items.csv.gz"), catalogue, options.Seed);
        progress.Done(string.Create(CultureInfo.InvariantCulture, $"{options.Items:N0} items"));
        progress.Step("generate users", options.Users, "users");
        long events = WriteUsers(folder, catalogue, options, progress);
        progress.Done(string.Create(CultureInfo.InvariantCulture, $"{options.Users:N0} users, {events:N0} events"));
        File.WriteAllText(description, Description(options));
    }

    static void WriteItems(string path, GeneratedCatalogue catalogue, ulong seed)
    {
        using var file = Create(path, "item_id,title,language,genres,year,author,published");
        var chance = new Chance(seed, 2);
        for (int i = 0; i < catalogue.Items.Length; i++)
        {
            var item = catalogue.Items[i];
            string published = "";
            if (item.Year >= 1990)
            {
                published = new DateOnly(item.Year, 1, 1).AddDays(chance.Next(365)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            }
            string[] cells =
            [
                (i + 1).ToString(CultureInfo.InvariantCulture),
                $"\"{item.Title.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
                chance.Happens(0.08) ? "" : GeneratedNames.Languages[item.Language],
                chance.Happens(0.01) ? "" : string.Join('|', item.Genres.Select(g => GeneratedNames.Genres[g])),
                chance.Happens(0.03) ? "" : item.Year.ToString(CultureInfo.InvariantCulture),
                chance.Happens(0.02) ? "" : GeneratedNames.Author(item.Author),
                chance.Happens(0.05) ? "" : published,
            ];
            file.Write(string.Join(',', cells) + "\n");
        }
    }

    static long WriteUsers(string folder, GeneratedCatalogue catalogue, GeneratorOptions options, Progress progress)
    {
        const int UsersPerReport = 500;
        using var users = Create(Path.Combine(folder, "users.csv.gz"), "user_id,country");
        using var saves = Create(Path.Combine(folder, "saves.csv.gz"), "user_id,item_id,time");
        using var ratings = Create(Path.Combine(folder, "ratings.csv.gz"), "user_id,item_id,rating,time");
        long events = 0;
        var met = new HashSet<int>();
        for (int u = 0; u < options.Users; u++)
        {
            var user = new GeneratedUser(catalogue, u, options.Seed);
            string country = user.Chance.Happens(0.85) ? GeneratedNames.Countries[user.Language] : "";
            users.Write(string.Create(CultureInfo.InvariantCulture, $"{u + 1},{country}\n"));
            double day = user.Chance.Next() * 700;
            met.Clear();
            int count = EventCount(user.Chance, options.EventsPerUser);
            // A narrow interest may run out of items; what was met before is not met again.
            for (int tries = 2 * count; met.Count < count && tries > 0; tries--)
            {
                int item = user.Meet();
                if (!met.Add(item)) continue;
                day += user.Chance.Next() * DaysOfUser / options.EventsPerUser;
                long time = FirstSecond + (long)(day * SecondsPerDay);
                bool isSaved = user.Chance.Happens(0.55), isRated = !isSaved || user.Chance.Happens(0.08);
                events += (isSaved ? 1 : 0) + (isRated ? 1 : 0);
                if (isSaved) saves.Write(string.Create(CultureInfo.InvariantCulture, $"{u + 1},{item + 1},{time}\n"));
                if (!isRated) continue;
                int stars = user.Rate(item);
                ratings.Write(string.Create(CultureInfo.InvariantCulture, $"{u + 1},{item + 1},{stars},{time + 3600}\n"));
            }
            if ((u + 1) % UsersPerReport == 0) progress.Advance(UsersPerReport);
        }
        return events;
    }

    /// <summary>Many users with few events and few with many: half the mean and a long tail.</summary>
    static int EventCount(Chance chance, int mean)
    {
        double tail = -Math.Log(1 - chance.Next());
        return Math.Clamp((int)(mean * (0.4 + 0.7 * tail)), 1, EventsMax);
    }

    static StreamWriter Create(string path, string header)
    {
        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        var text = new StreamWriter(new GZipStream(file, CompressionLevel.Fastest), new UTF8Encoding(false), 1 << 16);
        text.Write(header + "\n");
        return text;
    }

    static string Description(GeneratorOptions options) => $$"""
        {
          "name": "{{options.Name}}",
          "items": {
            "file": "items.csv.gz",
            "id": "item_id",
            "title": "title",
            "features": {
              "language": { "column": "language", "type": "category" },
              "genre": { "column": "genres", "type": "categories", "separator": "|" },
              "year": { "column": "year", "type": "integer" },
              "author": { "column": "author", "type": "category" },
              "published": { "column": "published", "type": "date" }
            }
          },
          "users": {
            "file": "users.csv.gz",
            "id": "user_id",
            "features": { "country": { "column": "country", "type": "category" } }
          },
          "events": [
            { "file": "saves.csv.gz", "user": "user_id", "item": "item_id", "task": "save", "time": "time" },
            { "file": "ratings.csv.gz", "user": "user_id", "item": "item_id", "task": "like", "where": "rating >= 4", "time": "time" }
          ],
          "split": { "task": "save", "kind": "random", "holdout": 0.2, "minEvents": 5, "seed": 7 }
        }

        """;
}
