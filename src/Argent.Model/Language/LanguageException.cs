namespace Argent.Model;

/// <summary>A filter or formula that cannot be understood, and where.</summary>
public abstract class LanguageException : Exception
{
    private protected LanguageException(string subject, TextPosition position, string reason)
        : base($"{subject}, {position}: {reason}") => (Position, Reason) = (position, reason);

    /// <summary>Where.</summary>
    public TextPosition Position { get; }

    /// <summary>Line, from 1.</summary>
    public int Line => Position.Line;

    /// <summary>Column, from 1.</summary>
    public int Column => Position.Column;

    /// <summary>What is wrong and how to mend it, without the position that the message starts with.</summary>
    public string Reason { get; }
}

/// <summary>A filter that cannot be understood, and where.</summary>
public sealed class FilterException(TextPosition position, string reason)
    : LanguageException("Filter", position, reason);

/// <summary>A value formula that cannot be understood, and where.</summary>
/// <param name="position">Where.</param>
/// <param name="reason">What is wrong and how to mend it.</param>
/// <param name="place">Which part of the JSON form, for example <c>rules[0].then</c>; empty for a text formula.</param>
public sealed class ValueException(TextPosition position, string reason, string place = "")
    : LanguageException(place.Length == 0 ? "Value formula" : "Value formula, " + place, position, reason)
{
    /// <summary>Which part of the JSON form; empty for a text formula.</summary>
    public string Place { get; } = place;
}
