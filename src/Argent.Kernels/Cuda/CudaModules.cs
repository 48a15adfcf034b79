using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>All kernels of the table, compiled and loaded on one device, ready to be launched.</summary>
public sealed class CudaModules : IDisposable
{
    // The driver's words for an image that it does not take; a kept one is then compiled anew.
    const int InvalidImage = 200, NoBinaryForGpu = 209, InvalidPtx = 218;

    readonly Dictionary<string, CudaModule> _modules = new(StringComparer.Ordinal);
    readonly Dictionary<CudaKernel, object> _functions = [];

    CudaModules(CudaDevice device) => Device = device;

    /// <summary>Where they are loaded.</summary>
    public CudaDevice Device { get; }

    /// <summary>Compiles what the cache does not hold, loads everything and finds every kernel.</summary>
    /// <param name="device">Where to.</param>
    /// <param name="cache">Where compiled kernels are kept; null for <see cref="KernelCache.Default"/>.</param>
    /// <exception cref="CudaUnavailableException">There is no compiler, and this build carries no PTX.</exception>
    /// <exception cref="CudaException">A source does not compile, or the driver does not take it.</exception>
    public static CudaModules Load(CudaDevice device, KernelCache? cache = null) =>
        Load(device, CudaKernelTable.All, cache ?? KernelCache.Default());

    /// <summary>Compiles and loads every source by itself, and says of each whether that worked: for a look at a machine.</summary>
    /// <param name="device">Where to; nothing stays loaded.</param>
    /// <param name="cache">Where compiled kernels are kept; null for <see cref="KernelCache.Default"/>.</param>
    /// <returns>The sources, each with what failed, or null.</returns>
    public static IReadOnlyList<(string Source, string? Failure)> Check(CudaDevice device, KernelCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        cache ??= KernelCache.Default();
        var found = new List<(string Source, string? Failure)>();
        foreach (var kernels in CudaKernelTable.All.GroupBy(k => k.Source))
        {
            try
            {
                Load(device, [.. kernels], cache).Dispose();
                found.Add((kernels.Key, null));
            }
            catch (Exception e) when (e is CudaUnavailableException or CudaException or InvalidOperationException)
            {
                found.Add((kernels.Key, e.Message));
            }
        }
        return found;
    }

    internal static CudaModules Load(CudaDevice device, IReadOnlyList<CudaKernel> kernels, KernelCache cache)
    {
        ArgumentNullException.ThrowIfNull(device);
        var modules = new CudaModules(device);
        try
        {
            Nvrtc? compiler = FindCompiler(out var missing);
            foreach (var kernel in kernels)
            {
                if (!modules._modules.TryGetValue(kernel.Source, out var module))
                {
                    module = LoadModule(device, kernel.Source, cache, compiler, missing);
                    modules._modules.Add(kernel.Source, module);
                }
                modules._functions.Add(kernel, kernel.FunctionOf(module));
            }
            return modules;
        }
        catch
        {
            modules.Dispose();
            throw;
        }
    }

    /// <summary>A kernel of the table, ready to be launched.</summary>
    /// <exception cref="ArgumentException">The kernel is not in the table.</exception>
    public CudaFunction<TArguments> Get<TArguments>(CudaKernel<TArguments> kernel) where TArguments : unmanaged
    {
        ArgumentNullException.ThrowIfNull(kernel);
        return _functions.TryGetValue(kernel, out object? function)
            ? (CudaFunction<TArguments>)function
            : throw new ArgumentException($"The kernel {kernel} has no line in {nameof(CudaKernelTable)}.");
    }

    /// <summary>Unloads everything.</summary>
    public void Dispose()
    {
        foreach (var module in _modules.Values) module.Dispose();
    }

    static Nvrtc? FindCompiler(out CudaUnavailableException? missing)
    {
        missing = null;
        try
        {
            return Nvrtc.Load();
        }
        catch (CudaUnavailableException e)
        {
            missing = e;
            return null;
        }
    }

    static CudaModule LoadModule(
        CudaDevice device, string path, KernelCache cache, Nvrtc? compiler, CudaUnavailableException? missing)
    {
        var capability = device.Description.Capability;
        if (compiler is null)
        {
            byte[] ptx = CudaSources.PtxOf(path, capability) ?? throw new CudaUnavailableException(
                $"The kernels of '{path}' cannot be compiled: {missing!.Message} This build carries no PTX for compute capability "
                + $"{capability} either, which would do without NVRTC.", missing);
            return device.LoadModule(ptx, path);
        }
        var source = CudaSources.Named(path);
        try
        {
            return device.LoadModule(cache.Get(source, capability, compiler), path);
        }
        catch (CudaException e) when (e.Code is InvalidImage or NoBinaryForGpu or InvalidPtx && e.Call == "cuModuleLoadDataEx")
        {
            return device.LoadModule(cache.Renew(source, capability, compiler), path);
        }
    }
}
