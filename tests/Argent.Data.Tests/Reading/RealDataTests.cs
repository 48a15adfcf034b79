using System.Diagnostics;
using Argent.Model;

namespace Argent.Data.Tests;

public sealed class RealDataTests(ITestOutputHelper output)
{
    Dataset Read(string path)
    {
        var watch = Stopwatch.StartNew();
        var progress = new RecordedProgress();
        var dataset = DatasetReader.Read(path, DatasetOptions.Default, progress);
        output.WriteLine($"read in {watch.Elapsed.TotalSeconds:f2} s; {string.Join("; ", progress.Steps.Concat(progress.Notes))}");
        return dataset;
    }

    [Fact]
    public void Books_have_the_counts_of_their_readme()
    {
        var books = SharedData.Books();
        Assert.Equal("books", books.Name);
        Assert.Equal(10_000, books.Items.Count);
        Assert.False(books.Items.Ids.IsText);
        Assert.Equal(["save", "like"], books.Events.Select(e => e.Task));
        Assert.Equal(912_705, books.Events[0].Count);
        Assert.Equal(53_424, books.UserIds.Count);
        Assert.Equal("1", books.UserIds[0]);
        Assert.Equal("53424", books.UserIds[^1]);
        Assert.Equal(64, books.ContentHash.Length);

        var language = books.Items.Columns[books.Items.Schema.Find("language")];
        int Count(string value) => Enumerable.Range(0, 10_000).Count(r => language.Ids(r).Contains(language.Vocabulary!.Find(value)));
        Assert.Equal(8_730, Count("eng"));
        Assert.Equal(1_084, Count("unknown"));
        Assert.Equal(-1, language.Vocabulary!.Find("en-US"));

        var year = books.Items.Columns[books.Items.Schema.Find("year")];
        Assert.Equal(21, year.Keys.Count(OrderedKey.Missing));
        Assert.Equal(2008, year.Keys[0]);
        var genre = books.Items.Columns[books.Items.Schema.Find("genre")];
        Assert.Equal(604, genre.Vocabulary!.Count);
        Assert.Equal("The Hunger Games (The Hunger Games, #1)", books.Items.Titles![0]);
        Assert.Equal(0, books.Items.Ids.Find("1"));
    }

    [Fact]
    public void Ratings_are_979_478_once_repeated_ones_are_dropped()
    {
        using var folder = new TemporaryFolder();
        string root = SharedData.Need("goodbooks");
        string description = folder.Write("dataset.json", $$"""
            {
              "root": "{{root}}", "items": { "file": "books.csv.gz", "id": "book_id" },
              "events": [ { "file": "ratings.csv.gz", "user": "user_id", "item": "book_id", "task": "rate" } ]
            }
            """);
        var dataset = Read(description);
        Assert.Equal(979_478, dataset.Events[0].Count);
        Assert.Equal(53_424, dataset.UserIds.Count);
    }

    [Fact]
    public void Movies_have_text_ids_with_leading_zeros_and_times()
    {
        var movies = Read(SharedData.Need("movietweetings"));
        Assert.Equal("movies", movies.Name);
        Assert.Equal(10_506, movies.Items.Count);
        Assert.True(movies.Items.Ids.IsText);
        Assert.Equal("0002844", movies.Items.Ids.Text(0));
        Assert.Equal("Fantômas - À l'ombre de la guillotine (1913)", movies.Items.Titles![0]);
        Assert.Equal(16_554, movies.UserIds.Count);
        Assert.Equal(100_000, movies.Events[0].Count);
        Assert.Equal(1365029107, movies.Events[0].Times![0]);
        var genre = movies.Items.Columns[0];
        Assert.Equal(26, genre.Vocabulary!.Count);
        Assert.Equal(66, Enumerable.Range(0, 10_506).Count(r => genre.Ids(r).Contains(genre.Vocabulary.Find("unknown"))));
        var ordered = movies.Events[0];
        for (int user = 0; user < ordered.Users; user++)
        {
            var times = ordered.Times.AsSpan(ordered.Start[user], ordered.Of(user).Length);
            for (int i = 1; i < times.Length; i++) Assert.True(times[i] >= times[i - 1]);
        }
    }
}
