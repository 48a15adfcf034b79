using System.Text.Json;
using Argent.Model;
using Argent.Serving;
using Microsoft.AspNetCore.Http;

namespace Argent.Server;

/// <summary>An error as RFC 9457 problem details.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Title">The kind of error.</param>
/// <param name="Detail">What is wrong with this request; never a path or a stack trace.</param>
/// <param name="Line">Line of the error in a filter or formula, from 1.</param>
/// <param name="Column">Column of the error, from 1.</param>
sealed record Problem(int Status, string Title, string Detail, int? Line = null, int? Column = null)
{
    /// <summary>The problem that an exception stands for.</summary>
    public static Problem From(Exception exception) => exception switch
    {
        RequestException e => new Problem(StatusOf(e.Kind), TitleOf(e.Kind), e.Message, e.Line, e.Column),
        ServingException { Failure: ServingFailure.Overloaded } e => new Problem(429, "Too many requests", e.Message),
        ServingException { Failure: ServingFailure.Deadline } e => new Problem(504, "Deadline passed", e.Message),
        ServingException e => new Problem(503, "Not ready", e.Message),
        BadHttpRequestException { StatusCode: 413 } => new Problem(413, "Request too large", "The request body is too large."),
        BadHttpRequestException e => new Problem(e.StatusCode, "Bad request", "The request body could not be read."),
        _ => new Problem(500, "Internal error", "The request failed inside the server; its log says why."),
    };

    /// <summary>There is no such model.</summary>
    public static Problem UnknownModel(string name, IEnumerable<string> known)
    {
        string nearest = Suggestion.Nearest(name, known) is { } other ? $" Did you mean '{other}'?" : "";
        return new Problem(404, "Unknown model", $"There is no model '{name}'.{nearest}");
    }

    /// <summary>Writes the problem as the response.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/problem+json";
        if (Status == 429) context.Response.Headers.RetryAfter = "1";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", Title);
        json.WriteNumber("status", Status);
        json.WriteString("detail", Detail);
        if (Line is { } line && Column is { } column)
        {
            json.WriteStartObject("position");
            json.WriteNumber("line", line);
            json.WriteNumber("column", column);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    static int StatusOf(RequestErrorKind kind) => kind switch
    {
        RequestErrorKind.UnprocessableFilter or RequestErrorKind.UnprocessableValue or RequestErrorKind.UnprocessableBlend => 422,
        RequestErrorKind.TooLarge => 413,
        RequestErrorKind.NotFound => 404,
        _ => 400,
    };

    static string TitleOf(RequestErrorKind kind) => kind switch
    {
        RequestErrorKind.UnprocessableFilter => "Filter error",
        RequestErrorKind.UnprocessableValue => "Value formula error",
        RequestErrorKind.UnprocessableBlend => "Blend error",
        RequestErrorKind.TooLarge => "Request too large",
        RequestErrorKind.NotFound => "Not found",
        _ => "Bad request",
    };
}
