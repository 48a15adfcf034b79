using System.Text;
using Argent.Tensors;

namespace Argent.Model.Tests.Ids;

public sealed class TextDirectoryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(5000)]
    public void Every_text_is_found_and_no_other(int count)
    {
        const int Seed = 71;
        var random = new Random(Seed);
        string[] texts = [.. Enumerable.Range(0, count).Select(i => Draw(random, i)).Distinct().OrderBy(t => t, StringComparer.Ordinal)];
        var utf8 = texts.Select(Encoding.UTF8.GetBytes).ToList();
        long[] start = new long[texts.Length + 1];
        for (int i = 0; i < texts.Length; i++) start[i + 1] = start[i] + utf8[i].Length;
        var directory = new TextDirectory(Tensor.From<long>(start), Tensor.From<byte>([.. utf8.SelectMany(t => t)]));
        string[] asked = [.. texts, .. texts.Select(t => t + "x"), .. texts.Select(t => t + "\0"), "", "\0", "\ud800", new('y', 9000)];
        random.Shuffle(asked);
        int[] rows = new int[IdDirectory.BatchMax];
        foreach (string[] batch in asked.Chunk(IdDirectory.BatchMax))
        {
            directory.Find(batch, rows);
            for (int i = 0; i < batch.Length; i++)
            {
                int expected = Array.IndexOf(texts, batch[i]);
                Assert.True(expected == rows[i], $"seed {Seed}: '{batch[i]}' is row {expected}, not {rows[i]}");
                Assert.Equal(expected, directory.Find(Encoding.UTF8.GetBytes(batch[i])));
            }
        }
    }

    [Fact]
    public void A_list_has_the_same_rows_before_and_after_the_directory_is_there()
    {
        var items = ItemIds.FromSorted([.. Enumerable.Range(0, 2000).Select(i => $"item-{i:D6}")]);
        string[] few = ["item-000007", "item-001999", "item-002000", ""];
        string[] many = [.. Enumerable.Range(0, ItemIds.BatchMax).Select(i => few[i % 4])];
        foreach (string[] asked in (string[][])[few, many, few])
        {
            int[] rows = new int[asked.Length];
            items.Find(asked, rows);
            Assert.Equal(asked.Select((_, i) => new[] { 7, 1999, -1, -1 }[i % 4]), rows);
        }
    }

    static string Draw(Random random, int number) => random.Next(5) switch
    {
        0 => $"item-{number:D10}",
        1 => new string((char)random.Next('a', 'z'), random.Next(40)),
        2 => $"{new string('p', random.Next(600))}{number}",
        3 => $"ü{number}\U0001F600",
        _ => $"{random.NextInt64():x16}-{random.NextInt64():x16}",
    };
}
