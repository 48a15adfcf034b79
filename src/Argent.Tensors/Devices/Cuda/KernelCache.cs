using System.Security.Cryptography;

namespace Argent.Tensors;

/// <summary>
/// Compiled kernels in a folder, each under the hash of all that its compilation depends on. A file appears whole or not at
/// all, and one that was damaged is compiled again. Where the folder cannot be written, kernels are compiled every time.
/// </summary>
public sealed class KernelCache
{
    /// <summary>The environment variable that names another folder.</summary>
    public const string FolderVariable = "ARGENT_CUDA_CACHE";

    static ReadOnlySpan<byte> Magic => "argentk1"u8;

    /// <summary>A cache in a folder, which need not exist.</summary>
    public KernelCache(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = Path.GetFullPath(folder);
    }

    /// <summary>Where the files are.</summary>
    public string Folder { get; }

    /// <summary>True when a file can be written there, which this tries.</summary>
    public bool IsWritable
    {
        get
        {
            string probe = Path.Combine(Folder, $"{Guid.NewGuid():N}.partial");
            try
            {
                Directory.CreateDirectory(Folder);
                File.WriteAllBytes(probe, []);
                File.Delete(probe);
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <summary>The folder that <see cref="FolderVariable"/> names, or one in the user's folder of caches.</summary>
    public static KernelCache Default()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named) return new KernelCache(named);
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } caches && Path.IsPathRooted(caches))
        {
            return new KernelCache(Path.Combine(caches, "argent", "kernels"));
        }
        string user = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return new KernelCache(Path.Combine(Path.IsPathRooted(user) ? user : Path.GetTempPath(), "argent", "kernels"));
    }

    /// <summary>The compiled kernels of a source: read, or compiled and kept.</summary>
    /// <exception cref="CudaException">The source does not compile.</exception>
    public byte[] Get(CudaSource source, ComputeCapability capability, Nvrtc compiler)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(compiler);
        string path = PathOf(source, capability, compiler);
        return Read(path) ?? Compile(source, capability, compiler, path);
    }

    /// <summary>Compiles a source whatever is kept, and keeps the result: for kernels that the driver did not take.</summary>
    /// <exception cref="CudaException">The source does not compile.</exception>
    public byte[] Renew(CudaSource source, ComputeCapability capability, Nvrtc compiler)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(compiler);
        return Compile(source, capability, compiler, PathOf(source, capability, compiler));
    }

    string PathOf(CudaSource source, ComputeCapability capability, Nvrtc compiler) =>
        Path.Combine(Folder, source.HashFor(compiler.Version, capability) + ".cubin");

    static byte[] Compile(CudaSource source, ComputeCapability capability, Nvrtc compiler, string path)
    {
        byte[] image = compiler.Compile(source, capability);
        Write(path, image);
        return image;
    }

    static byte[]? Read(string path)
    {
        byte[] file;
        try
        {
            file = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        int start = Magic.Length + SHA256.HashSizeInBytes;
        if (file.Length <= start || !file.AsSpan(0, Magic.Length).SequenceEqual(Magic)) return null;
        bool isWhole = SHA256.HashData(file.AsSpan(start)).AsSpan().SequenceEqual(file.AsSpan(Magic.Length, SHA256.HashSizeInBytes));
        return isWhole ? file[start..] : null;
    }

    static void Write(string path, byte[] image)
    {
        string partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var file = File.Create(partial))
            {
                file.Write(Magic);
                file.Write(SHA256.HashData(image));
                file.Write(image);
            }
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A cache that cannot be written costs time, not answers; `argent doctor` says that it cannot.
            if (File.Exists(partial)) File.Delete(partial);
        }
    }
}
