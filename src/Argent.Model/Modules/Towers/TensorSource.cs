using System.Globalization;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>Weights by name, with shape errors that a person can act on.</summary>
/// <param name="tensors">The tensor of a name, or null when there is none.</param>
/// <param name="origin">What errors call the weights: a file's path.</param>
public sealed class TensorSource(Func<string, AnyTensor?> tensors, string origin)
{
    /// <summary>True when there is a tensor of that name.</summary>
    public bool Has(string name) => tensors(name) is not null;

    /// <summary>The error that a tensor <paramref name="why"/>.</summary>
    public InvalidDataException Bad(string name, string why) => new($"The tensor '{name}' of {origin} {why}.");

    /// <summary>The texts of <c>name_start</c> and <c>name_text</c>; <paramref name="rows"/> is -1 for any number.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or the two do not fit together.</exception>
    public TextColumn Texts(string name, long rows)
    {
        var start = Get<long>(name + "_start", rows < 0 ? -1 : rows + 1);
        var text = Get<byte>(name + "_text", -1);
        try
        {
            return new TextColumn(start, text);
        }
        catch (InvalidDataException e)
        {
            throw Bad(name + "_start", "is inconsistent: " + e.Message);
        }
    }

    /// <summary>The tensor called <paramref name="name"/>.</summary>
    /// <param name="name">Its path.</param>
    /// <param name="shape">The extents it must have; -1 for any.</param>
    /// <exception cref="InvalidDataException">There is none, or its type or shape is another one.</exception>
    public Tensor<T> Get<T>(string name, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        if (tensors(name) is not { } tensor)
        {
            throw new InvalidDataException(
                $"{origin} has no tensor '{name}'; the model needs {ElementTypes.Of<T>()}{Text(shape)} by that name.");
        }
        if (tensor.Type != ElementTypes.Of<T>() || !Fits(tensor.Shape, shape))
        {
            throw new InvalidDataException(
                $"The tensor '{name}' of {origin} is {tensor.Type}{tensor.Shape}; the model needs {ElementTypes.Of<T>()}{Text(shape)}.");
        }
        return tensor.As<T>();
    }

    /// <summary>Texts in ordinal byte order, of which row i is <c>text[start[i] .. start[i + 1]]</c>.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, or the starts do not divide the text.</exception>
    public ItemIds GetTexts(string startName, string textName)
    {
        var (start, text) = (Get<long>(startName, [-1]), Get<byte>(textName, [-1]));
        bool divides = start.Count > 0 && start[0] == 0 && start[start.Count - 1] == text.Count;
        for (long i = 1; divides && i < start.Count; i++) divides = start[i] >= start[i - 1];
        return divides
            ? ItemIds.FromTensors(default, start, text)
            : throw new InvalidDataException($"The tensor '{startName}' of {origin} does not divide '{textName}' into texts.");
    }

    static bool Fits(Shape shape, ReadOnlySpan<long> wanted)
    {
        if (shape.Rank != wanted.Length) return false;
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i] >= 0 && shape[i] != wanted[i]) return false;
        }
        return true;
    }

    static string Text(ReadOnlySpan<long> shape)
    {
        var extents = new string[shape.Length];
        for (int i = 0; i < extents.Length; i++)
        {
            extents[i] = shape[i] < 0 ? "any" : shape[i].ToString(CultureInfo.InvariantCulture);
        }
        return "[" + string.Join(", ", extents) + "]";
    }
}
