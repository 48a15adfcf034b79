using System.Text.Json;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// An opened artifact: a manifest and tensors, memory-mapped or read. Opening checks that all files belong together; mapped,
/// it reads no tensor values unless hashes are asked for. Writes to tensors never reach the files.
/// </summary>
public sealed class Artifact : IDisposable
{
    /// <summary>The longest manifest that is read, in bytes.</summary>
    public const long ManifestBytesMax = 64 << 20;

    readonly Dictionary<string, SafetensorsFile> _files = new(StringComparer.Ordinal);
    readonly Dictionary<string, AnyTensor> _tensors = new(StringComparer.Ordinal);

    Artifact(string folder, Manifest manifest) => (Folder, Manifest) = (folder, manifest);

    /// <summary>What the artifact is.</summary>
    public Manifest Manifest { get; }

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>Opens an artifact's folder.</summary>
    /// <param name="folder">The version's folder; see <see cref="Resolve"/>.</param>
    /// <param name="verify">Also compare every hash, which reads every byte.</param>
    /// <param name="memory">Whether to map the tensors or to read them into large pages.</param>
    /// <exception cref="InvalidDataException">A file is missing, truncated, altered or of another version; the message
    /// names the file and, where it can, the tensor.</exception>
    public static Artifact Open(string folder, bool verify = false, FileMemory memory = FileMemory.Mapped)
    {
        var artifact = new Artifact(folder, ReadManifest(folder));
        try
        {
            artifact.OpenParts(memory);
            artifact.CheckDocuments();
            if (verify) artifact.Verify();
            return artifact;
        }
        catch
        {
            artifact.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="ModelsFolder.Resolve"/>
    public static string Resolve(string path) => ModelsFolder.Resolve(path);

    /// <summary>True when there is a tensor of that name.</summary>
    public bool Has(string tensor) => _tensors.ContainsKey(tensor);

    /// <summary>A tensor by name, or null.</summary>
    public AnyTensor? Find(string tensor) => _tensors.TryGetValue(tensor, out var found) ? found : null;

    /// <summary>A tensor by name.</summary>
    /// <exception cref="InvalidDataException">There is no such tensor, or it has other elements.</exception>
    public Tensor<T> Get<T>(string tensor) where T : unmanaged
    {
        if (Find(tensor) is not { } found) throw Bad($"has no tensor '{tensor}'");
        return found.Type == ElementTypes.Of<T>()
            ? found.As<T>()
            : throw Bad($"holds {found.Type} in the tensor '{tensor}' where {ElementTypes.Of<T>()} is expected");
    }

    /// <summary>Compares the hash of every tensor and document with the manifest.</summary>
    /// <exception cref="InvalidDataException">One differs; the message names the file and the tensor.</exception>
    public void Verify()
    {
        foreach (var tensor in Manifest.Tensors)
        {
            if (PartHash.OfTensor(_tensors[tensor.Name]) != tensor.Sha256)
            {
                throw Bad($"was altered: the tensor '{tensor.Name}' of '{tensor.File}' does not have its hash");
            }
        }
        foreach (var document in Manifest.Documents)
        {
            if (PartHash.OfBytes(File.ReadAllBytes(Path.Combine(Folder, document.File))) != document.Sha256)
            {
                throw Bad($"was altered: the file '{document.File}' does not have its hash");
            }
        }
    }

    /// <summary>Unmaps all files. No tensor of the artifact may be used afterwards.</summary>
    public void Dispose()
    {
        foreach (var file in _files.Values) file.Dispose();
    }

    static Manifest ReadManifest(string folder)
    {
        string path = Path.Combine(folder, Manifest.FileName);
        if (!Directory.Exists(folder)) throw new InvalidDataException($"There is no artifact folder '{folder}'.");
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new InvalidDataException($"'{folder}' is not an artifact: it has no {Manifest.FileName}.");
        }
        if (file.Length > ManifestBytesMax)
        {
            throw new InvalidDataException($"'{path}' has {file.Length} bytes; at most {ManifestBytesMax} are read.");
        }
        byte[] utf8 = File.ReadAllBytes(path);
        CheckFormat(path, utf8);
        var manifest = StrictJson.Read<Manifest>(utf8, path);
        // Equal bytes too, because JSON can say the same in several ways and the hash is of what it says.
        bool isWhole = IsVersion(manifest) && manifest.ContentHash == manifest.ComputeContentHash()
            && StrictJson.Write(manifest).AsSpan().SequenceEqual(utf8);
        if (!isWhole) throw new InvalidDataException($"'{path}' was altered: its content does not have its hash.");
        if (!ArtifactNames.IsValid(manifest.Name))
        {
            throw new InvalidDataException($"'{path}' has the name '{manifest.Name}', which is not allowed.");
        }
        return manifest;
    }

    static bool IsVersion(Manifest manifest) => manifest.Version.Length == Manifest.VersionDigits
        && manifest.ContentHash.StartsWith(manifest.Version, StringComparison.Ordinal);

    // Before the keys are checked: a later format has keys that this build does not know.
    static void CheckFormat(string path, byte[] utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            bool has = document.RootElement.TryGetProperty("formatVersion", out var format);
            if (has && format.TryGetInt32(out int version) && version == Manifest.CurrentFormat) return;
            throw new InvalidDataException(
                $"'{path}' has format version {(has ? format.GetRawText() : "none")}; " +
                $"this build reads version {Manifest.CurrentFormat}.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"'{path}' is not valid: {e.Message}", e);
        }
    }

    void OpenParts(FileMemory memory)
    {
        foreach (var part in Manifest.Parts)
        {
            if (!ArtifactNames.IsValid(part.File)) throw Bad($"names the file '{part.File}', which is not allowed");
            string path = Path.Combine(Folder, part.File);
            if (!File.Exists(path)) throw Bad($"lacks the file '{part.File}' with {Holds(part.File)}");
            var file = OpenPart(path, part, memory);
            if (!_files.TryAdd(part.File, file))
            {
                file.Dispose();
                throw Bad($"lists the file '{part.File}' twice");
            }
        }
        foreach (var tensor in Manifest.Tensors) Bind(tensor);
        foreach (var (name, file) in _files)
        {
            string? stranger = file.Tensors.Keys.FirstOrDefault(t => !_tensors.ContainsKey(t));
            if (stranger is not null) throw Bad($"does not list the tensor '{stranger}' that '{name}' holds");
            if (PartHash.OfFrame(file) != Manifest.Parts.First(p => p.File == name).FrameSha256)
            {
                throw Bad($"was altered: the header or padding of '{name}' does not have its hash");
            }
        }
    }

    SafetensorsFile OpenPart(string path, PartDescription part, FileMemory memory)
    {
        SafetensorsFile file;
        try
        {
            file = SafetensorsFile.Open(path, memory);
        }
        catch (IOException e)
        {
            throw new InvalidDataException($"The file '{path}' with {Holds(part.File)} cannot be read: {e.Message}", e);
        }
        string version = file.Metadata.GetValueOrDefault(ArtifactWriter.VersionKey, "none");
        string name = file.Metadata.GetValueOrDefault(ArtifactWriter.NameKey, "none");
        long length = file.Storage.ByteLength;
        if (version == Manifest.Version && name == Manifest.Name && length == part.Bytes) return file;
        file.Dispose();
        throw length == part.Bytes || version != Manifest.Version
            ? Bad($"is mixed: the file '{part.File}' belongs to {name}/{version} and not to {Manifest.Id()}")
            : Bad($"has a file '{part.File}' of {length} bytes where {part.Bytes} are expected ({Holds(part.File)})");
    }

    void Bind(TensorDescription tensor)
    {
        if (!_files.TryGetValue(tensor.File, out var file))
        {
            throw Bad($"does not list the file '{tensor.File}' of the tensor '{tensor.Name}'");
        }
        if (!file.Tensors.TryGetValue(tensor.Name, out var found))
        {
            throw Bad($"has no tensor '{tensor.Name}' in '{tensor.File}'");
        }
        if (found.Type.ToString() != tensor.Dtype || !found.Shape.ToArray().AsSpan().SequenceEqual([.. tensor.Shape]))
        {
            throw Bad($"has {found.Type}{found.Shape} in the tensor '{tensor.Name}' of '{tensor.File}' " +
                $"where {tensor.Dtype}[{string.Join(", ", tensor.Shape)}] is expected");
        }
        if (found.ByteOffset != tensor.Offset)
        {
            throw Bad(
                $"has the tensor '{tensor.Name}' at byte {found.ByteOffset} of '{tensor.File}' where {tensor.Offset} is expected");
        }
        if (!_tensors.TryAdd(tensor.Name, found)) throw Bad($"lists the tensor '{tensor.Name}' twice");
    }

    void CheckDocuments()
    {
        foreach (var document in Manifest.Documents)
        {
            if (!ArtifactNames.IsValid(document.File))
            {
                throw Bad($"names the file '{document.File}', which is not allowed");
            }
            var file = new FileInfo(Path.Combine(Folder, document.File));
            if (!file.Exists) throw Bad($"lacks the file '{document.File}'");
            if (file.Length != document.Bytes)
            {
                throw Bad($"has a file '{document.File}' of {file.Length} bytes where {document.Bytes} are expected");
            }
        }
    }

    string Holds(string file)
    {
        string[] tensors = [.. Manifest.Tensors.Where(t => t.File == file).Select(t => $"'{t.Name}'")];
        return tensors.Length == 1 ? "the tensor " + tensors[0] : "the tensors " + string.Join(", ", tensors);
    }

    InvalidDataException Bad(string why) => new($"The artifact '{Folder}' {why}.");
}
