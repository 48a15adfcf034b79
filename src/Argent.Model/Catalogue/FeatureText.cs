using System.Globalization;
using Argent.Kernels;

namespace Argent.Model;

/// <summary>Feature values as people and filters write them.</summary>
public static class FeatureText
{
    /// <summary>The value that a key stands for; a date as ISO 8601, without its time at midnight.</summary>
    public static string OfKey(FeatureType type, long key) => type switch
    {
        FeatureType.Number => OrderedKey.ToNumber(key).ToString("R", CultureInfo.InvariantCulture),
        FeatureType.Date => Date(key),
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
        long range = column.Ranges[slot];
        var vocabulary = forward.Schema.Vocabularies[feature]!;
        var ids = column.Values.Rows(range >> 16, range & ForwardColumn.ValuesMax);
        return [.. ids.ToArray().Select(id => vocabulary[id])];
    }

    static string Date(long seconds)
    {
        bool isMoment = seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        if (!isMoment) return seconds.ToString(CultureInfo.InvariantCulture);
        var moment = DateTimeOffset.FromUnixTimeSeconds(seconds);
        string format = moment.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss'Z'";
        return moment.ToString(format, CultureInfo.InvariantCulture);
    }
}
