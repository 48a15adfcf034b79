namespace Argent.Publish;

/// <summary>How many lists a catalogue is divided into when nobody says.</summary>
static class ListDefaults
{
    // A list starts at a multiple of 64 slots: fewer than 64 items a list would waste more slots than they use.
    const int ItemsPerList = 64;

    // Up to here a query's time lies in few lists either way. Beyond, sqrt(items) would make lists so long that the fixed
    // share of them that recall needs outgrows any number of centroids.
    const int SquareRootMax = 1_000_000;

    // Ten times the items get eight times the lists: 10,000,000 x 128 with 8,192 lists reach a recall@100 of .97 with 1.1 %
    // of the items scanned, hardly more items than 1,000,000 with 1,000 lists need for it.
    const double Growth = 0.9;

    // As many as publishing is built for.
    const int ListsMax = 65_536;

    /// <summary>
    /// L for <paramref name="items"/> items: up to a million about sqrt(items), where choosing lists (L products a query) and
    /// scanning one list cost the same, then nearly in proportion; in multiples of 8, the lanes of a vector.
    /// </summary>
    public static int NList(int items)
    {
        double wanted = Math.Sqrt(Math.Min(items, SquareRootMax)) * Math.Pow(Math.Max(1, (double)items / SquareRootMax), Growth);
        int lists = (int)Math.Min(Math.Round(Math.Min(wanted, ListsMax)), items / (double)ItemsPerList);
        return lists < 8 ? Math.Max(1, lists) : (lists + 4) / 8 * 8;
    }
}
