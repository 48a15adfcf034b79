using System.Globalization;
using Argent.Model;
using CsvHelper;
using CsvHelper.Configuration;

namespace Argent.Data;

/// <summary>
/// A file of delimited fields. With a delimiter of one character a field may be quoted ("" is a quote inside), and a quote
/// in the middle of a field is a plain character; with a longer delimiter nothing is quoted.
/// </summary>
sealed class CsvTable : Table
{
    /// <summary>The longest field in characters; a quote that is never closed must not swallow the memory.</summary>
    const int FieldCharsMax = 1 << 24;

    readonly CsvParser _parser;
    readonly string[] _names;
    long _endOfPrevious;
    bool _isUnclosed;

    /// <summary>Opens the file and reads its header row, if it has one.</summary>
    public CsvTable(FilePart part, DatasetOptions options, Progress progress) : base(part, options, progress)
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = part.Delimiter,
            Mode = part.Delimiter.Length == 1 ? CsvMode.RFC4180 : CsvMode.NoEscape,
            BufferSize = 1 << 16,
            MaxFieldSize = FieldCharsMax,
            BadDataFound = bad => _isUnclosed |= bad.Field.AsSpan().IndexOfAny('\r', '\n') >= 0,
        };
        _parser = new CsvParser(Text, configuration);
        if (part.Columns is not null)
        {
            _names = [.. part.Columns];
            return;
        }
        if (!Advance()) throw Error("is empty: a row with the names of the columns is expected.");
        _names = [.. Enumerable.Range(0, _parser.Count).Select(i => _parser[i].Trim())];
    }

    /// <inheritdoc/>
    public override long Line
    {
        get
        {
            if (_isUnclosed) return _endOfPrevious + 1;
            // The parser knows the line on which a row ends.
            string raw = _parser.RawRecord;
            int breaks = raw.AsSpan().TrimEnd("\r\n").Count('\n');
            return _parser.RawRow - breaks;
        }
    }

    /// <inheritdoc/>
    public override int Column(string name)
    {
        int column = Array.IndexOf(_names, name);
        if (column < 0)
        {
            throw Error(
                $"has no column '{name}'.{Suggestion.Offer(name, _names)} Its columns are {string.Join(", ", _names)}.",
                column: name);
        }
        return Array.IndexOf(_names, name, column + 1) < 0 ? column : throw Error($"has two columns '{name}'.", column: name);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _parser.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override bool Advance()
    {
        bool wasUnclosed = _isUnclosed;
        long begin = _endOfPrevious + 1;
        _endOfPrevious = _parser.RawRow;
        _isUnclosed = false;
        try
        {
            if (_parser.Read())
            {
                if (_parser.RawRow > _endOfPrevious + 1) TouchFields();
                return true;
            }
        }
        catch (MaxFieldSizeException)
        {
            throw Error($"has a field of more than {FieldCharsMax} characters: is a quote not closed?", _endOfPrevious + 1);
        }
        // The quote ran to the end, so that what it swallowed cannot be counted as one bad row.
        return wasUnclosed ? throw Error("a quoted field begins here and never ends.", begin) : false;
    }

    /// <summary>The parser looks at quotes only when a field is asked for; here, for rows of several lines, that is every field.</summary>
    void TouchFields()
    {
        for (int i = 0; i < _parser.Count; i++) _ = _parser[i];
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        if (_isUnclosed) throw new BadRowException("a quoted field goes on over a line break and then does not end at a delimiter");
        if (_parser.Count == _names.Length) return;
        throw new BadRowException(string.Create(
            CultureInfo.InvariantCulture, $"{_parser.Count} fields where {_names.Length} are expected"));
    }

    /// <inheritdoc/>
    protected override string RawCell(int column) => _parser[column];
}
