using System.Runtime.InteropServices;
using System.Text;

namespace Argent.Tensors;

/// <summary>Compiled kernels that were loaded on a device.</summary>
public sealed unsafe class CudaModule : IDisposable
{
    // Numbers of CUjit_option.
    const int ErrorLog = 5, ErrorLogBytes = 6;

    const int LogBytes = 16 << 10;

    readonly CudaHandle _handle;

    internal CudaModule(CudaDevice device, ReadOnlySpan<byte> image, string name)
    {
        (Device, Name) = (device, name);
        // PTX is text that ends with a zero; a cubin does not mind one.
        var text = new byte[image.Length + 1];
        image.CopyTo(text);
        nint module;
        var api = device.Context.Use();
        byte* log = (byte*)NativeMemory.AllocZeroed(LogBytes);
        try
        {
            int* options = stackalloc int[] { ErrorLog, ErrorLogBytes };
            void** values = stackalloc void*[] { log, (void*)LogBytes };
            fixed (byte* start = text)
            {
                int code = api.ModuleLoadData(&module, start, 2, options, values);
                api.Check(code, "cuModuleLoadDataEx", $"module '{name}', {image.Length} bytes, on {device.Device}{Said(log)}");
            }
        }
        finally
        {
            NativeMemory.Free(log);
        }
        _handle = new CudaHandle(device.Context, module, api.ModuleUnload);
    }

    /// <summary>Where it is loaded.</summary>
    public CudaDevice Device { get; }

    /// <summary>What errors call it.</summary>
    public string Name { get; }

    /// <summary>A kernel of the module, whose only parameter is a <typeparamref name="TArguments"/> by value.</summary>
    /// <param name="entry">Its name as compiled: kernels are <c>extern "C"</c>.</param>
    /// <exception cref="CudaException">There is no such kernel.</exception>
    /// <exception cref="InvalidOperationException">Its parameters have another size, by the driver's word.</exception>
    public CudaFunction<TArguments> Function<TArguments>(string entry) where TArguments : unmanaged
    {
        var api = Device.Context.Use();
        nint function;
        byte[] name = [.. Encoding.UTF8.GetBytes(entry), 0];
        fixed (byte* text = name)
        {
            int code = api.ModuleGetFunction(&function, _handle.Value, text);
            api.Check(code, "cuModuleGetFunction", $"kernel '{entry}', module '{Name}'");
        }
        CheckParameters(api, function, entry, sizeof(TArguments));
        return new CudaFunction<TArguments>(this, function, entry);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    /// <summary>Throws when the module was unloaded: its functions went with it.</summary>
    internal void CheckLoaded() => _ = _handle.Value;

    void CheckParameters(CudaApi api, nint function, string entry, int bytes)
    {
        // Drivers before 12.4 cannot be asked; the table of kernels is checked against compiled PTX in any case.
        if (api.FunctionGetParameterInfo == null) return;
        nuint offset, size = 0;
        int count = 0;
        nuint all = 0;
        while (api.FunctionGetParameterInfo(function, (nuint)count, &offset, &size) == CudaResult.Success)
        {
            count++;
            all = offset + size;
        }
        if (count == 1 && all == (nuint)bytes) return;
        throw new InvalidOperationException(FormattableString.Invariant(
            $"The kernel '{entry}' of module '{Name}' takes {count} parameters in {all} bytes; one of {bytes} bytes is what is passed."));
    }

    static string Said(byte* log)
    {
        string text = Marshal.PtrToStringUTF8((nint)log)!.Trim();
        return text.Length == 0 ? "" : "; the compiler says: " + text;
    }
}
