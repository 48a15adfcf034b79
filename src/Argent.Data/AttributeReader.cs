using System.Globalization;
using System.Text;
using Argent.Model;

namespace Argent.Data;

/// <summary>Where ids and attributes of items come from whose vectors were made elsewhere.</summary>
public sealed record AttributeSource
{
    /// <summary>Number of vectors.</summary>
    public required int Count { get; init; }

    /// <summary>Ids in the order of the vectors; null for row numbers from 0.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>A CSV or JSON lines file with a row per item; null for the file that the description names, if any.</summary>
    public string? Attributes { get; init; }

    /// <summary>A description (or its folder) whose "items" part says what the columns are; null for the dataset.json beside
    /// the attributes.</summary>
    public string? Description { get; init; }
}

/// <summary>A catalogue for vectors in another order.</summary>
/// <param name="Items">Items in id order.</param>
/// <param name="SourceRows">SourceRows[catalogue row] = row of the item's vector.</param>
/// <param name="ContentHash">Hash of ids, attributes and description, for lineage: 64 hex digits.</param>
public sealed record AlignedCatalogue(Catalogue Items, int[] SourceRows, string ContentHash);

/// <summary>Reads the attributes of items whose vectors were made elsewhere.</summary>
public static class AttributeReader
{
    /// <summary>
    /// The catalogue of the items that have vectors. Items without a row of attributes have missing values; rows of other ids
    /// are counted in a note.
    /// </summary>
    /// <exception cref="DatasetException">A file is missing, unreadable or too often bad.</exception>
    /// <exception cref="ArgumentException">There are not as many ids as vectors, or an id comes twice.</exception>
    public static AlignedCatalogue Read(AttributeSource source, DatasetOptions options, Progress progress)
    {
        DatasetReader.CheckOptions(options);
        if (source.Ids is { } given && given.Count != source.Count)
        {
            throw new ArgumentException($"There are {given.Count} ids for {source.Count} vectors.");
        }
        var description = Describe(source);
        if (description is null && source.Ids is null) return Numbered(source.Count);
        var entity = description?.Items ?? new EntityPart(null, "id", null, []);
        var reader = new EntityReader(entity, description?.File ?? "", options, progress);
        AddIds(reader.Ids, source);
        var ids = reader.Ids.Sort();
        if (entity.Source is not null) reader.ReadOwnForKnownIds();
        reader.ReadSides();
        var items = new Catalogue(ids.ToItemIds(), reader.Titles(ids), reader.Columns(ids));
        return new AlignedCatalogue(items, ids.Order, Hash(description, source));
    }

    static DatasetDescription? Describe(AttributeSource source)
    {
        if (source.Attributes is null && source.Description is null) return null;
        string path = source.Description
            ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(source.Attributes!))!, DatasetReader.FileName);
        if (source.Description is null && !File.Exists(path))
        {
            throw new DatasetException(
                "attributes need a dataset.json that says what the columns are, such as " +
                """{"items": {"id": "id", "features": {"label": {"type": "integer"}}}}, beside this file or given by name.""",
                source.Attributes!);
        }
        var description = DatasetReader.Describe(path);
        if (source.Attributes is null) return description;
        var part = description.Items.Source ?? new FilePart("", null, ",");
        var own = part with { Path = Path.GetFullPath(source.Attributes) };
        return description with { Items = description.Items with { Source = own } };
    }

    static AlignedCatalogue Numbered(int count)
    {
        var numbers = new long[count];
        var rows = new int[count];
        for (int i = 0; i < count; i++) (numbers[i], rows[i]) = (i, i);
        string hash = ContentHash.Of(BitConverter.GetBytes(count), []);
        return new AlignedCatalogue(new Catalogue(ItemIds.FromSorted(numbers.AsSpan()), null, []), rows, hash);
    }

    static void AddIds(IdBook book, AttributeSource source)
    {
        for (int i = 0; i < source.Count; i++)
        {
            string id = source.Ids?[i] ?? i.ToString(CultureInfo.InvariantCulture);
            book.Add(id, out bool isNew);
            if (!isNew) throw new ArgumentException($"The id '{id}' comes twice.");
        }
    }

    static string Hash(DatasetDescription? description, AttributeSource source)
    {
        string ids = source.Ids is null ? source.Count.ToString(CultureInfo.InvariantCulture) : string.Join('\n', source.Ids);
        byte[] bytes = [.. description?.Content ?? [], .. Encoding.UTF8.GetBytes(ids)];
        EntityPart[] entities = description is null ? [] : [description.Items];
        return ContentHash.Of(bytes, entities
            .SelectMany(e => e.Features.Select(f => f.Side).Prepend(e.Source)).OfType<FilePart>().Select(f => f.Path));
    }
}
