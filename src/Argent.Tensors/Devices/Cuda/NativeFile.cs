using System.Runtime.InteropServices;

namespace Argent.Tensors;

/// <summary>A native library that was found at run time: its name and its entry points. It stays loaded.</summary>
sealed class NativeFile
{
    readonly nint _handle;

    NativeFile(NativeFileSearch search, string name, nint handle) => (Search, Name, _handle) = (search, name, handle);

    /// <summary>What was looked for.</summary>
    public NativeFileSearch Search { get; }

    /// <summary>The name under which it was found.</summary>
    public string Name { get; }

    /// <summary>Loads the first library of a search that is there.</summary>
    /// <exception cref="CudaUnavailableException">None is.</exception>
    public static NativeFile Load(NativeFileSearch search)
    {
        var names = search.Names();
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint handle)) return new NativeFile(search, name, handle);
        }
        throw new CudaUnavailableException(search.NotFound(names));
    }

    /// <summary>The address of a function.</summary>
    /// <exception cref="CudaUnavailableException">The library has no such function.</exception>
    public nint Export(string function) => TryExport(function) is var address and not 0
        ? address
        : throw new CudaUnavailableException(
            $"{Search.What} '{Name}' has no {function}: it is older than what is needed. {Search.Remedy}");

    /// <summary>The address of a function that older libraries do not have, or 0.</summary>
    public nint TryExport(string function) => NativeLibrary.TryGetExport(_handle, function, out nint address) ? address : 0;
}

/// <summary>What a native library is called on the systems that have it, and what is said where it is missing.</summary>
/// <param name="What">What it is, as a sentence starts: <c>The CUDA driver</c>.</param>
/// <param name="Variable">The environment variable that names another one.</param>
/// <param name="Files">File names in the order of preference; looked up as the system does, then in <paramref name="Folders"/>.</param>
/// <param name="Folders">More folders to look in.</param>
/// <param name="Remedy">A sentence: how to get it.</param>
sealed record NativeFileSearch(
    string What, string Variable, IReadOnlyList<string> Files, IReadOnlyList<string> Folders, string Remedy)
{
    /// <summary>What is tried, in this order: the environment variable's alone where it is set.</summary>
    public IReadOnlyList<string> Names() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
        ? [named]
        : [.. Files, .. Folders.SelectMany(folder => Files.Select(file => Path.Combine(folder, file))).Where(File.Exists)];

    /// <summary>The sentence for a library that is nowhere.</summary>
    public string NotFound(IReadOnlyList<string> tried) => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
        ? $"{What} was not found: {Variable} names '{named}', which " +
            (File.Exists(named) ? "is not a library that can be loaded here." : "does not exist.")
        : $"{What} was not found: looked for {string.Join(", ", tried)} where the system keeps libraries" +
            (Folders.Count == 0 ? "" : $" and in {string.Join(", ", Folders)}") +
            $". {Remedy} {Variable} can name the file.";
}
