using System.Globalization;

namespace Argent.Model;

/// <summary>Moments as ISO 8601 text: a day, or a day and a time, in UTC unless an offset is given.</summary>
public static class IsoDate
{
    static readonly string[] _formats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>What a message says of a text that is no date.</summary>
    public const string Expected = "write 2024-01-31 or 2024-01-31T18:30:00Z";

    /// <summary>Seconds since 1970 UTC; a fraction of a second is refused, since dates are whole seconds.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long seconds)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        bool parsed = DateTimeOffset.TryParseExact(text, _formats, CultureInfo.InvariantCulture, utc, out var moment);
        seconds = parsed ? moment.ToUnixTimeSeconds() : 0;
        return parsed && moment.Ticks % TimeSpan.TicksPerSecond == 0;
    }

    /// <summary>A moment as text that <see cref="TryParse"/> reads: a day, with its time when that is not midnight.</summary>
    public static string Text(long seconds)
    {
        if (seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds() || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            return seconds.ToString(CultureInfo.InvariantCulture) + " seconds since 1970";
        }
        var moment = DateTimeOffset.FromUnixTimeSeconds(seconds);
        string format = moment.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss'Z'";
        return moment.ToString(format, CultureInfo.InvariantCulture);
    }
}
