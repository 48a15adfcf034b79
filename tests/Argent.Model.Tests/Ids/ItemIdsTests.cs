using System.Globalization;

namespace Argent.Model.Tests.Ids;

public sealed class ItemIdsTests
{
    static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    public static TheoryData<string, long[]> Spreads()
    {
        var random = new Random(61);
        long[] Ids(int count, Func<int, long> id) => [.. Enumerable.Range(0, count).Select(id).Distinct().Order()];
        return new()
        {
            { "none", [] },
            { "one", [7] },
            { "dense", Ids(5000, i => i) },
            { "gaps", Ids(4095, i => i * 3L - 900) },
            { "random", Ids(5000, _ => random.NextInt64(long.MinValue, long.MaxValue)) },
            { "ends", [long.MinValue, long.MinValue + 1, -1, 0, 1, long.MaxValue - 1, long.MaxValue] },
            { "far away", [.. Ids(3000, i => i), long.MaxValue] },
            { "crowds", Ids(5000, i => (i % 5) * 1_000_000_000_000 + random.Next(3000)) },
        };
    }

    [Theory]
    [MemberData(nameof(Spreads))]
    public void A_long_list_finds_the_rows_that_single_ids_have(string spread, long[] ids)
    {
        var items = ItemIds.FromSorted(ids);
        var random = new Random(62);
        long[] asked = [.. ids.SelectMany(id => new[] { id, unchecked(id + 1), unchecked(id - 1) }), long.MinValue, long.MaxValue, 0];
        random.Shuffle(asked);
        int[] rows = new int[ItemIds.BatchMax];
        foreach (var batch in asked.Chunk(ItemIds.BatchMax))
        {
            items.Find([.. batch.Select(Text)], rows);
            for (int i = 0; i < batch.Length; i++)
            {
                int expected = Math.Max(-1, Array.BinarySearch(ids, batch[i]));
                Assert.True(expected == rows[i], $"{spread}: {batch[i]} is row {expected}, not {rows[i]}");
                Assert.Equal(expected, items.Find(batch[i]));
            }
        }
    }

    [Theory]
    [InlineData("7", 2)]
    [InlineData("+7", 2)]
    [InlineData("007", 2)]
    [InlineData("-0", 1)]
    [InlineData("-9223372036854775808", 0)]
    [InlineData("9223372036854775807", 4)]
    [InlineData("1234567890123456789", 3)]
    [InlineData("00000000000000000000000000000007", 2)]
    [InlineData("9223372036854775808", -1)]
    [InlineData("", -1)]
    [InlineData("-", -1)]
    [InlineData("--7", -1)]
    [InlineData(" 7", -1)]
    [InlineData("7\0x", -1)]
    [InlineData("٧", -1)]
    [InlineData("7a", -1)]
    [InlineData("0000007", 2)]
    [InlineData("00000a7", -1)]
    [InlineData("000/007", -1)]
    [InlineData("000000:", -1)]
    [InlineData("0000 007", -1)]
    [InlineData("-000", 1)]
    [InlineData("\uff17000007", -1)]
    public void Integer_ids_are_read_as_numbers(string id, int row)
    {
        var items = ItemIds.FromSorted([long.MinValue, 0, 7, 1234567890123456789, long.MaxValue]);
        int[] rows = [-5];
        items.Find([id], rows);
        Assert.Equal((row, row), (rows[0], items.Find(id)));
    }

    [Fact]
    public void Numbers_are_read_as_the_library_reads_them()
    {
        const string Characters = "0123456789+-/: .\u0130\u0660";
        var random = new Random(63);
        for (int i = 0; i < 100_000; i++)
        {
            char[] text = random.GetItems<char>(random.Next(4) == 0 ? Characters : Characters[..10], random.Next(22));
            if (text.Length > 0 && random.Next(3) == 0) text[0] = '-';
            bool expected = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number);
            bool read = IdNumber.TryRead(new string(text), out long found);
            Assert.True((expected, number) == (read, found), $"'{new string(text)}' is {number}, not {found}");
        }
    }

    [Fact]
    public void Text_ids_of_any_length_are_found()
    {
        string[] ids = ["", "a", "ä", new('é', 127), new('é', 128), new('é', 129), new('€', 1000)];
        ids = [.. ids.OrderBy(id => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(id)), StringComparer.Ordinal)];
        var items = ItemIds.FromSorted(ids);
        int[] rows = new int[ids.Length + 1];
        items.Find([.. ids, "b"], rows);
        Assert.Equal([.. Enumerable.Range(0, ids.Length), -1], rows);
    }
}
