using System.Globalization;
using System.Text;

namespace Argent.Tensors;

/// <summary>The CUDA driver of this machine: found when it is first asked for; nothing of it is needed to build.</summary>
public sealed unsafe class CudaDriver
{
    /// <summary>The environment variable that names another library than the system's.</summary>
    public const string LibraryVariable = "ARGENT_CUDA_LIBRARY";

    static readonly NativeFileSearch _search = new(
        "The CUDA driver",
        LibraryVariable,
        OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1", "libcuda.so"],
        OperatingSystem.IsLinux() ? ["/usr/lib/wsl/lib"] : [],
        "Install NVIDIA's driver, or start the container with its GPUs.");

    static readonly Lock _lock = new();
    static readonly Dictionary<string, CudaDriver> _loaded = new(StringComparer.Ordinal);

    CudaDriver(CudaApi api, int deviceCount) => (Api, DeviceCount) = (api, deviceCount);

    internal CudaApi Api { get; }

    /// <summary>The library, as it was found.</summary>
    public string LibraryName => Api.File.Name;

    /// <summary>GPUs that the driver shows to this process.</summary>
    public int DeviceCount { get; }

    /// <summary>The highest CUDA version that the driver supports, for example 12.4.</summary>
    public Version Version
    {
        get
        {
            int number;
            Api.Check(Api.DriverGetVersion(&number), "cuDriverGetVersion");
            return new Version(number / 1000, number % 1000 / 10);
        }
    }

    /// <summary>Finds the driver and wakes it; the same object for the same library.</summary>
    /// <exception cref="CudaUnavailableException">There is no driver, it is too old, or it has no GPU.</exception>
    public static CudaDriver Load()
    {
        lock (_lock)
        {
            string key = string.Join('\n', _search.Names());
            if (_loaded.TryGetValue(key, out var driver)) return driver;
            return _loaded[key] = Start(NativeFile.Load(_search));
        }
    }

    /// <summary>What the driver says of a GPU, without taking it.</summary>
    /// <exception cref="CudaUnavailableException">There is no GPU of that number.</exception>
    public CudaDeviceDescription Describe(int ordinal)
    {
        int device = Find(ordinal);
        const int NameBytes = 256;
        byte* name = stackalloc byte[NameBytes];
        Api.Check(Api.DeviceGetName(name, NameBytes, device), "cuDeviceGetName", $"device {ordinal}");
        nuint bytes;
        Api.Check(Api.DeviceTotalMemory(&bytes, device), "cuDeviceTotalMem_v2", $"device {ordinal}");
        int length = new ReadOnlySpan<byte>(name, NameBytes).IndexOf((byte)0);
        return new CudaDeviceDescription
        {
            Ordinal = ordinal,
            Name = Encoding.UTF8.GetString(name, length < 0 ? NameBytes : length),
            MemoryBytes = (long)bytes,
            Capability = new ComputeCapability(
                Attribute(device, CudaAttribute.CapabilityMajor), Attribute(device, CudaAttribute.CapabilityMinor)),
            Multiprocessors = Attribute(device, CudaAttribute.Multiprocessors),
            SharedBytesPerBlock = Attribute(device, CudaAttribute.SharedBytesPerBlockOptIn),
            L2Bytes = Attribute(device, CudaAttribute.L2Bytes),
        };
    }

    /// <summary>Takes a GPU.</summary>
    /// <exception cref="CudaUnavailableException">There is no GPU of that number.</exception>
    /// <exception cref="CudaException">The driver refuses it.</exception>
    public CudaDevice Open(int ordinal)
    {
        var description = Describe(ordinal);
        return new CudaDevice(this, new CudaContext(Api, Find(ordinal)), description);
    }

    static CudaDriver Start(NativeFile file)
    {
        var api = new CudaApi(file);
        int code = api.Init(0);
        if (code != CudaResult.Success)
        {
            var failure = api.Failure(code, "cuInit", "flags 0");
            throw new CudaUnavailableException($"The CUDA driver '{file.Name}' does not start: {failure.Message}", failure);
        }
        int count;
        api.Check(api.DeviceGetCount(&count), "cuDeviceGetCount");
        if (count == 0)
        {
            throw new CudaUnavailableException(
                $"The CUDA driver '{file.Name}' shows no GPU. {CudaResult.Explain(CudaResult.NoDevice)}");
        }
        return new CudaDriver(api, count);
    }

    int Find(int ordinal)
    {
        if ((uint)ordinal >= (uint)DeviceCount)
        {
            throw new CudaUnavailableException(string.Create(
                CultureInfo.InvariantCulture,
                $"There is no GPU {ordinal}: the driver '{LibraryName}' shows {DeviceCount}, counted from 0; `argent doctor` lists them."));
        }
        int device;
        Api.Check(Api.DeviceGet(&device, ordinal), "cuDeviceGet", $"ordinal {ordinal}");
        return device;
    }

    int Attribute(int device, CudaAttribute attribute)
    {
        int value;
        Api.Check(Api.DeviceGetAttribute(&value, (int)attribute, device), "cuDeviceGetAttribute", $"{attribute}, device {device}");
        return value;
    }
}
