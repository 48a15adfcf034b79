using System.Globalization;

namespace Argent.Data;

/// <summary>One event as it was read.</summary>
/// <param name="User">Number of the user in the book of ids.</param>
/// <param name="Item">Item row.</param>
/// <param name="Time">Unix seconds; 0 when the file has none.</param>
/// <param name="Order">Position among all events of the task.</param>
/// <param name="Counts">False when the row does not meet the condition: it only replaces earlier ones.</param>
readonly record struct EventRow(int User, int Item, long Time, int Order, bool Counts);

/// <summary>Reads event files and groups them by task and user.</summary>
sealed class EventReader(IdBook items, int[] itemRank, IdBook users, DatasetOptions options, Progress progress)
{
    const int ShownMax = 5;

    /// <summary>The events of one file: where nothing else is said, the last row of a user and an item is the only one.</summary>
    /// <exception cref="DatasetException">The file cannot be read, or more than half of its rows name unknown items.</exception>
    public List<EventRow> Read(EventPart part)
    {
        using var table = Table.Open(part.Source, options, progress);
        int user = table.Column(part.User), item = table.Column(part.Item);
        int time = part.Time is null ? -1 : table.Column(part.Time);
        int[] where = [.. (part.Where?.Columns ?? []).Select(table.Column)];
        var cells = new string[where.Length];
        var rows = new List<EventRow>();
        var strangers = new List<string>();
        long strange = 0;
        table.ReadAll(() =>
        {
            string userId = EntityReader.Id(table, user), itemId = EntityReader.Id(table, item);
            long at = time < 0 ? 0 : Time(table.Cell(time), part.Time!);
            for (int i = 0; i < where.Length; i++) cells[i] = table.Cell(where[i]);
            bool counts = part.Where?.Accepts(cells) ?? true;
            int itemNumber = items.Find(itemId);
            if (itemNumber < 0)
            {
                strange++;
                if (strangers.Count < ShownMax && !strangers.Contains(itemId)) strangers.Add(itemId);
                return;
            }
            rows.Add(new EventRow(users.Add(userId, out _), itemRank[itemNumber], at, rows.Count, counts));
        });
        Report(table, strange, strangers);
        return rows;
    }

    static long Time(string cell, string column) =>
        cell.Length > 0 ? CellParser.Date(cell, column) : throw new BadRowException("the time is empty");

    void Report(Table table, long strange, List<string> strangers)
    {
        if (strange == 0) return;
        string shown = string.Join(", ", strangers.Select(CellParser.Short)) + (strange > strangers.Count ? ", …" : "");
        string count = string.Create(CultureInfo.InvariantCulture, $"{strange:N0} of {table.Rows:N0}");
        if (strange * 2 > table.Rows)
        {
            throw table.Error($"{count} events name items that are unknown ({shown}): is the item's column the right one?");
        }
        progress.Note($"{count} events of {Path.GetFileName(table.Part.Path)} name unknown items ({shown}) and were not used");
    }
}
