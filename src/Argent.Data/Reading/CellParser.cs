using System.Globalization;
using Argent.Model;

namespace Argent.Data;

/// <summary>Reads values out of cells. Cells are trimmed; what is left of an empty one is missing, which callers look at first.</summary>
static class CellParser
{
    static readonly string[] _dates =
    [
        "yyyy-MM-dd", "yyyy-MM",
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>The ordered key of a value.</summary>
    /// <exception cref="BadRowException">The cell does not hold a value of the type.</exception>
    public static long Key(string cell, FeatureType type, string column) => type switch
    {
        FeatureType.Integer => Integer(cell, column),
        FeatureType.Number => OrderedKey.FromNumber(Number(cell, column)),
        FeatureType.Date => Date(cell, column),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "The type has no order."),
    };

    /// <summary>A whole number; a fraction of zeros ("2008.0") is allowed.</summary>
    /// <exception cref="BadRowException">It is none, or does not fit an int64.</exception>
    public static long Integer(string cell, string column)
    {
        if (long.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)
            && whole != OrderedKey.Missing)
        {
            return whole;
        }
        // Beyond 2^53 a float64 no longer tells neighbours apart, so only the plain form is exact there.
        const double Exact = 1L << 53;
        return double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && Math.Abs(number) <= Exact && number == Math.Truncate(number)
            ? (long)number
            : throw new BadRowException($"'{Short(cell)}' in column '{column}' is not a whole number");
    }

    /// <summary>A float64.</summary>
    /// <exception cref="BadRowException">It is no number, or NaN.</exception>
    public static double Number(string cell, string column) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && !double.IsNaN(number)
            ? number
            : throw new BadRowException($"'{Short(cell)}' in column '{column}' is not a number");

    /// <summary>A moment in Unix seconds.</summary>
    /// <exception cref="BadRowException">It is neither a number of seconds nor an ISO 8601 date.</exception>
    public static long Date(string cell, string column) => TryDate(cell, out long seconds)
        ? seconds
        : throw new BadRowException(
            $"'{Short(cell)}' in column '{column}' is neither Unix seconds nor a date such as 2024-01-31 or 2024-01-31T12:00:00Z");

    /// <summary>
    /// Unix seconds from a number of them, or from ISO 8601 (date, or date and time; without a zone it is UTC). A fraction of
    /// a second is cut off downwards.
    /// </summary>
    public static bool TryDate(string text, out long seconds)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out seconds))
        {
            return seconds != OrderedKey.Missing;
        }
        var style = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(text, _dates, CultureInfo.InvariantCulture, style, out var moment))
        {
            seconds = moment.ToUnixTimeSeconds();
            return true;
        }
        // Far beyond any date and far inside int64.
        const double Limit = 1e15;
        bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
        if (!isNumber || !(Math.Abs(number) < Limit)) return false;
        seconds = (long)Math.Floor(number);
        return true;
    }

    /// <summary>A cell as a message shows it.</summary>
    public static string Short(string cell) => cell.Length <= 40 ? cell : cell[..40] + "…";
}
