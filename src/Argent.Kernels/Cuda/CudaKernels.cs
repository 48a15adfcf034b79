using System.Runtime.CompilerServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// The arithmetic on a GPU, for callers whose tensors are the host's: an operation that has a kernel copies its inputs to the
/// device, runs there and copies its results back; every other operation runs on the host kernels that it was made with.
/// Tensors that were given to <see cref="Keep"/> are on the device already and are not copied again.
/// </summary>
/// <remarks>
/// One operation runs at a time; callers on several threads wait for each other. int8 paths have the bits of the host
/// kernels; float paths have the tolerances that each operation states.
/// </remarks>
public sealed partial class CudaKernels : IKernels, IDisposable
{
    readonly IKernels _host;
    readonly CudaModules _modules;
    readonly CudaStream _stream;
    readonly DeviceMemory _memory;
    readonly Lock _lock = new();
    readonly ConditionalWeakTable<Storage, DeviceCopies> _kept = [];

    CudaKernels(CudaModules modules, IKernels host, long workingBytes)
    {
        (_modules, _host) = (modules, host);
        _stream = modules.Device.CreateStream();
        _memory = modules.Device.Allocate(workingBytes);
    }

    /// <inheritdoc/>
    public string Variant => "cuda";

    /// <inheritdoc/>
    public Workers Workers => _host.Workers;

    /// <summary>The GPU.</summary>
    public CudaDevice Device => _modules.Device;

    /// <summary>Loads the kernels on a GPU.</summary>
    /// <param name="device">The GPU, which whoever opened it closes.</param>
    /// <param name="host">What operations without a kernel run on.</param>
    /// <param name="workingBytes">Device memory for the inputs, the results and the working memory of one operation at a time.</param>
    /// <exception cref="CudaUnavailableException">The kernels cannot be compiled here.</exception>
    /// <exception cref="CudaException">The GPU has no room for the working memory, or does not take the kernels.</exception>
    public static CudaKernels Open(CudaDevice device, IKernels host, long workingBytes)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(host);
        var modules = CudaModules.Load(device);
        try
        {
            return new CudaKernels(modules, host, workingBytes);
        }
        catch
        {
            modules.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Copies tensors to the device, where they stay until what is returned is disposed: operations over the same tensors
    /// then copy nothing. Whoever changes the host's values afterwards keeps them anew.
    /// </summary>
    /// <exception cref="InvalidOperationException">The device has no room for them; the message says how much is wanted and free.</exception>
    public IDisposable Keep(IReadOnlyList<AnyTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        lock (_lock) return DeviceCopies.Of(tensors, _stream, _kept);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Dispose();
        _stream.Dispose();
        _modules.Dispose();
    }

    /// <summary>The device's values of a host tensor: those that are kept, or a copy in working memory.</summary>
    DeviceTensor<T> Input<T>(in Tensor<T> tensor) where T : unmanaged
    {
        if (!tensor.IsPresent) return default;
        if (_kept.TryGetValue(tensor.Storage, out var copies) && copies.Find(in tensor) is { IsPresent: true } kept) return kept;
        var copy = _memory.Rent<T>(tensor.Shape);
        _stream.Upload(tensor, copy);
        return copy;
    }

    /// <summary>Room on the device for what a kernel writes; no tensor where the host wants none.</summary>
    DeviceTensor<T> Output<T>(in Tensor<T> tensor) where T : unmanaged =>
        tensor.IsPresent ? _memory.Rent<T>(tensor.Shape) : default;

    /// <summary>Copies results back, where they are wanted; they are there after <see cref="Finish"/>.</summary>
    void Result<T>(in DeviceTensor<T> source, in Tensor<T> target) where T : unmanaged
    {
        if (target.IsPresent) _stream.Download(source, target);
    }

    /// <summary>Waits for the operation and gives its working memory back.</summary>
    void Finish()
    {
        try
        {
            _stream.Synchronize();
        }
        finally
        {
            _memory.Reset();
        }
    }
}
