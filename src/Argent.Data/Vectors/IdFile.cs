using System.Globalization;

namespace Argent.Data;

/// <summary>A text file with one item id per line, in the order of the vectors.</summary>
public static class IdFile
{
    /// <summary>The ids, trimmed. A line break at the end of the last line does not make another.</summary>
    /// <exception cref="DatasetException">The file is missing, or a line is empty, repeats an id or is not UTF-8.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        using var text = DataFile.Text(DataFile.Open(path).Content);
        var lineOf = new Dictionary<string, int>(StringComparer.Ordinal);
        var ids = new List<string>();
        while (text.ReadLine() is { } line)
        {
            string id = line.Trim();
            int number = ids.Count + 1;
            if (id.Length == 0) throw new DatasetException("the line is empty where an id is expected.", path, number);
            if (id.Contains(DataFile.NotUtf8)) throw new DatasetException("the line is not UTF-8 text.", path, number);
            if (!lineOf.TryAdd(id, number))
            {
                throw new DatasetException(
                    string.Create(CultureInfo.InvariantCulture, $"the id '{id}' was there already, in line {lineOf[id]}."), path, number);
            }
            ids.Add(id);
        }
        return ids;
    }
}
