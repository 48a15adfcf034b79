using System.Text;
using System.Text.Json;

namespace Argent.Model;

/// <summary>
/// The JSON form of a filter: an object is the AND of its members. A member is <c>must</c> (all of), <c>should</c> (one
/// of, if there are any) or <c>must_not</c> (none of) with an array of such objects, or a feature with a value, an array
/// (IN), null (no value) or an object of operators. Reading what <see cref="Write"/> writes gives an equal tree.
/// </summary>
public static class FilterJson
{
    static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A filter in JSON.</summary>
    /// <exception cref="ArgumentException">A text of the filter is not valid Unicode.</exception>
    public static string Write(FilterExpression filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return FilterJsonWriter.Write(filter);
    }

    /// <summary>The tree of a filter in JSON.</summary>
    /// <exception cref="FilterException">The text is no filter or passes one of <see cref="FilterLimits"/>.</exception>
    public static FilterExpression Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return Parse(_strict.GetBytes(json));
        }
        catch (EncoderFallbackException e)
        {
            var before = json.AsSpan(0, e.Index);
            int line = before.Count('\n') + 1, column = e.Index - before.LastIndexOf('\n');
            throw new FilterException(new TextPosition(line, column), "The text is not valid Unicode.");
        }
    }

    /// <inheritdoc cref="Parse(string)"/>
    public static FilterExpression Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > FilterLimits.LengthMax)
        {
            throw new FilterException(TextPosition.Start,
                $"The filter has {utf8.Length} bytes; the limit is {FilterLimits.LengthMax}.");
        }
        var parser = new FilterJsonParser(utf8);
        try
        {
            return parser.Parse();
        }
        catch (JsonException e)
        {
            var position = new TextPosition((int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1);
            throw new FilterException(position,
                "The filter is not valid JSON: a bracket, quote or comma is missing or wrong here.");
        }
        catch (InvalidOperationException)
        {
            throw new FilterException(parser.Here, "The text is not valid Unicode.");
        }
    }
}
