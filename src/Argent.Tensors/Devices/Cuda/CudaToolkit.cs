namespace Argent.Tensors;

/// <summary>Where the CUDA toolkit keeps its libraries when it does not tell the system's loader.</summary>
static class CudaToolkit
{
    /// <summary>Folders in the order in which they are looked into.</summary>
    public static IReadOnlyList<string> Folders { get; } = [.. FindFolders()];

    static IEnumerable<string> FindFolders()
    {
        string inside = OperatingSystem.IsWindows() ? "bin" : "lib64";
        foreach (string variable in new[] { "CUDA_HOME", "CUDA_PATH" })
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } folder) yield return Path.Combine(folder, inside);
        }
        if (OperatingSystem.IsLinux()) yield return "/usr/local/cuda/lib64";
    }
}
