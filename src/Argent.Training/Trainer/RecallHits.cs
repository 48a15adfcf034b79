namespace Argent.Training;

/// <summary>How many wanted items are among the best of a scored list: an item's place is the number of items before it.</summary>
static class RecallHits
{
    /// <summary>The longest list that is measured.</summary>
    const int ListMax = 100;

    const int ListShort = 20;

    /// <summary>Counts; ties are ordered by item.</summary>
    /// <param name="scores">A score for each of <paramref name="items"/>.</param>
    /// <param name="items">Distinct items.</param>
    /// <param name="wanted">What should be found; may be missing from the items.</param>
    public static (int Hits20, int Hits100) Of(ReadOnlySpan<float> scores, ReadOnlySpan<int> items, ReadOnlySpan<int> wanted)
    {
        int hits20 = 0, hits100 = 0;
        foreach (int item in wanted)
        {
            int own = items.IndexOf(item);
            if (own < 0) continue;
            int place = 0;
            float score = scores[own];
            for (int other = 0; other < scores.Length && place < ListMax; other++)
            {
                if (scores[other] > score || (scores[other] == score && items[other] < item)) place++;
            }
            hits20 += place < ListShort ? 1 : 0;
            hits100 += place < ListMax ? 1 : 0;
        }
        return (hits20, hits100);
    }
}
