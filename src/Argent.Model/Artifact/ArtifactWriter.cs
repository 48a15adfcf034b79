using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Writes artifacts: into a temporary folder beside the target, every file flushed to disk, then renamed in one step. A
/// failure leaves nothing behind.
/// </summary>
public static class ArtifactWriter
{
    /// <summary>Metadata key of every tensor file: the version it belongs to.</summary>
    internal const string VersionKey = "argent.version";

    /// <summary>Metadata key of every tensor file: the model's name.</summary>
    internal const string NameKey = "argent.name";

    const string PartialPrefix = ".partial-";

    /// <summary>
    /// Writes <c>modelsFolder/name/version/</c> and makes it the current version. The version follows from the content,
    /// so equal input gives the same folder with equal bytes; a version that is already there is kept.
    /// </summary>
    /// <param name="modelsFolder">The folder of models; it is made when it is not there.</param>
    /// <param name="draft">The manifest without version, tensors, parts and documents, which are filled in.</param>
    /// <param name="parts">Tensor files.</param>
    /// <param name="documents">Other files.</param>
    /// <returns>The version's folder.</returns>
    /// <exception cref="ArgumentException">A name is not allowed or appears twice.</exception>
    /// <exception cref="IOException">A file cannot be written, for example because the disk is full.</exception>
    public static string Write(
        string modelsFolder, Manifest draft, IReadOnlyList<ArtifactPart> parts, IReadOnlyList<ArtifactDocument> documents)
    {
        CheckNames(draft, parts, documents);
        var manifest = Seal(draft, parts, documents);
        string model = Path.Combine(modelsFolder, manifest.Name);
        string target = Path.Combine(model, manifest.Version);
        if (!IsWhole(target))
        {
            bool isNew = !Directory.Exists(model), wasThere = Directory.Exists(target);
            Directory.CreateDirectory(model);
            string partial = Path.Combine(model, PartialPrefix + Guid.NewGuid().ToString("N"));
            try
            {
                Directory.CreateDirectory(partial);
                WriteFiles(partial, manifest, parts, documents);
                Replace(target, partial);
                ModelsFolder.SetCurrent(target);
            }
            catch
            {
                Remove(partial);
                // A disk that is too full for the pointer file: the version was not there before either.
                if (!wasThere) Remove(target);
                if (isNew && !Directory.EnumerateFileSystemEntries(model).Any()) Remove(model);
                throw;
            }
            return target;
        }
        ModelsFolder.SetCurrent(target);
        return target;
    }

    static Manifest Seal(Manifest draft, IReadOnlyList<ArtifactPart> parts, IReadOnlyList<ArtifactDocument> documents)
    {
        var content = draft with
        {
            FormatVersion = Manifest.CurrentFormat,
            Tensors = [.. parts.SelectMany(part => part.Tensors.Select(t => new TensorDescription(
                t.Name, t.Tensor.Type.ToString(), t.Tensor.Shape.ToArray(), part.File, 0, PartHash.OfTensor(t.Tensor))))],
            Documents = [.. documents.Select(d => new DocumentDescription(d.File, d.Content.Length, PartHash.OfBytes(d.Content)))],
        };
        string hash = content.ComputeContentHash();
        return content with { ContentHash = hash, Version = hash[..Manifest.VersionDigits] };
    }

    static void WriteFiles(
        string folder, Manifest manifest, IReadOnlyList<ArtifactPart> parts, IReadOnlyList<ArtifactDocument> documents)
    {
        var metadata = new Dictionary<string, string> { [NameKey] = manifest.Name, [VersionKey] = manifest.Version };
        var offsets = new Dictionary<string, long>(StringComparer.Ordinal);
        var written = new List<PartDescription>();
        foreach (var part in parts)
        {
            string path = Path.Combine(folder, part.File);
            foreach (var (name, offset) in SafetensorsWriter.Write(path, part.Tensors, metadata))
            {
                offsets.Add(name, offset);
            }
            using var file = SafetensorsFile.Open(path);
            written.Add(new PartDescription(part.File, file.Storage.ByteLength, PartHash.OfFrame(file)));
        }
        foreach (var document in documents)
        {
            DurableFolder.WriteFile(Path.Combine(folder, document.File), document.Content);
        }
        manifest = manifest with
        {
            Tensors = [.. manifest.Tensors.Select(t => t with { Offset = offsets[t.Name] })],
            Parts = written,
        };
        DurableFolder.WriteFile(Path.Combine(folder, Manifest.FileName), StrictJson.Write(manifest));
        DurableFolder.Flush(folder);
    }

    /// <summary>True when the version is there and opens; one that does not open is written again.</summary>
    static bool IsWhole(string target)
    {
        if (!Directory.Exists(target)) return false;
        try
        {
            using var artifact = Artifact.Open(target);
            return true;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return false;
        }
    }

    static void Replace(string target, string partial)
    {
        if (Directory.Exists(target))
        {
            string damaged = partial + "-replaced";
            Directory.Move(target, damaged);
            Directory.Move(partial, target);
            Remove(damaged);
            return;
        }
        try
        {
            Directory.Move(partial, target);
        }
        catch (IOException) when (IsWhole(target))
        {
            // Another process has just written the same version.
            Remove(partial);
        }
    }

    static void Remove(string folder)
    {
        try
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // The error that led here is the one to report. Folders that start with a dot are never opened.
        }
    }

    static void CheckNames(Manifest draft, IReadOnlyList<ArtifactPart> parts, IReadOnlyList<ArtifactDocument> documents)
    {
        CheckName("model", draft.Name);
        var files = new HashSet<string>(StringComparer.Ordinal) { Manifest.FileName };
        foreach (string file in parts.Select(p => p.File).Concat(documents.Select(d => d.File)))
        {
            CheckName("file", file);
            if (!files.Add(file)) throw new ArgumentException($"Two files of the artifact are named '{file}'.");
        }
        var tensors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, _) in parts.SelectMany(p => p.Tensors))
        {
            if (!tensors.Add(name)) throw new ArgumentException($"Two tensors of the artifact are named '{name}'.");
        }
    }

    static void CheckName(string what, string name)
    {
        if (ArtifactNames.IsValid(name)) return;
        throw new ArgumentException(
            $"A {what} cannot be named '{name}': letters, digits, '-', '_' and '.' are allowed, up to {ArtifactNames.LengthMax}.");
    }
}
