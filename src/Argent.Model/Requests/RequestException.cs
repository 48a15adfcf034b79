namespace Argent.Model;

/// <summary>Why a request cannot be answered, in the terms of HTTP's status codes.</summary>
public enum RequestErrorKind
{
    /// <summary>A field is wrong: 400.</summary>
    BadRequest,

    /// <summary>The filter is wrong: 422.</summary>
    UnprocessableFilter,

    /// <summary>The value formula is wrong: 422.</summary>
    UnprocessableValue,

    /// <summary>The blend is wrong: 422.</summary>
    UnprocessableBlend,

    /// <summary>A list or text is longer than the model's limit: 413.</summary>
    TooLarge,

    /// <summary>The model or item does not exist: 404.</summary>
    NotFound,
}

/// <summary>One request cannot be answered; others of its batch can.</summary>
public sealed class RequestException : Exception
{
    /// <summary>An error without a position.</summary>
    public RequestException(RequestErrorKind kind, string message) : base(message) => Kind = kind;

    /// <summary>An error at a place in the request's filter or formula, both from 1.</summary>
    public RequestException(RequestErrorKind kind, string message, int line, int column) : this(kind, message) =>
        (Line, Column) = (line, column);

    /// <summary>What is wrong.</summary>
    public RequestErrorKind Kind { get; }

    /// <summary>Line of the error in the filter or formula, from 1.</summary>
    public int? Line { get; }

    /// <summary>Column of the error in the filter or formula, from 1.</summary>
    public int? Column { get; }
}
