using Argent.Cuda.Tests;
using Argent.Tensors;

namespace Argent.Kernels.Tests.Cuda;

/// <summary>An emulated device with every kernel of the table loaded, and memory that each test rents anew.</summary>
public sealed class EmulatedDevice : IDisposable
{
    const long MemoryBytes = 64 << 20;

    const string CacheVariable = "ARGENT_CUDA_CACHE";

    readonly CudaDevice _device;
    readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("argent-kernels-");

    public EmulatedDevice()
    {
        EmulatedCuda.Use();
        Environment.SetEnvironmentVariable(CacheVariable, _cache.FullName);
        _device = CudaDriver.Load().Open(0);
        Modules = CudaModules.Load(_device);
        Stream = _device.CreateStream();
        Memory = _device.Allocate(MemoryBytes);
        Kernels = CudaKernels.Open(0, new ReferenceKernels(new Workers(1)), MemoryBytes);
    }

    /// <summary>Operations over host tensors.</summary>
    public CudaKernels Kernels { get; }

    public CudaModules Modules { get; }

    public CudaStream Stream { get; }

    public DeviceMemory Memory { get; }

    public CudaQueue Queue => new(Modules, Stream);

    /// <summary>Runs a test in every lane order, each time with empty memory.</summary>
    public void InEveryLaneOrder(Action<string> test)
    {
        foreach (string order in EmulatedCuda.LaneOrders)
        {
            EmulatedCuda.Set("LANES", order);
            Memory.Reset();
            test($"cuda, lanes {order}");
        }
    }

    /// <summary>A copy on the device; no tensor of none.</summary>
    public DeviceTensor<T> Upload<T>(Tensor<T> values) where T : unmanaged
    {
        if (!values.IsPresent) return default;
        var copy = Memory.Rent<T>(values.Shape);
        Stream.Upload(values, copy);
        Stream.Synchronize();
        return copy;
    }

    /// <summary>Room on the device that holds no sensible value of anything.</summary>
    public DeviceTensor<T> Poisoned<T>(Shape shape) where T : unmanaged
    {
        var tensor = Memory.Rent<T>(shape);
        Stream.Fill(tensor, 0xAD);
        return tensor;
    }

    /// <summary>Waits for the stream and copies the values to the host.</summary>
    public T[] Download<T>(DeviceTensor<T> values) where T : unmanaged
    {
        var copy = new T[values.Count];
        Stream.DownloadNow(values, copy);
        return copy;
    }

    public void Dispose()
    {
        Kernels.Dispose();
        Memory.Dispose();
        Stream.Dispose();
        Modules.Dispose();
        _device.Dispose();
        Environment.SetEnvironmentVariable(CacheVariable, null);
        _cache.Delete(recursive: true);
    }
}

/// <summary>Tests of one emulated device run one after the other: its options are the process's.</summary>
[CollectionDefinition(Name)]
public sealed class EmulatedDeviceCollection : ICollectionFixture<EmulatedDevice>
{
    public const string Name = "emulated device";
}
