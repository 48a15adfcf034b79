using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>The safetensors files of an import: finds tensors by name, and knows which nobody asked for.</summary>
sealed class ImportFiles : IDisposable
{
    const int ShownMax = 10;

    readonly string _map;
    readonly List<(string Name, SafetensorsFile File)> _files = [];
    readonly HashSet<(string File, string Tensor)> _used = [];

    /// <summary>Opens the files that a map names.</summary>
    /// <param name="map">The map.</param>
    /// <param name="path">Where it lies.</param>
    /// <exception cref="InvalidDataException">A file is missing, or is no safetensors file.</exception>
    public ImportFiles(ImportMap map, string path)
    {
        _map = path;
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        try
        {
            foreach (string name in map.Files.Distinct(StringComparer.Ordinal)) Open(name, Path.Combine(folder, name));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The tensor that a part takes, and its file.</summary>
    /// <param name="part">A part with a name.</param>
    /// <param name="wanted">The tensor of the model that it is for.</param>
    /// <exception cref="InvalidDataException">No file has it, or several have.</exception>
    public (AnyTensor Tensor, string File) Find(ImportPart part, string wanted)
    {
        string name = part.From!;
        if (part.File is { } only && _files.All(f => f.Name != only))
        {
            throw new InvalidDataException(
                $"'{_map}' takes '{wanted}' from '{only}', which is none of its files." +
                Suggestion.Offer(only, _files.Select(f => f.Name)));
        }
        var searched = _files.Where(f => part.File is null || f.Name == part.File).ToList();
        var holders = searched.Where(f => f.File.Tensors.ContainsKey(name)).ToList();
        if (holders is [var (file, opened)])
        {
            _used.Add((file, name));
            return (opened.Tensors[name], file);
        }
        string names = string.Join(", ", (holders.Count > 0 ? holders : searched).Select(f => $"'{f.Name}'"));
        if (holders.Count > 1)
        {
            throw new InvalidDataException($"The tensor '{name}', for '{wanted}', is in several files: {names}. Name one with \"file\".");
        }
        throw new InvalidDataException(
            $"There is no tensor '{name}' in {names}, which '{_map}' names for '{wanted}'." +
            Suggestion.Offer(name, searched.SelectMany(f => f.File.Tensors.Keys)));
    }

    /// <summary>Refuses tensors that nothing is made of, unless they match <paramref name="ignored"/>.</summary>
    /// <exception cref="InvalidDataException">A tensor is left over, or a pattern matches none.</exception>
    public void CheckAllUsed(IReadOnlyList<string> ignored)
    {
        var left = _files.SelectMany(f => f.File.Tensors.Select(t => (f.Name, Tensor: t.Key, t.Value)))
            .Where(t => !_used.Contains((t.Name, t.Tensor)))
            .OrderBy(t => t.Tensor, StringComparer.Ordinal).ToList();
        if (ignored.FirstOrDefault(pattern => !left.Any(t => Matches(t.Tensor, pattern))) is { } idle)
        {
            throw new InvalidDataException($"'{_map}' ignores '{idle}', but no tensor that is left over has such a name.");
        }
        var over = left.Where(t => !ignored.Any(pattern => Matches(t.Tensor, pattern))).ToList();
        if (over is not [var first, ..]) return;
        string others = string.Join(", ", over.Skip(1).Take(ShownMax).Select(t => t.Tensor));
        string more = over.Count > 1 ? $", and {over.Count - 1} more: {others}" : "";
        throw new InvalidDataException(
            $"The tensor '{first.Tensor}' of '{first.Name}', {first.Value.Type}{first.Value.Shape}, is left over{more}. " +
            $"Use it in '{_map}', or name it under \"ignore\".");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, file) in _files) file.Dispose();
    }

    void Open(string name, string path)
    {
        if (!File.Exists(path)) throw new InvalidDataException($"'{_map}' names the file '{path}', which is not there.");
        _files.Add((name, SafetensorsFile.Open(path)));
    }

    static bool Matches(string name, string pattern) => pattern is [.., '*']
        ? name.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : name == pattern;
}
