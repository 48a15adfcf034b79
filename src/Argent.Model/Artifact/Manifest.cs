using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Argent.Model;

/// <summary>What an artifact is and holds: <c>manifest.json</c>. It contains no time, so equal input gives equal bytes.</summary>
public sealed record Manifest
{
    /// <summary>The format that this build writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The manifest's file name.</summary>
    public const string FileName = "manifest.json";

    /// <summary>Hex digits of the content hash that make a version.</summary>
    public const int VersionDigits = 12;

    /// <summary>Format of the artifact.</summary>
    public int FormatVersion { get; init; } = CurrentFormat;

    /// <summary>The model's name: also the folder's.</summary>
    public required string Name { get; init; }

    /// <summary>First 12 hex digits of <see cref="ContentHash"/>; empty in a draft.</summary>
    public string Version { get; init; } = "";

    /// <summary>SHA-256 of everything the manifest says (but version, offsets and parts), hashes of all tensors included.</summary>
    public string ContentHash { get; init; } = "";

    /// <summary>The kind of model.</summary>
    public string Kind { get; init; } = "retrieval";

    /// <summary>What the model computes.</summary>
    public required ModelDescription Model { get; init; }

    /// <summary>Item features in schema order.</summary>
    public IReadOnlyList<FeatureDescription> Features { get; init; } = [];

    /// <summary>How item embeddings are coded.</summary>
    public QuantizationDescription Quantization { get; init; } = new();

    /// <summary>Sizes of the index.</summary>
    public required ListsDescription Lists { get; init; }

    /// <summary>The filter index; null for a catalogue without features.</summary>
    public BloomDescription? Bloom { get; init; }

    /// <summary>The value formula: text, or its JSON form, which the file holds as an object.</summary>
    [JsonConverter(typeof(FormulaConverter))]
    public required string Value { get; init; }

    /// <summary>How the final list is composed.</summary>
    [JsonConverter(typeof(ManifestBlend))]
    public BlendConfig Blend { get; init; } = new();

    /// <summary>Where it all came from.</summary>
    public Lineage Lineage { get; init; } = new();

    /// <summary>Figures of the publish steps, without times; null when there are none.</summary>
    public JsonElement? Report { get; init; }

    /// <summary>Every tensor. Filled by <see cref="ArtifactWriter"/>.</summary>
    public IReadOnlyList<TensorDescription> Tensors { get; init; } = [];

    /// <summary>Every tensor file. Filled by <see cref="ArtifactWriter"/>.</summary>
    public IReadOnlyList<PartDescription> Parts { get; init; } = [];

    /// <summary>Every other file. Filled by <see cref="ArtifactWriter"/>.</summary>
    public IReadOnlyList<DocumentDescription> Documents { get; init; } = [];

    /// <summary>For example <c>books/3f2a9c01d7e4</c>.</summary>
    public string Id() => Name + "/" + Version;

    /// <summary>
    /// The hash that <see cref="ContentHash"/> must have. Offsets and parts are left out, because file headers carry the
    /// version; they are checked against the files themselves.
    /// </summary>
    public string ComputeContentHash()
    {
        var content = this with
        {
            Version = "",
            ContentHash = "",
            Parts = [],
            Tensors = [.. Tensors.Select(t => t with { Offset = 0 })],
        };
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content, StrictJson.Compact)));
    }
}

/// <summary>What a model computes: sizes, metric, tasks and the configuration of its towers.</summary>
public sealed record ModelDescription
{
    /// <summary>D, numbers in an embedding.</summary>
    public required int Dim { get; init; }

    /// <summary>How queries and items are compared.</summary>
    public Metric Metric { get; init; }

    /// <summary>Task names in head order; plain vectors have the one task <c>score</c>.</summary>
    public IReadOnlyList<string> Tasks { get; init; } = ["score"];

    /// <summary>From a head's score to a task's value.</summary>
    public TaskActivation TaskActivation { get; init; }

    /// <summary>How the heads' candidates become one list.</summary>
    public MergeKind Merge { get; init; }

    /// <summary>Weight of each head for <see cref="MergeKind.WeightedSum"/>; null for 1 each.</summary>
    public IReadOnlyList<float>? MergeWeights { get; init; }

    /// <summary>The name that the merge of <see cref="MergeKind.Custom"/> is registered by; null for all others.</summary>
    public string? MergeOperator { get; init; }

    /// <summary>Configuration of the towers as training wrote it; null for plain vectors.</summary>
    public JsonElement? Towers { get; init; }

    /// <summary>The learned scorer of candidates; null when there is none.</summary>
    public OverArchConfig? OverArch { get; init; }

    /// <summary>The merge as one value.</summary>
    internal MergeConfig MergeOfHeads() => new() { Kind = Merge, Weights = MergeWeights, Operator = MergeOperator };
}

/// <summary>From a head's score to a task's value.</summary>
public enum TaskActivation
{
    /// <summary>The score itself.</summary>
    None,

    /// <summary>1 / (1 + e^-score).</summary>
    Sigmoid,
}

/// <summary>One item feature.</summary>
/// <param name="Name">The feature's name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Index"><c>bitmap</c>, <c>codes</c> for an ordered feature, or <c>bloom</c>.</param>
/// <param name="FirstExactRow">Bitmap row of value id 0, or the row of the codes' lowest bit, or -1.</param>
/// <param name="Values">Distinct values; 0 for an ordered feature.</param>
public sealed record FeatureDescription(string Name, FeatureType Type, string Index, int FirstExactRow, int Values);

/// <summary>How item embeddings are coded.</summary>
public sealed record QuantizationDescription
{
    /// <summary>The center is the mean of the items, and every item has a scale of its own.</summary>
    public const string PerItem = "int8-per-item";

    /// <summary>The range from the least to the largest of all numbers of all items has one center and one scale.</summary>
    public const string Global = "int8-global";

    /// <summary><see cref="PerItem"/> or <see cref="Global"/>.</summary>
    public string Kind { get; init; } = PerItem;

    /// <summary>The scale of all items when it is global; null otherwise.</summary>
    public float? Scale { get; init; }

    /// <summary>Whether this build understands it.</summary>
    public bool IsValid() => Kind switch
    {
        PerItem => Scale is null,
        Global => Scale is > 0 and < float.PositiveInfinity,
        _ => false,
    };
}

/// <summary>Sizes of the index.</summary>
/// <param name="NList">Lists.</param>
/// <param name="Slots">S, places for items, spare ones included.</param>
/// <param name="Items">R, items.</param>
/// <param name="DefaultNProbe">Lists probed when a request does not say.</param>
public sealed record ListsDescription(int NList, int Slots, int Items, int DefaultNProbe);

/// <summary>The filter index.</summary>
/// <param name="ExactRows">Bitmap rows and rows of codes of every block.</param>
/// <param name="HashCount">Bloom rows that a term sets.</param>
/// <param name="DeclaredFalsePositiveRate">What its width was chosen for.</param>
/// <param name="MeasuredFalsePositiveRate">What was measured at publish.</param>
public sealed record BloomDescription(
    int ExactRows, int HashCount, double DeclaredFalsePositiveRate, double MeasuredFalsePositiveRate);

/// <summary>Where an artifact came from; empty texts where something is not known.</summary>
public sealed record Lineage
{
    /// <summary>Hash of the data set.</summary>
    public string DatasetHash { get; init; } = "";

    /// <summary>Hash of the training configuration.</summary>
    public string ConfigHash { get; init; } = "";

    /// <summary>Seed of training and clustering.</summary>
    public ulong Seed { get; init; }

    /// <summary>Version of the code.</summary>
    public string CodeVersion { get; init; } = "";

    /// <summary>The artifact that this one continues.</summary>
    public string? Parent { get; init; }
}

/// <summary>One tensor of an artifact.</summary>
/// <param name="Name">Its module's path and its own name.</param>
/// <param name="Dtype">Element type as safetensors writes it.</param>
/// <param name="Shape">Extents, outermost first.</param>
/// <param name="File">The file that holds it.</param>
/// <param name="Offset">Its first byte in the file.</param>
/// <param name="Sha256">Hash of its bytes.</param>
public sealed record TensorDescription(
    string Name, string Dtype, IReadOnlyList<long> Shape, string File, long Offset, string Sha256);

/// <summary>One tensor file of an artifact.</summary>
/// <param name="File">Its name.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="FrameSha256">Hash of its bytes that belong to no tensor: the header and the padding.</param>
public sealed record PartDescription(string File, long Bytes, string FrameSha256);

/// <summary>One file of an artifact that holds no tensors.</summary>
/// <param name="File">Its name.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Hash of its bytes.</param>
public sealed record DocumentDescription(string File, long Bytes, string Sha256);
