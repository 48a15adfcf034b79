using System.Text.Json;
using Argent.Model;

namespace Argent.Data;

/// <summary>A file with a JSON object per line; a column is a property. Numbers and truth values are read as their text.</summary>
sealed class JsonLinesTable(FilePart part, DatasetOptions options, Progress progress) : Table(part, options, progress)
{
    readonly List<string> _names = [];
    readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    JsonDocument? _document;
    string _text = "";
    long _line;

    /// <inheritdoc/>
    public override long Line => _line;

    /// <inheritdoc/>
    public override int Column(string name)
    {
        if (!_names.Contains(name)) _names.Add(name);
        return _names.IndexOf(name);
    }

    /// <inheritdoc/>
    public override string[] Cells(int column, string separator) => Find(column) is { ValueKind: JsonValueKind.Array } list
        ? [.. list.EnumerateArray().Select(Scalar)]
        : base.Cells(column, separator);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _document?.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override bool Advance()
    {
        while (Text.ReadLine() is { } line)
        {
            _line++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            _text = line;
            return true;
        }
        return false;
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        _document?.Dispose();
        _document = null;
        try
        {
            _document = JsonDocument.Parse(_text);
        }
        catch (JsonException)
        {
            throw new BadRowException("the line is not valid JSON");
        }
        if (_document.RootElement.ValueKind != JsonValueKind.Object) throw new BadRowException("the line is not a JSON object");
        // New properties after the first rows are rare; looking at all would double the time.
        if (Rows > 1000 && _seen.IsSupersetOf(_names)) return;
        foreach (var property in _document.RootElement.EnumerateObject()) _seen.Add(property.Name);
    }

    /// <inheritdoc/>
    protected override string RawCell(int column)
    {
        if (Find(column) is not { } value) return "";
        return value.ValueKind != JsonValueKind.Array
            ? Scalar(value)
            : throw new BadRowException($"the property '{_names[column]}' is a list where one value is expected");
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        if (Rows == 0) return;
        foreach (string name in _names.Where(n => !_seen.Contains(n)))
        {
            throw Error(
                $"has no property '{name}' in any line.{Suggestion.Offer(name, _seen)} " +
                $"Its properties are {string.Join(", ", _seen.Order(StringComparer.Ordinal))}.",
                column: name);
        }
    }

    JsonElement? Find(int column) => _document!.RootElement.TryGetProperty(_names[column], out var value) ? value : null;

    static string Scalar(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.Null => "",
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                _ => throw new BadRowException("the line holds an object or a list inside a list where one value is expected"),
            };
        }
        catch (InvalidOperationException)
        {
            throw new BadRowException("the line holds a text that is not valid Unicode");
        }
    }
}
