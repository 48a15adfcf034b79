using System.Globalization;

namespace Argent.Data;

/// <summary>
/// The rows of one data file, CSV or JSON lines, read once from first to last. Bad rows are counted and skipped up to the
/// share that the options allow.
/// </summary>
abstract class Table : IDisposable
{
    const int ShownMax = 5;
    const int HopelessRows = 10_000;
    const int RowsPerReport = 4096;

    readonly DatasetOptions _options;
    readonly Progress _progress;
    readonly FileStream _file;
    readonly List<string> _firstBad = [];
    long _bad;

    /// <summary>Opens the file; <see cref="Open"/> chooses the kind.</summary>
    protected Table(FilePart part, DatasetOptions options, Progress progress)
    {
        (Part, _options, _progress) = (part, options, progress);
        (var content, _file) = DataFile.Open(part.Path);
        Text = DataFile.Text(content);
    }

    /// <summary>The file.</summary>
    public FilePart Part { get; }

    /// <summary>Rows met so far, bad ones included, the header not.</summary>
    public long Rows { get; private set; }

    /// <summary>The line on which the current row begins, from 1.</summary>
    public abstract long Line { get; }

    /// <summary>The file's text.</summary>
    protected StreamReader Text { get; }

    /// <summary>Opens a file: JSON lines when its name says so (.jsonl, .ndjson), else CSV.</summary>
    /// <exception cref="DatasetException">It is missing, empty or unreadable.</exception>
    public static Table Open(FilePart part, DatasetOptions options, Progress progress)
    {
        string name = part.Path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? part.Path[..^3] : part.Path;
        return Path.GetExtension(name).ToLowerInvariant() is ".jsonl" or ".ndjson"
            ? new JsonLinesTable(part, options, progress)
            : new CsvTable(part, options, progress);
    }

    /// <summary>The number of a column, for <see cref="Cell"/>.</summary>
    /// <exception cref="DatasetException">There is no such column; the nearest name is offered.</exception>
    public abstract int Column(string name);

    /// <summary>The text in a column of the current row, trimmed; empty when missing.</summary>
    /// <exception cref="BadRowException">The cell is not UTF-8.</exception>
    public string Cell(int column)
    {
        string cell = RawCell(column);
        return !cell.Contains(DataFile.NotUtf8) ? cell.Trim() : throw new BadRowException("the row is not UTF-8 text");
    }

    /// <summary>The values of a cell that holds several: a JSON list, or a text cut at <paramref name="separator"/>.</summary>
    public virtual string[] Cells(int column, string separator) => Cell(column).Split(separator);

    /// <summary>Calls <paramref name="row"/> for every row; a <see cref="BadRowException"/> makes the row a bad one.</summary>
    /// <exception cref="DatasetException">Too many rows are bad, or the file cannot be read to its end.</exception>
    public void ReadAll(Action row)
    {
        _progress.Step($"read {Path.GetFileName(Part.Path)}", _file.Length, "bytes");
        long reported = 0;
        while (Advance())
        {
            Rows++;
            try
            {
                Check();
                row();
            }
            catch (BadRowException e)
            {
                CountBad(e.Message);
            }
            if (Rows % RowsPerReport != 0) continue;
            _progress.Advance(_file.Position - reported);
            reported = _file.Position;
        }
        _progress.Advance(_file.Length - reported);
        Finish();
        CheckBadRows();
        string figure = string.Create(CultureInfo.InvariantCulture, $"{Rows:N0} rows");
        _progress.Done(_bad == 0 ? figure : figure + string.Create(CultureInfo.InvariantCulture, $", {_bad:N0} bad"));
    }

    /// <summary>An error about this file.</summary>
    public DatasetException Error(string message, long line = 0, string? column = null) =>
        new(message, Part.Path, line, column);

    /// <inheritdoc/>
    public virtual void Dispose() => Text.Dispose();

    /// <summary>Goes to the next row; false at the end.</summary>
    protected abstract bool Advance();

    /// <summary>Throws a <see cref="BadRowException"/> when the current row as a whole is bad.</summary>
    protected abstract void Check();

    /// <summary>The text in a column as it stands.</summary>
    protected abstract string RawCell(int column);

    /// <summary>Called after the last row.</summary>
    protected virtual void Finish()
    {
    }

    void CountBad(string why)
    {
        _bad++;
        if (_firstBad.Count < ShownMax) _firstBad.Add($"{DatasetException.Place(Path.GetFileName(Part.Path), Line)}: {why}");
        // A file of another kind than described need not be read to its end.
        if (_bad >= HopelessRows && _bad * 2 > Rows && _options.MaxBadRows < 0.5) CheckBadRows();
    }

    void CheckBadRows()
    {
        if (_bad == 0) return;
        string shown = string.Join("; ", _firstBad) + (_bad > _firstBad.Count ? "; …" : "");
        if (_bad > _options.MaxBadRows * Rows)
        {
            throw Error(string.Create(
                CultureInfo.InvariantCulture,
                $"{_bad:N0} of {Rows:N0} rows are bad, more than the {_options.MaxBadRows:0.####%} allowed: {shown}"));
        }
        _progress.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{_bad:N0} of {Rows:N0} rows of {Path.GetFileName(Part.Path)} are bad and were skipped: {shown}"));
    }
}
