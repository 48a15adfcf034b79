namespace Argent.Publish;

/// <summary>How many lists a catalogue is divided into when nobody says.</summary>
static class ListDefaults
{
    // A list starts at a multiple of 64 slots: fewer than 64 items a list would waste more slots than they use.
    const int ItemsPerList = 64;

    /// <summary>
    /// L for <paramref name="items"/> items: about sqrt(items), where choosing lists (L products a query) and scanning one
    /// list cost the same; in multiples of 8, the lanes of a vector.
    /// </summary>
    public static int NList(int items)
    {
        int lists = (int)Math.Min(Math.Round(Math.Sqrt(items)), items / (double)ItemsPerList);
        return lists < 8 ? Math.Max(1, lists) : (lists + 4) / 8 * 8;
    }
}
