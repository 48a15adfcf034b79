using System.Globalization;

namespace Argent.Data;

/// <summary>A data set that cannot be read: what is wrong, in which file, and where it can be said on which line.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>An error in <paramref name="file"/>.</summary>
    /// <param name="message">What is wrong and how to mend it.</param>
    /// <param name="file">The file.</param>
    /// <param name="line">The line, from 1; 0 when the error has none.</param>
    /// <param name="column">The column's name, or null.</param>
    public DatasetException(string message, string file, long line = 0, string? column = null)
        : base($"{Place(file, line)}: {message}") => (File, Line, Column) = (file, line, column);

    /// <summary>The file that is wrong.</summary>
    public string File { get; }

    /// <summary>The line, from 1; 0 when the error is not of one line.</summary>
    public long Line { get; }

    /// <summary>The name of the column, or null.</summary>
    public string? Column { get; }

    /// <summary>A place as compilers print it: <c>file:line</c>, or only the file.</summary>
    internal static string Place(string file, long line) =>
        line == 0 ? file : string.Create(CultureInfo.InvariantCulture, $"{file}:{line}");
}
