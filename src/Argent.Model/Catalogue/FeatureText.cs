using System.Globalization;

namespace Argent.Model;

/// <summary>Feature values as people and filters write them.</summary>
public static class FeatureText
{
    /// <summary>The value that a key stands for; a date as ISO 8601, without its time at midnight.</summary>
    public static string OfKey(FeatureType type, long key) => type switch
    {
        FeatureType.Number => OrderedKey.ToNumber(key).ToString("R", CultureInfo.InvariantCulture),
        FeatureType.Date => IsoDate.Text(key),
        _ => key.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The values of a slot in one column; none when they are missing.</summary>
    public static IReadOnlyList<string> Of(ForwardIndex forward, int feature, int slot)
    {
        ArgumentNullException.ThrowIfNull(forward);
        var column = forward.Values.Columns[feature];
        if (column.IsOrdered)
        {
            long key = column.Keys[slot];
            return key == OrderedKey.Missing ? [] : [OfKey(forward.Schema.Features[feature].Type, key)];
        }
        var vocabulary = forward.Schema.Vocabularies[feature]!;
        return [.. column.Ids(slot).ToArray().Select(id => vocabulary[id])];
    }
}
