using Argent.Tensors;

namespace Argent.Model;

/// <summary>The items' ids and titles by row.</summary>
/// <param name="ids">Ids, ascending.</param>
/// <param name="titles">Titles by row, or null.</param>
public sealed class ItemTable(ItemIds ids, TextColumn? titles) : Module
{
    const string Path = "items";

    /// <summary>Ids, ascending.</summary>
    public ItemIds Ids { get; } = ids;

    /// <summary>Titles by row, or null when the catalogue has none.</summary>
    public TextColumn? Titles { get; } = titles is null || titles.Count == ids.Count
        ? titles
        : throw new ArgumentException($"{titles.Count} titles for {ids.Count} items.");

    /// <summary>The title of a row, or null when it has none.</summary>
    public string? Title(int row) => Titles?[row] is { Length: > 0 } title ? title : null;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, AnyTensor Tensor)> Tensors =>
        Ids.Tensors.Select(t => (t.Name[(Path.Length + 1)..], t.Tensor)).Concat(Titles?.Tensors("title") ?? []);

    /// <summary>The ids and titles of a catalogue.</summary>
    public static ItemTable From(Catalogue catalogue) =>
        new(catalogue.Ids, catalogue.Titles is { } titles ? TextColumn.From(titles) : null);

    /// <summary>Binds <c>items.*</c>.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or inconsistent.</exception>
    public static ItemTable FromTensors(TensorSource source, int items)
    {
        var ids = source.Has("items.ids")
            ? ItemIds.FromTensors(source.Get<long>("items.ids", items), default, default)
            : TextIds(source.Texts("items.id", items));
        return new ItemTable(ids, source.Has("items.title_start") ? source.Texts("items.title", items) : null);
    }

    static ItemIds TextIds(TextColumn texts) => ItemIds.FromTensors(default, texts.Start, texts.Text);
}
