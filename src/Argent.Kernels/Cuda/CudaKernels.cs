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
/// kernels; float paths have the tolerances that each operation states. An operation that fails throws; the next one starts
/// afresh, and where the device was lost, opens it again and brings back what was kept.
/// </remarks>
public sealed partial class CudaKernels : IKernels, IDisposable
{
    // Scores of some 200 queries over 24 of 9,000 lists of 80 million items are 170 MB.
    const long WorkingBytesMax = 4L << 30;

    readonly IKernels _host;
    readonly int _ordinal;
    readonly long? _workingBytes;
    readonly Lock _lock = new();
    readonly List<DeviceCopies> _kept = [];
    readonly ConditionalWeakTable<Storage, DeviceCopies> _keptOf = [];
    CudaDevice _device;
    CudaModules _modules;
    CudaStream _stream;
    DeviceMemory _memory;
    bool _isUnderWay;

    CudaKernels(int ordinal, IKernels host, long? workingBytes)
    {
        (_ordinal, _host, _workingBytes) = (ordinal, host, workingBytes);
        OpenDevice();
    }

    /// <inheritdoc/>
    public string Variant => "cuda";

    /// <inheritdoc/>
    public Workers Workers => _host.Workers;

    /// <summary>What the GPU is.</summary>
    public CudaDeviceDescription Description => _device.Description;

    /// <summary>How often the device was opened again after it was lost.</summary>
    public int Restarts { get; private set; }

    /// <summary>Opens a GPU and loads the kernels.</summary>
    /// <param name="ordinal">Its number.</param>
    /// <param name="host">What operations without a kernel run on.</param>
    /// <param name="workingBytes">
    /// Device memory for the inputs, the results and the working memory of one operation at a time; null for a quarter of what
    /// is free, and 4 GiB at most.
    /// </param>
    /// <exception cref="CudaUnavailableException">There is no such GPU, or the kernels cannot be compiled here.</exception>
    /// <exception cref="CudaException">The GPU has no room for the working memory, or does not take the kernels.</exception>
    public static CudaKernels Open(int ordinal, IKernels host, long? workingBytes = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentOutOfRangeException.ThrowIfNegative(workingBytes ?? 0);
        return new CudaKernels(ordinal, host, workingBytes);
    }

    /// <summary>
    /// Copies tensors to the device, where they stay until what is returned is disposed: operations over the same tensors
    /// then copy nothing. Whoever changes the host's values afterwards keeps them anew.
    /// </summary>
    /// <exception cref="InvalidOperationException">The device has no room for them; the message has the arithmetic.</exception>
    public IDisposable Keep(IReadOnlyList<AnyTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        lock (_lock)
        {
            Begin();
            var copies = new DeviceCopies(tensors, Forget);
            copies.Load(_stream);
            foreach (var storage in copies.Storages) _keptOf.Add(storage, copies);
            _kept.Add(copies);
            Finish();
            return copies;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var copies in _kept) copies.Free();
            CloseDevice();
        }
    }

    void Forget(DeviceCopies copies)
    {
        lock (_lock)
        {
            if (!_kept.Remove(copies)) return;
            foreach (var storage in copies.Storages) _keptOf.Remove(storage);
            copies.Free();
        }
    }

    /// <summary>Starts an operation; where the last one did not end, finds out whether the device still works.</summary>
    void Begin()
    {
        if (_isUnderWay)
        {
            try
            {
                _stream.Synchronize();
            }
            catch (Exception e) when (e is CudaException or ObjectDisposedException)
            {
                Restart();
            }
            _memory.Reset();
        }
        _isUnderWay = true;
    }

    /// <summary>Waits for the operation and gives its working memory back.</summary>
    void Finish()
    {
        _stream.Synchronize();
        _memory.Reset();
        _isUnderWay = false;
    }

    /// <summary>The device's values of a host tensor: those that are kept, or a copy in working memory.</summary>
    DeviceTensor<T> Input<T>(in Tensor<T> tensor) where T : unmanaged
    {
        if (!tensor.IsPresent) return default;
        if (_keptOf.TryGetValue(tensor.Storage, out var copies) && copies.Find(in tensor) is { IsPresent: true } kept) return kept;
        var copy = _memory.Rent<T>(tensor.Shape);
        _stream.Upload(tensor, copy);
        return copy;
    }

    /// <summary>Where launchers queue their work.</summary>
    CudaQueue Queue => new(_modules, _stream);

    /// <summary>A copy in working memory, of kept tensors too: for what a kernel changes in part.</summary>
    DeviceTensor<T> Copy<T>(in Tensor<T> tensor) where T : unmanaged
    {
        var copy = Output(in tensor);
        if (tensor.IsPresent) _stream.Upload(tensor, copy);
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

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_device), nameof(_modules), nameof(_stream), nameof(_memory))]
    void OpenDevice()
    {
        _device = CudaDriver.Load().Open(_ordinal);
        try
        {
            _modules = CudaModules.Load(_device);
            _stream = _device.CreateStream();
            _memory = _device.Allocate(_workingBytes ?? Math.Min(_device.FreeBytes / 4, WorkingBytesMax));
        }
        catch
        {
            CloseDevice();
            throw;
        }
    }

    void CloseDevice()
    {
        _memory?.Dispose();
        _stream?.Dispose();
        _modules?.Dispose();
        _device?.Dispose();
    }

    /// <summary>Opens the device anew and loads everything again; when that fails, the next operation tries once more.</summary>
    void Restart()
    {
        foreach (var copies in _kept) copies.Free();
        CloseDevice();
        OpenDevice();
        try
        {
            foreach (var copies in _kept) copies.Load(_stream);
        }
        catch
        {
            // A device with half of what was kept must not look like a whole one.
            CloseDevice();
            throw;
        }
        Restarts++;
    }
}
