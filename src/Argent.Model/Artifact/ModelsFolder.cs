using System.Text;

namespace Argent.Model;

/// <summary>
/// A folder of models: <c>MODELS/name/version/</c>, with a file <c>MODELS/name/current</c> that names the newest version.
/// </summary>
public static class ModelsFolder
{
    /// <summary>The pointer file's name.</summary>
    public const string CurrentFile = "current";

    /// <summary>
    /// The artifact folder that <paramref name="path"/> means: itself, the newest version of a model's folder, or the
    /// newest version of the only model in a folder of models.
    /// </summary>
    /// <exception cref="InvalidDataException">There is no artifact, or several models to choose from.</exception>
    public static string Resolve(string path)
    {
        if (!Directory.Exists(path)) throw new InvalidDataException($"There is no folder '{path}'.");
        if (IsArtifact(path)) return path;
        if (Newest(path) is { } version) return version;
        string[] models = [.. Models(path)];
        return models.Length switch
        {
            1 => Newest(Path.Combine(path, models[0]))!,
            0 => throw new InvalidDataException(
                $"'{path}' is neither an artifact (it has no {Manifest.FileName}) nor a folder of models."),
            _ => throw new InvalidDataException(
                $"'{path}' holds {models.Length} models: {string.Join(", ", models)}. " +
                $"Name one, for example '{Path.Combine(path, models[0])}'."),
        };
    }

    /// <summary>
    /// Every artifact that <paramref name="path"/> means: itself, the newest version of a model's folder, or the newest
    /// version of each model in a folder of models.
    /// </summary>
    /// <exception cref="InvalidDataException">There is no artifact.</exception>
    public static IReadOnlyList<string> ResolveAll(string path)
    {
        bool isModels = Directory.Exists(path) && !IsArtifact(path) && Newest(path) is null;
        string[] models = isModels ? [.. Models(path)] : [];
        return models.Length == 0 ? [Resolve(path)] : [.. models.Select(name => Newest(Path.Combine(path, name))!)];
    }

    /// <summary>Names of the models in a folder that have at least one version, in ordinal order.</summary>
    public static IEnumerable<string> Models(string path) => Directory.EnumerateDirectories(path)
        .Where(folder => Versions(folder).Any())
        .Select(folder => Path.GetFileName(folder)!)
        .Order(StringComparer.Ordinal);

    /// <summary>Version folders of a model, in ordinal order. Folders that start with a dot are unfinished work.</summary>
    public static IEnumerable<string> Versions(string modelFolder) => Directory.EnumerateDirectories(modelFolder)
        .Where(folder => !Path.GetFileName(folder).StartsWith('.') && IsArtifact(folder))
        .Order(StringComparer.Ordinal);

    /// <summary>The current version's folder, else the one written last; null where there is none.</summary>
    public static string? Newest(string modelFolder)
    {
        if (!Directory.Exists(modelFolder)) return null;
        string pointer = Path.Combine(modelFolder, CurrentFile);
        if (File.Exists(pointer))
        {
            string named = File.ReadAllText(pointer, Encoding.UTF8).Trim();
            bool isName = named.Length > 0 && named == Path.GetFileName(named) && !named.StartsWith('.');
            if (isName && IsArtifact(Path.Combine(modelFolder, named))) return Path.Combine(modelFolder, named);
        }
        return Versions(modelFolder)
            .OrderBy(folder => File.GetLastWriteTimeUtc(Path.Combine(folder, Manifest.FileName)))
            .LastOrDefault();
    }

    /// <summary>Makes a version the one that <see cref="Newest"/> returns.</summary>
    public static void SetCurrent(string versionFolder)
    {
        string version = Path.GetFileName(Path.TrimEndingDirectorySeparator(versionFolder));
        string model = Path.GetDirectoryName(Path.GetFullPath(Path.TrimEndingDirectorySeparator(versionFolder)))!;
        DurableFolder.ReplaceFile(Path.Combine(model, CurrentFile), Encoding.UTF8.GetBytes(version + "\n"));
    }

    static bool IsArtifact(string folder) => File.Exists(Path.Combine(folder, Manifest.FileName));
}
