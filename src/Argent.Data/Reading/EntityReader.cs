using System.Globalization;
using Argent.Model;

namespace Argent.Data;

/// <summary>Reads items or users: their own file with ids and features, then the side files that are keyed by the ids.</summary>
sealed class EntityReader
{
    readonly EntityPart _part;
    readonly FeatureBuilder[] _features;
    readonly DatasetOptions _options;
    readonly Progress _progress;
    readonly List<string> _titles = [];
    readonly List<long> _lines = [];

    /// <summary>A reader of <paramref name="part"/>; nothing is read yet.</summary>
    /// <exception cref="DatasetException">A feature's description is impossible.</exception>
    public EntityReader(EntityPart part, string description, DatasetOptions options, Progress progress)
    {
        (_part, _options, _progress) = (part, options, progress);
        try
        {
            _features = [.. part.Features.Select(f => new FeatureBuilder(f))];
        }
        catch (FormatException e)
        {
            throw new DatasetException(e.Message + ".", description);
        }
    }

    /// <summary>The ids so far.</summary>
    public IdBook Ids { get; } = new();

    /// <summary>Reads the entity's own file: every row brings a new id.</summary>
    /// <exception cref="DatasetException">The file cannot be read, or an id comes twice.</exception>
    public void ReadOwn()
    {
        using var table = Table.Open(_part.Source!, _options, _progress);
        var features = Bind(table, _features.Where(f => f.Part.Side is null));
        int id = table.Column(_part.Id), title = _part.Title is null ? -1 : table.Column(_part.Title);
        table.ReadAll(() =>
        {
            string text = Id(table, id);
            string titleText = title < 0 ? "" : table.Cell(title);
            foreach (var feature in features) feature.Read(table);
            int row = Ids.Add(text, out bool isNew);
            if (!isNew)
            {
                throw table.Error($"the id '{CellParser.Short(text)}' was there already, in line {_lines[row]}.", table.Line, _part.Id);
            }
            _titles.Add(titleText);
            _lines.Add(table.Line);
            foreach (var feature in features) feature.Commit(row);
        });
        if (Ids.Count == 0) throw table.Error("has no rows.");
    }

    /// <summary>Reads the features of the entity's own file for ids that are known: rows of other ids are only counted.</summary>
    /// <exception cref="DatasetException">The file cannot be read, or no row has a known id.</exception>
    public void ReadOwnForKnownIds()
    {
        using var table = Table.Open(_part.Source!, _options, _progress);
        int title = _part.Title is null ? -1 : table.Column(_part.Title);
        for (int i = 0; i < Ids.Count; i++) _titles.Add("");
        var seen = new bool[Ids.Count];
        ReadKeyed(table, table.Column(_part.Id), Bind(table, _features.Where(f => f.Part.Side is null)), row =>
        {
            if (seen[row]) throw new BadRowException("a second row for the same id");
            seen[row] = true;
            if (title >= 0) _titles[row] = table.Cell(title);
        });
    }

    /// <summary>Reads the side files, each once, for the ids that are known by now (and sorted once).</summary>
    /// <exception cref="DatasetException">A file cannot be read, or no row has a known id.</exception>
    public void ReadSides()
    {
        var rest = _features.Where(f => f.Part.Side is not null).ToList();
        while (rest.Count > 0)
        {
            var first = rest[0].Part;
            var same = rest.Where(f => f.Part.Side!.IsSame(first.Side!) && f.Part.Key == first.Key).ToList();
            rest.RemoveAll(same.Contains);
            using var table = Table.Open(first.Side!, _options, _progress);
            ReadKeyed(table, table.Column(first.Key!), Bind(table, same), _ => { });
        }
    }

    /// <summary>The feature columns in the order of <paramref name="ids"/>, which may have ids beyond those that were read.</summary>
    public IReadOnlyList<FeatureColumn> Columns(SortedIds ids) => [.. _features.Select(f => f.Build(ids))];

    /// <summary>The titles in the order of <paramref name="ids"/>, or null when the description names none.</summary>
    public string[]? Titles(SortedIds ids) =>
        _part.Title is null || _titles.Count == 0 ? null : [.. ids.Order.Select(i => _titles[i])];

    /// <summary>An id's cell; an empty one makes the row bad.</summary>
    public static string Id(Table table, int column) =>
        table.Cell(column) is { Length: > 0 } id ? id : throw new BadRowException("the id is empty");

    static FeatureBuilder[] Bind(Table table, IEnumerable<FeatureBuilder> features)
    {
        FeatureBuilder[] bound = [.. features];
        foreach (var feature in bound) feature.Bind(table);
        return bound;
    }

    void ReadKeyed(Table table, int key, FeatureBuilder[] features, Action<int> found)
    {
        long strangers = 0, met = 0;
        table.ReadAll(() =>
        {
            string id = Id(table, key);
            foreach (var feature in features) feature.Read(table);
            int row = Ids.Find(id);
            if (row < 0)
            {
                strangers++;
                return;
            }
            met++;
            found(row);
            foreach (var feature in features) feature.Commit(row);
        });
        string file = Path.GetFileName(table.Part.Path);
        if (strangers > 0 && met == 0) throw table.Error("no row has an id that is known: is the id's column the right one?");
        if (strangers == 0) return;
        _progress.Note(string.Create(
            CultureInfo.InvariantCulture, $"{strangers:N0} of {table.Rows:N0} rows of {file} have an unknown id and were not used"));
    }
}
