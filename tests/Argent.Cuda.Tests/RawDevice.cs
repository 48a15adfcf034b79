using System.Text;

namespace Argent.Cuda.Tests;

/// <summary>
/// A device of the emulated driver by bare calls, without the product's own layer: so a failing test of the emulator is the
/// emulator's fault. A new context each, so that an error that one test caused is not the next one's.
/// </summary>
sealed unsafe class RawDevice : IDisposable
{
    readonly int _ordinal;

    public RawDevice(string laneOrder = "forward", int ordinal = 0)
    {
        EmulatedCuda.Set("LANES", laneOrder);
        EmulatedCuda.Set("STREAMS", "ordered");
        _ordinal = ordinal;
        Check(((delegate* unmanaged<uint, int>)EmulatedCuda.Export("cuInit"))(0));
        nint context, stream, module;
        Check(((delegate* unmanaged<nint*, int, int>)EmulatedCuda.Export("cuDevicePrimaryCtxRetain"))(&context, ordinal));
        Check(((delegate* unmanaged<nint, int>)EmulatedCuda.Export("cuCtxSetCurrent"))(context));
        Check(((delegate* unmanaged<nint*, uint, int>)EmulatedCuda.Export("cuStreamCreate"))(&stream, 1));
        fixed (byte* image = "argent emulated image\n\0"u8)
        {
            Check(((delegate* unmanaged<nint*, byte*, uint, int*, void**, int>)EmulatedCuda.Export("cuModuleLoadDataEx"))(
                &module, image, 0, null, null));
        }
        (Context, Stream, Module) = (context, stream, module);
    }

    public nint Context { get; }

    public nint Stream { get; }

    public nint Module { get; }

    public static void Check(int code) => Assert.True(code == 0, $"The driver gave {code}. {EmulatedCuda.LastError}");

    public int TryAllocate(long bytes, out ulong address)
    {
        fixed (ulong* result = &address)
        {
            *result = 0;
            return ((delegate* unmanaged<ulong*, nuint, int>)EmulatedCuda.Export("cuMemAlloc_v2"))(result, (nuint)bytes);
        }
    }

    public ulong Allocate(long bytes)
    {
        Check(TryAllocate(bytes, out ulong address));
        return address;
    }

    public ulong Upload<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        ulong address = Allocate((long)values.Length * sizeof(T));
        fixed (T* from = values)
        {
            Check(((delegate* unmanaged<ulong, void*, nuint, nint, int>)EmulatedCuda.Export("cuMemcpyHtoDAsync_v2"))(
                address, from, (nuint)(values.Length * sizeof(T)), Stream));
            Check(Synchronize());
        }
        return address;
    }

    public T[] Download<T>(ulong address, int count) where T : unmanaged
    {
        var values = new T[count];
        fixed (T* to = values)
        {
            Check(CopyToHost(to, address, (long)count * sizeof(T)));
            Check(Synchronize());
        }
        return values;
    }

    public int CopyToHost(void* to, ulong address, long bytes) =>
        ((delegate* unmanaged<void*, ulong, nuint, nint, int>)EmulatedCuda.Export("cuMemcpyDtoHAsync_v2"))(
            to, address, (nuint)bytes, Stream);

    public int Synchronize() => ((delegate* unmanaged<nint, int>)EmulatedCuda.Export("cuStreamSynchronize"))(Stream);

    /// <summary>Queues a kernel; each parameter is given as 8 bytes, of which the kernel reads as many as it declares.</summary>
    public int Launch(string kernel, uint blocks, uint threads, uint sharedBytes, params ulong[] parameters)
    {
        fixed (ulong* values = parameters)
        {
            void** addresses = stackalloc void*[parameters.Length];
            for (int i = 0; i < parameters.Length; i++) addresses[i] = values + i;
            return Launch(kernel, blocks, threads, sharedBytes, addresses);
        }
    }

    int Launch(string kernel, uint blocks, uint threads, uint sharedBytes, void** parameters)
    {
        nint function;
        fixed (byte* name = Encoding.UTF8.GetBytes(kernel + "\0"))
        {
            Check(((delegate* unmanaged<nint*, nint, byte*, int>)EmulatedCuda.Export("cuModuleGetFunction"))(&function, Module, name));
        }
        return ((delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)
            EmulatedCuda.Export("cuLaunchKernel"))(function, blocks, 1, 1, threads, 1, 1, sharedBytes, Stream, parameters, null);
    }

    public void Dispose()
    {
        _ = ((delegate* unmanaged<nint, int>)EmulatedCuda.Export("cuStreamDestroy_v2"))(Stream);
        _ = ((delegate* unmanaged<int, int>)EmulatedCuda.Export("cuDevicePrimaryCtxRelease_v2"))(_ordinal);
    }
}
