using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>The embedded sources of the kernels, and their PTX where this build carries it.</summary>
static class CudaSources
{
    const string HeaderFolder = "Cuda/";

    // The prelude, and what several kernels share.
    static readonly Lazy<Dictionary<string, string>> _headers = new(() => typeof(CudaSources).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(HeaderFolder, StringComparison.Ordinal) && name.EndsWith(".cuh", StringComparison.Ordinal))
        .ToDictionary(name => name[HeaderFolder.Length..], Text, StringComparer.Ordinal));

    /// <summary>A source by its path from the project's folder.</summary>
    public static CudaSource Named(string path) => new() { Name = path, Text = Text(path), Headers = _headers.Value };

    /// <summary>The PTX of a source for the newest architecture that the device runs, or null where none is carried.</summary>
    public static byte[]? PtxOf(string path, ComputeCapability capability)
    {
        string start = $"ptx/{Path.GetFileNameWithoutExtension(path)}.sm_";
        int wanted = capability.Major * 10 + capability.Minor;
        string? best = null;
        int bestNumber = 0;
        foreach (string resource in typeof(CudaSources).Assembly.GetManifestResourceNames())
        {
            if (!resource.StartsWith(start, StringComparison.Ordinal)) continue;
            if (!int.TryParse(Path.GetFileNameWithoutExtension(resource.AsSpan(start.Length)), out int number)) continue;
            if (number <= wanted && number > bestNumber) (best, bestNumber) = (resource, number);
        }
        return best is null ? null : Bytes(best);
    }

    static string Text(string path) => System.Text.Encoding.UTF8.GetString(Bytes(path));

    static byte[] Bytes(string resource)
    {
        using var stream = typeof(CudaSources).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"'{resource}' is not embedded in {typeof(CudaSources).Assembly.GetName().Name}.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
