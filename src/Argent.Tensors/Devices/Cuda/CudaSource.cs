using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Argent.Tensors;

/// <summary>A file of kernels in CUDA C++, with everything that its compilation depends on.</summary>
public sealed record CudaSource
{
    /// <summary>What errors call it, for example <c>Probe/Probe.cu</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The file's text.</summary>
    public required string Text { get; init; }

    /// <summary>Texts of the headers that it includes, by the name in the <c>#include</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The compiler's options beside the architecture.</summary>
    public IReadOnlyList<string> Options { get; init; } = DefaultOptions;

    /// <summary>
    /// C++17; products and sums are fused only where the source says so, which is what makes a kernel's floats equal to
    /// the emulator's and to the processor's.
    /// </summary>
    public static IReadOnlyList<string> DefaultOptions { get; } = ["--std=c++17", "--fmad=false", "-lineinfo"];

    /// <summary>A hash over text, headers, options, compiler and architecture: equal inputs compile to the same code.</summary>
    internal string HashFor(Version compiler, ComputeCapability capability)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append("argent kernel 1");
        Append(compiler.ToString());
        Append(capability.Architecture);
        foreach (string option in Options) Append(option);
        foreach (var (name, text) in Headers.OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            Append(name);
            Append(text);
        }
        Append(Name);
        Append(Text);
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        // A length before each text: no two lists of texts give the same bytes.
        void Append(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
    }
}
