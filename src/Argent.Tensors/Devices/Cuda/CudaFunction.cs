using System.Globalization;

namespace Argent.Tensors;

/// <summary>A kernel that can be launched; its only parameter is a <typeparamref name="TArguments"/> by value.</summary>
/// <typeparam name="TArguments">A struct in sequential layout that the kernel's source declares with the same fields.</typeparam>
public sealed unsafe class CudaFunction<TArguments> where TArguments : unmanaged
{
    // Numbers of CUfunction_attribute.
    const int StaticSharedBytes = 1, LocalBytesOfThread = 3, RegistersOfThread = 4, DynamicSharedBytesMax = 8;

    /// <summary>What a block may have without asking.</summary>
    const int SharedBytesUnasked = 48 << 10;

    readonly nint _function;
    readonly Lock _lock = new();
    int _sharedBytesMax = SharedBytesUnasked;

    internal CudaFunction(CudaModule module, nint function, string entry) => (Module, _function, Entry) = (module, function, entry);

    /// <summary>Where it is from.</summary>
    public CudaModule Module { get; }

    /// <summary>Its name as compiled.</summary>
    public string Entry { get; }

    /// <summary>Registers of a thread.</summary>
    public int Registers => Attribute(RegistersOfThread);

    /// <summary>Bytes of a thread that did not fit its registers.</summary>
    public int LocalBytes => Attribute(LocalBytesOfThread);

    /// <summary>Shared memory of a block that the source declares.</summary>
    public int SharedBytes => Attribute(StaticSharedBytes);

    /// <summary>Blocks that run at once on a multiprocessor.</summary>
    public int BlocksPerMultiprocessor(int threads, int sharedBytes)
    {
        AllowShared(sharedBytes);
        var api = Use();
        int blocks;
        api.Check(
            api.Occupancy(&blocks, _function, threads, (nuint)sharedBytes), "cuOccupancyMaxActiveBlocksPerMultiprocessor",
            $"kernel '{Entry}', {threads} threads, {sharedBytes} bytes of shared memory");
        return blocks;
    }

    /// <summary>Queues the kernel. No block, no launch. The arguments are copied before the call returns.</summary>
    /// <exception cref="CudaException">The driver refuses the launch. What the kernel does wrong is told by a later call.</exception>
    public void Launch(CudaStream stream, in LaunchSize size, in TArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (size.Blocks == 0) return;
        AllowShared(size.SharedBytes);
        var api = Use();
        fixed (TArguments* start = &arguments)
        {
            void* parameter = start;
            int code = api.LaunchKernel(
                _function, checked((uint)size.BlocksX), size.BlocksY, size.BlocksZ, size.ThreadsX, size.ThreadsY, size.ThreadsZ,
                (uint)size.SharedBytes, stream.Handle, &parameter, null);
            api.Check(code, "cuLaunchKernel", $"kernel '{Entry}', {size}, {sizeof(TArguments)} bytes of parameters");
        }
    }

    CudaApi Use()
    {
        Module.CheckLoaded();
        return Module.Device.Context.Use();
    }

    // Asked once for each larger size: before the first launch, so before any capture that repeats it.
    void AllowShared(int bytes)
    {
        if (bytes <= Volatile.Read(ref _sharedBytesMax)) return;
        lock (_lock)
        {
            if (bytes <= _sharedBytesMax) return;
            int allowed = Module.Device.Description.SharedBytesPerBlock;
            if (bytes > allowed)
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{Entry}' asks for {bytes} bytes of shared memory; a block of {Module.Device.Device} may have {allowed}."));
            }
            var api = Use();
            api.Check(
                api.FunctionSetAttribute(_function, DynamicSharedBytesMax, bytes), "cuFuncSetAttribute",
                $"kernel '{Entry}', {bytes} bytes of shared memory");
            _sharedBytesMax = bytes;
        }
    }

    int Attribute(int attribute)
    {
        var api = Use();
        int value;
        int code = api.FunctionGetAttribute(&value, attribute, _function);
        api.Check(code, "cuFuncGetAttribute", $"attribute {attribute}, kernel '{Entry}'");
        return value;
    }
}
