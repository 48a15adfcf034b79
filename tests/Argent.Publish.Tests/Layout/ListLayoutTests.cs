using Argent.Tensors;

namespace Argent.Publish.Tests.Layout;

public sealed class ListLayoutTests
{
    [Theory]
    [InlineData(0, 3, 0.0625)]
    [InlineData(1, 1, 0.0)]
    [InlineData(63, 1, 0.0)]
    [InlineData(64, 1, 0.0)]
    [InlineData(65, 1, 0.0)]
    [InlineData(127, 2, 0.0625)]
    [InlineData(4095, 10, 0.0625)]
    [InlineData(4095, 10, 1.0)]
    public void Every_item_has_one_slot_and_every_list_starts_at_a_word(int items, int nlist, double spare)
    {
        var random = new SeededRandom(4);
        int[] lists = [.. Enumerable.Range(0, items).Select(_ => random.Below(nlist))];
        var layout = ListLayout.Of(new ListMembers(Tensor.From<int>(lists), nlist), spare);

        Assert.Equal(layout.Slots, layout.Start[nlist]);
        for (int l = 0; l < nlist; l++)
        {
            int places = layout.Start[l + 1] - layout.Start[l], count = layout.Count[l];
            Assert.Equal(0, layout.Start[l] % 64);
            Assert.Equal(0, places % 64);
            Assert.True(places >= count + (int)Math.Ceiling(count * spare) && places >= 64);
            Assert.Equal(lists.Count(list => list == l), count);
            int[] rows = layout.Rows.Rows(layout.Start[l], count).ToArray();
            Assert.Equal(rows.Order(), rows);
            Assert.All(rows, row => Assert.Equal(l, lists[row]));
            Assert.All(layout.Rows.Rows(layout.Start[l] + count, places - count).ToArray(), row => Assert.Equal(-1, row));
        }
        for (int row = 0; row < items; row++) Assert.Equal(row, layout.Rows[layout.SlotOfRow[row]]);
        for (int slot = 0; slot < layout.Slots; slot++)
        {
            bool live = (layout.Live[slot / 64] >> (slot % 64) & 1) == 1;
            Assert.Equal(layout.Rows[slot] >= 0, live);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(63, 1)]
    [InlineData(64, 1)]
    [InlineData(640, 8)]
    [InlineData(10_000, 104)]
    [InlineData(400_000, 632)]
    [InlineData(1_000_000, 1000)]
    [InlineData(10_000_000, 7944)]
    [InlineData(80_000_000, 51_616)]
    [InlineData(2_000_000_000, 65_536)]
    public void The_default_number_of_lists_grows_with_the_root_of_the_items_and_faster_beyond_a_million(int items, int expected)
    {
        int nlist = ListDefaults.NList(items);
        Assert.InRange(nlist, 1, items);
        Assert.InRange(nlist, expected * 0.9 - 1, expected * 1.1 + 1);
        Assert.True(nlist < 8 || nlist % 8 == 0);
    }
}
