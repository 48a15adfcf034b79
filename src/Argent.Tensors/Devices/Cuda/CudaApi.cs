namespace Argent.Tensors;

/// <summary>
/// The CUDA driver's functions, as they were found in one library. Device addresses are ulong, handles nint; everything is
/// blittable, so that a call is a plain call. Every return code goes through <c>Check</c>.
/// </summary>
sealed unsafe partial class CudaApi
{
    public readonly delegate* unmanaged<uint, int> Init;
    public readonly delegate* unmanaged<int*, int> DriverGetVersion;
    public readonly delegate* unmanaged<int, byte**, int> GetErrorName;
    public readonly delegate* unmanaged<int, byte**, int> GetErrorString;

    public readonly delegate* unmanaged<int*, int> DeviceGetCount;
    public readonly delegate* unmanaged<int*, int, int> DeviceGet;
    public readonly delegate* unmanaged<byte*, int, int, int> DeviceGetName;
    public readonly delegate* unmanaged<int*, int, int, int> DeviceGetAttribute;
    public readonly delegate* unmanaged<nuint*, int, int> DeviceTotalMemory;

    public readonly delegate* unmanaged<nint*, int, int> PrimaryContextRetain;
    public readonly delegate* unmanaged<int, int> PrimaryContextRelease;
    public readonly delegate* unmanaged<nint, int> ContextSetCurrent;
    public readonly delegate* unmanaged<int> ContextSynchronize;

    public readonly delegate* unmanaged<ulong*, nuint, int> MemoryAllocate;
    public readonly delegate* unmanaged<nint, int> MemoryFree;
    public readonly delegate* unmanaged<nuint*, nuint*, int> MemoryGetInfo;
    public readonly delegate* unmanaged<nint*, nuint, uint, int> HostAllocate;
    public readonly delegate* unmanaged<nint, int> HostFree;
    public readonly delegate* unmanaged<ulong, void*, nuint, nint, int> CopyHostToDevice;
    public readonly delegate* unmanaged<void*, ulong, nuint, nint, int> CopyDeviceToHost;
    public readonly delegate* unmanaged<ulong, ulong, nuint, nint, int> CopyDeviceToDevice;
    public readonly delegate* unmanaged<ulong, nint, ulong, nint, nuint, nint, int> CopyPeer;
    public readonly delegate* unmanaged<ulong, byte, nuint, nint, int> SetBytes;

    public readonly delegate* unmanaged<nint*, uint, int> StreamCreate;
    public readonly delegate* unmanaged<nint, int> StreamDestroy;
    public readonly delegate* unmanaged<nint, int> StreamSynchronize;
    public readonly delegate* unmanaged<nint, int> StreamQuery;
    public readonly delegate* unmanaged<nint, nint, uint, int> StreamWaitEvent;
    public readonly delegate* unmanaged<nint, int, int> StreamBeginCapture;
    public readonly delegate* unmanaged<nint, nint*, int> StreamEndCapture;

    public readonly delegate* unmanaged<nint*, uint, int> EventCreate;
    public readonly delegate* unmanaged<nint, int> EventDestroy;
    public readonly delegate* unmanaged<nint, nint, int> EventRecord;
    public readonly delegate* unmanaged<nint, int> EventSynchronize;
    public readonly delegate* unmanaged<nint, int> EventQuery;
    public readonly delegate* unmanaged<float*, nint, nint, int> EventElapsedTime;

    public readonly delegate* unmanaged<nint*, void*, uint, int*, void**, int> ModuleLoadData;
    public readonly delegate* unmanaged<nint, int> ModuleUnload;
    public readonly delegate* unmanaged<nint*, nint, byte*, int> ModuleGetFunction;
    public readonly delegate* unmanaged<int*, int, nint, int> FunctionGetAttribute;
    public readonly delegate* unmanaged<nint, int, int, int> FunctionSetAttribute;
    public readonly delegate* unmanaged<int*, nint, int, nuint, int> Occupancy;
    public readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> LaunchKernel;

    public readonly delegate* unmanaged<nint*, nint, ulong, int> GraphInstantiate;
    public readonly delegate* unmanaged<nint, nint, int> GraphLaunch;
    public readonly delegate* unmanaged<nint, int> GraphDestroy;
    public readonly delegate* unmanaged<nint, int> GraphExecDestroy;

    /// <summary>Sizes of a kernel's parameters; null where the driver is older than 12.4.</summary>
    public readonly delegate* unmanaged<nint, nuint, nuint*, nuint*, int> FunctionGetParameterInfo;

    /// <summary>Finds every function.</summary>
    /// <exception cref="CudaUnavailableException">The library lacks one.</exception>
    public CudaApi(NativeFile file)
    {
        File = file;
        Init = (delegate* unmanaged<uint, int>)file.Export("cuInit");
        DriverGetVersion = (delegate* unmanaged<int*, int>)file.Export("cuDriverGetVersion");
        GetErrorName = (delegate* unmanaged<int, byte**, int>)file.Export("cuGetErrorName");
        GetErrorString = (delegate* unmanaged<int, byte**, int>)file.Export("cuGetErrorString");
        DeviceGetCount = (delegate* unmanaged<int*, int>)file.Export("cuDeviceGetCount");
        DeviceGet = (delegate* unmanaged<int*, int, int>)file.Export("cuDeviceGet");
        DeviceGetName = (delegate* unmanaged<byte*, int, int, int>)file.Export("cuDeviceGetName");
        DeviceGetAttribute = (delegate* unmanaged<int*, int, int, int>)file.Export("cuDeviceGetAttribute");
        DeviceTotalMemory = (delegate* unmanaged<nuint*, int, int>)file.Export("cuDeviceTotalMem_v2");
        PrimaryContextRetain = (delegate* unmanaged<nint*, int, int>)file.Export("cuDevicePrimaryCtxRetain");
        PrimaryContextRelease = (delegate* unmanaged<int, int>)file.Export("cuDevicePrimaryCtxRelease_v2");
        ContextSetCurrent = (delegate* unmanaged<nint, int>)file.Export("cuCtxSetCurrent");
        ContextSynchronize = (delegate* unmanaged<int>)file.Export("cuCtxSynchronize");
        MemoryAllocate = (delegate* unmanaged<ulong*, nuint, int>)file.Export("cuMemAlloc_v2");
        MemoryFree = (delegate* unmanaged<nint, int>)file.Export("cuMemFree_v2");
        MemoryGetInfo = (delegate* unmanaged<nuint*, nuint*, int>)file.Export("cuMemGetInfo_v2");
        HostAllocate = (delegate* unmanaged<nint*, nuint, uint, int>)file.Export("cuMemHostAlloc");
        HostFree = (delegate* unmanaged<nint, int>)file.Export("cuMemFreeHost");
        CopyHostToDevice = (delegate* unmanaged<ulong, void*, nuint, nint, int>)file.Export("cuMemcpyHtoDAsync_v2");
        CopyDeviceToHost = (delegate* unmanaged<void*, ulong, nuint, nint, int>)file.Export("cuMemcpyDtoHAsync_v2");
        CopyDeviceToDevice = (delegate* unmanaged<ulong, ulong, nuint, nint, int>)file.Export("cuMemcpyDtoDAsync_v2");
        SetBytes = (delegate* unmanaged<ulong, byte, nuint, nint, int>)file.Export("cuMemsetD8Async");
        StreamCreate = (delegate* unmanaged<nint*, uint, int>)file.Export("cuStreamCreate");
        StreamDestroy = (delegate* unmanaged<nint, int>)file.Export("cuStreamDestroy_v2");
        StreamSynchronize = (delegate* unmanaged<nint, int>)file.Export("cuStreamSynchronize");
        StreamWaitEvent = (delegate* unmanaged<nint, nint, uint, int>)file.Export("cuStreamWaitEvent");
        StreamBeginCapture = (delegate* unmanaged<nint, int, int>)file.Export("cuStreamBeginCapture_v2");
        StreamEndCapture = (delegate* unmanaged<nint, nint*, int>)file.Export("cuStreamEndCapture");
        EventCreate = (delegate* unmanaged<nint*, uint, int>)file.Export("cuEventCreate");
        EventDestroy = (delegate* unmanaged<nint, int>)file.Export("cuEventDestroy_v2");
        EventRecord = (delegate* unmanaged<nint, nint, int>)file.Export("cuEventRecord");
        EventSynchronize = (delegate* unmanaged<nint, int>)file.Export("cuEventSynchronize");
        ModuleLoadData = (delegate* unmanaged<nint*, void*, uint, int*, void**, int>)file.Export("cuModuleLoadDataEx");
        ModuleUnload = (delegate* unmanaged<nint, int>)file.Export("cuModuleUnload");
        ModuleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)file.Export("cuModuleGetFunction");
        FunctionGetAttribute = (delegate* unmanaged<int*, int, nint, int>)file.Export("cuFuncGetAttribute");
        FunctionSetAttribute = (delegate* unmanaged<nint, int, int, int>)file.Export("cuFuncSetAttribute");
        LaunchKernel = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)
            file.Export("cuLaunchKernel");
        GraphInstantiate = (delegate* unmanaged<nint*, nint, ulong, int>)file.Export("cuGraphInstantiateWithFlags");
        GraphLaunch = (delegate* unmanaged<nint, nint, int>)file.Export("cuGraphLaunch");
        GraphDestroy = (delegate* unmanaged<nint, int>)file.Export("cuGraphDestroy");
        GraphExecDestroy = (delegate* unmanaged<nint, int>)file.Export("cuGraphExecDestroy");
        StreamQuery = (delegate* unmanaged<nint, int>)file.Export("cuStreamQuery");
        EventQuery = (delegate* unmanaged<nint, int>)file.Export("cuEventQuery");
        EventElapsedTime = (delegate* unmanaged<float*, nint, nint, int>)file.Export("cuEventElapsedTime");
        CopyPeer = (delegate* unmanaged<ulong, nint, ulong, nint, nuint, nint, int>)file.Export("cuMemcpyPeerAsync");
        Occupancy = (delegate* unmanaged<int*, nint, int, nuint, int>)file.Export("cuOccupancyMaxActiveBlocksPerMultiprocessor");
        FunctionGetParameterInfo = (delegate* unmanaged<nint, nuint, nuint*, nuint*, int>)file.TryExport("cuFuncGetParamInfo");
    }

    /// <summary>The library.</summary>
    public NativeFile File { get; }
}
