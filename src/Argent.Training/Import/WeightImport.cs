using System.Text;
using Argent.Data;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>What an import made.</summary>
/// <param name="Folder">The trained model's folder.</param>
/// <param name="Name">The model's name.</param>
/// <param name="Items">Items with rows of their own.</param>
/// <param name="Weights">Numbers of all tensors.</param>
/// <param name="Tensors">Every tensor of the model and what it was made of, by path.</param>
public sealed record ImportResult(string Folder, string Name, int Items, long Weights, IReadOnlyList<ImportedTensor> Tensors);

/// <summary>Makes a trained model's folder of weights that were trained elsewhere; docs/weights.md describes the map.</summary>
public static class WeightImport
{
    const string Start = ".value_start";

    /// <summary>
    /// Reads a map and its files, checks every tensor, and writes the folder. Which tensors a model needs follows from its
    /// description; all of them, and no others, must be in the map.
    /// </summary>
    /// <param name="mapPath">The map.</param>
    /// <param name="folder">The folder of the trained model.</param>
    /// <exception cref="InvalidDataException">Something is missing, left over, or of the wrong shape or type; the message names
    /// the file, the tensor and what is needed.</exception>
    /// <exception cref="DatasetException">The file of ids or of values cannot be read.</exception>
    public static ImportResult Run(string mapPath, string folder)
    {
        var map = StrictJson.Read<ImportMap>(File.ReadAllBytes(mapPath), mapPath);
        string from = Path.GetDirectoryName(Path.GetFullPath(mapPath))!;
        var orders = new Dictionary<string, int[]>(StringComparer.Ordinal);
        var given = new Dictionary<string, AnyTensor>(StringComparer.Ordinal);
        var items = ReadItems(Path.Combine(from, map.Items), map.Model.Towers, orders);
        foreach (var (table, file) in map.Values) AddValues(table, Path.Combine(from, file), orders, given);
        using var files = new ImportFiles(map, mapPath);
        var tensors = new ImportedTensors(map, files, orders, given);
        using var model = Bind(map, items, tensors, mapPath);
        CheckAllAsked(map, tensors, mapPath);
        files.CheckAllUsed(map.Ignore);
        model.Save(folder);
        var made = tensors.Made.Values.OrderBy(t => t.Path, StringComparer.Ordinal).ToList();
        return new ImportResult(folder, map.Model.Name, items.Count, made.Sum(t => t.Shape.Aggregate(1L, (a, b) => a * b)), made);
    }

    static TrainedModel Bind(ImportMap map, ItemIds items, ImportedTensors tensors, string mapPath)
    {
        try
        {
            return TrainedModel.FromTensors(map.Model, items, tensors.Find, $"'{mapPath}'");
        }
        catch (InvalidDataException e) when (tensors.Last is { } last && e.Message.Contains(last.Path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{e.Message} It is made of {last.From}.", e);
        }
    }

    static ItemIds ReadItems(string path, TowerConfig towers, Dictionary<string, int[]> orders)
    {
        var ids = IdFile.Read(path);
        var aligned = AttributeReader.Read(new AttributeSource { Count = ids.Count, Ids = ids }, new DatasetOptions(), Progress.None);
        // Rows of items are in the order of the file there and in ascending order here.
        foreach (string table in ItemTables(towers)) orders[table] = aligned.SourceRows;
        return aligned.Items.Ids;
    }

    static IEnumerable<string> ItemTables(TowerConfig towers) =>
        towers.Histories.Select(task => $"user_tower.history.{task}.weight").Append("item_tower.id.weight").Append("item_tower.bias");

    static void AddValues(string table, string path, Dictionary<string, int[]> orders, Dictionary<string, AnyTensor> given)
    {
        var values = IdFile.Read(path);
        var utf8 = values.Select(Encoding.UTF8.GetBytes).ToList();
        int[] order = [.. Enumerable.Range(0, values.Count)];
        Array.Sort(order, (a, b) => utf8[a].AsSpan().SequenceCompareTo(utf8[b]));
        var sorted = ItemIds.FromSorted([.. order.Select(i => values[i])]);
        orders[table + ".weight"] = order;
        (given[table + Start], given[table + ".value_text"]) = (sorted.Tensors[0].Tensor, sorted.Tensors[1].Tensor);
    }

    /// <summary>A name that nothing asked for is a slip of the pen, or belongs to another model.</summary>
    static void CheckAllAsked(ImportMap map, ImportedTensors tensors, string mapPath)
    {
        foreach (string name in map.Tensors.Keys.Where(name => !tensors.Asked.Contains(name)))
        {
            throw new InvalidDataException(
                $"'{mapPath}' makes a tensor '{name}', which the model it describes does not have.{Suggestion.Offer(name, tensors.Asked)}");
        }
        foreach (string table in map.Values.Keys.Where(table => !tensors.Asked.Contains(table + Start)))
        {
            var tables = tensors.Asked.Where(n => n.EndsWith(Start, StringComparison.Ordinal)).Select(n => n[..^Start.Length]);
            throw new InvalidDataException(
                $"'{mapPath}' names values of '{table}', which is no table of texts of the model it describes." +
                Suggestion.Offer(table, tables));
        }
    }
}
