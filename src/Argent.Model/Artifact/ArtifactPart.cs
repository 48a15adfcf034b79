using Argent.Tensors;

namespace Argent.Model;

/// <summary>One tensor file of an artifact that is about to be written.</summary>
/// <param name="File">Its name, for example <c>index.safetensors</c>.</param>
/// <param name="Tensors">Its tensors in file order.</param>
public sealed record ArtifactPart(string File, IReadOnlyList<(string Name, AnyTensor Tensor)> Tensors);

/// <summary>One file of an artifact that holds no tensors.</summary>
/// <param name="File">Its name, for example <c>report.html</c>.</param>
/// <param name="Content">Its bytes.</param>
public sealed record ArtifactDocument(string File, byte[] Content);
