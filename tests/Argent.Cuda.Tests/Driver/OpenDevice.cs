using Argent.Tensors;

namespace Argent.Cuda.Tests;

/// <summary>The product's driver layer on the emulated device, with its own stream; everything is given back at the end.</summary>
sealed class OpenDevice : IDisposable
{
    readonly List<DeviceMemory> _memories = [];
    CudaModule? _module;

    public OpenDevice(string laneOrder = "forward", string streams = "ordered")
    {
        EmulatedCuda.Use();
        EmulatedCuda.Set("LANES", laneOrder);
        EmulatedCuda.Set("STREAMS", streams);
        Device = CudaDriver.Load().Open(0);
        Stream = Device.CreateStream();
    }

    public CudaDevice Device { get; }

    public CudaStream Stream { get; }

    /// <summary>The emulator's own kernels.</summary>
    public CudaModule Module => _module ??= LoadModule();

    /// <summary>A tensor in memory of its own with these values.</summary>
    public DeviceTensor<T> Upload<T>(params ReadOnlySpan<T> values) where T : unmanaged
    {
        var tensor = Zeros<T>(values.Length);
        Stream.UploadNow(values, tensor);
        return tensor;
    }

    /// <summary>A tensor of zeros in memory of its own.</summary>
    public unsafe DeviceTensor<T> Zeros<T>(int count) where T : unmanaged
    {
        var memory = Device.Allocate(count * (long)sizeof(T));
        _memories.Add(memory);
        var tensor = memory.Rent<T>(new Shape(count));
        Stream.Clear(tensor);
        Stream.Synchronize();
        return tensor;
    }

    /// <summary>The values of a tensor when everything in the stream is done.</summary>
    public T[] Read<T>(in DeviceTensor<T> tensor) where T : unmanaged
    {
        var values = new T[tensor.Count];
        Stream.DownloadNow(tensor, values);
        return values;
    }

    CudaModule LoadModule()
    {
        EmulatedCuda.NeedsEmulator("runs a kernel of the emulator's");
        return Device.LoadModule("argent emulated image\n"u8, "tests");
    }

    public void Dispose()
    {
        // All of it: the context lives as long as anything in it, and an error that it holds does too.
        foreach (var memory in _memories) memory.Dispose();
        _module?.Dispose();
        Stream.Dispose();
        Device.Dispose();
    }
}
