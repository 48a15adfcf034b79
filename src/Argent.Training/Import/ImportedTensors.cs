using Argent.Tensors;

namespace Argent.Training;

/// <summary>The tensors of a model, made on demand from the parts that a map names: converted, cut, turned, stacked, in order.</summary>
/// <param name="map">What each tensor is made of.</param>
/// <param name="files">Where the parts are.</param>
/// <param name="orders">By path: the rows of the made tensor in the order that the model needs.</param>
/// <param name="given">By path: tensors that need no file.</param>
sealed class ImportedTensors(
    ImportMap map, ImportFiles files, IReadOnlyDictionary<string, int[]> orders, IReadOnlyDictionary<string, AnyTensor> given)
{
    const string NeighboursPath = "over_arch.neighbours.";

    readonly Dictionary<string, ImportedTensor> _made = new(StringComparer.Ordinal);
    readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>What was made, by path.</summary>
    public IReadOnlyDictionary<string, ImportedTensor> Made => _made;

    /// <summary>Every path that was asked for.</summary>
    public IReadOnlySet<string> Asked => _asked;

    /// <summary>What the last answer was made of; null when there was none.</summary>
    public ImportedTensor? Last { get; private set; }

    /// <summary>The tensor of a path, or null when the map has none.</summary>
    /// <exception cref="InvalidDataException">A part is missing, of the wrong type or shape, or not finite.</exception>
    public AnyTensor? Find(string path)
    {
        Last = null;
        _asked.Add(path);
        if (given.TryGetValue(path, out var known)) return known;
        if (path.StartsWith(NeighboursPath, StringComparison.Ordinal))
        {
            throw new InvalidDataException(
                $"The model needs '{path}', which numbers items: neighbours of items are learned from events, not imported. " +
                "Leave the features neighbours and neighbourRoots out of \"overArch\".");
        }
        if (!map.Tensors.TryGetValue(path, out var source)) return null;
        var parts = source.Parts.Select(part => Make(part, path)).ToList();
        var tensor = parts.Count == 1 ? parts[0].Tensor : Stack(parts, path);
        if (orders.TryGetValue(path, out int[]? order) && tensor.Shape[0] == order.Length) tensor = Ordered(tensor.As<float>(), order);
        Last = new ImportedTensor(path, tensor.Type.ToString(), tensor.Shape.ToArray(), string.Join("; ", parts.Select(p => p.Origin)));
        _made[path] = Last;
        return tensor;
    }

    (AnyTensor Tensor, string Origin) Make(ImportPart part, string path)
    {
        if (part.Zeros is { } shape) return (AnyTensor.From(Tensor.Zeros<float>(Extents(shape, path))), part.ToString());
        if (part.Identity is { } size) return (Identity(size, path), part.ToString());
        var (tensor, file) = files.Find(part, path);
        string origin = $"{part} of '{file}', {tensor.Type}{tensor.Shape}";
        if (part.Rows is [var first, var end]) tensor = Cut(tensor, first, end, (path, origin));
        // Bounds of ordered features are integers; they are taken as they are.
        if (tensor.Type == ElementType.I64 && !part.Transpose) return (tensor, origin);
        var floats = FloatValues.Of(tensor) ?? throw Bad(path, origin, "weights are F32, F16 or BF16");
        if (FloatValues.FirstNotFinite(floats) is { } at)
        {
            throw Bad(path, origin, $"it holds {floats[at]} at element {at}, and weights are finite numbers");
        }
        if (part.Transpose && floats.Shape.Rank != 2) throw Bad(path, origin, "only tensors of two dimensions are transposed");
        return (AnyTensor.From(part.Transpose ? FloatValues.Transposed(floats) : floats), origin);
    }

    static AnyTensor Cut(AnyTensor tensor, long first, long end, (string Path, string Origin) what)
    {
        if (first < 0 || end < first || end > tensor.Shape[0])
        {
            throw Bad(what.Path, what.Origin, $"there are no rows {first} to {end} of {tensor.Shape[0]}");
        }
        long rowBytes = tensor.Shape.RowCount * tensor.Type.SizeOf();
        return tensor with { Shape = tensor.Shape.WithOuter(end - first), ByteOffset = tensor.ByteOffset + first * rowBytes };
    }

    static AnyTensor Stack(List<(AnyTensor Tensor, string Origin)> parts, string path)
    {
        var first = parts[0].Tensor;
        foreach (var (tensor, origin) in parts)
        {
            if (tensor.Type != ElementType.F32) throw Bad(path, origin, "parts that are stacked are F32, F16 or BF16");
            if (tensor.Shape.WithOuter(1) == first.Shape.WithOuter(1)) continue;
            throw Bad(path, origin, $"its rows have another shape than those of {parts[0].Origin}");
        }
        var stacked = Tensor.Zeros<float>(first.Shape.WithOuter(parts.Sum(p => p.Tensor.Shape[0])));
        long row = 0;
        foreach (var (tensor, _) in parts)
        {
            stacked.Rows(row, tensor.Shape[0]).CopyFrom(tensor.As<float>());
            row += tensor.Shape[0];
        }
        return AnyTensor.From(stacked);
    }

    static AnyTensor Ordered(Tensor<float> rows, int[] order)
    {
        var ordered = Tensor.Zeros<float>(rows.Shape);
        for (int i = 0; i < order.Length; i++) ordered.Rows(i, 1).CopyFrom(rows.Rows(order[i], 1));
        return AnyTensor.From(ordered);
    }

    static AnyTensor Identity(int size, string path)
    {
        var matrix = Tensor.Zeros<float>(Extents([size, size], path));
        for (int i = 0; i < size; i++) matrix[(long)i * size + i] = 1;
        return AnyTensor.From(matrix);
    }

    static Shape Extents(IReadOnlyList<long> extents, string path)
    {
        try
        {
            return Shape.From([.. extents]);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"'{path}' cannot have the shape [{string.Join(", ", extents)}].", e);
        }
    }

    static InvalidDataException Bad(string path, string origin, string why) =>
        new($"'{path}' cannot be made of {origin}: {why}.");
}

/// <summary>A tensor of an imported model.</summary>
/// <param name="Path">Its path in the model.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its extents.</param>
/// <param name="From">What it was made of.</param>
public sealed record ImportedTensor(string Path, string Type, IReadOnlyList<long> Shape, string From);
