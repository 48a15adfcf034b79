namespace Argent.Model;

/// <summary>The known name that a wrong name most likely meant.</summary>
public static class Suggestion
{
    /// <summary>Names longer than this are not compared: the distance costs length times length.</summary>
    public const int LengthMax = 64;

    /// <summary>
    /// The name of <paramref name="names"/> at the smallest Damerau-Levenshtein distance from <paramref name="wrong"/>,
    /// letter case aside, or null when none is near: more than a third of the letters differ. Ties go to the earlier name.
    /// </summary>
    public static string? Nearest(string wrong, IEnumerable<string> names)
    {
        if (wrong.Length is 0 or > LengthMax) return null;
        string? nearest = null;
        // One letter of a short name may be wrong, one of three in a longer one; more is a different name.
        int best = Math.Max(1, wrong.Length / 3) + 1;
        foreach (string name in names)
        {
            if (name.Length > LengthMax || Math.Abs(name.Length - wrong.Length) >= best) continue;
            int distance = Distance(wrong.ToLowerInvariant(), name.ToLowerInvariant());
            if (distance < best && distance < name.Length) (best, nearest) = (distance, name);
        }
        return nearest;
    }

    /// <summary>A sentence that offers the nearest name, with a leading space, or nothing.</summary>
    public static string Offer(string wrong, IEnumerable<string> names) =>
        Nearest(wrong, names) is { } name ? $" Did you mean '{name}'?" : "";

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.</summary>
    static int Distance(string a, string b)
    {
        int[] before = new int[b.Length + 1], above = new int[b.Length + 1], row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) above[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above[j], row[j - 1]) + 1);
                bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                if (swapped) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            (before, above, row) = (above, row, before);
        }
        return above[b.Length];
    }
}
