using System.Runtime.InteropServices;
using System.Text;

namespace Argent.Tensors;

/// <summary>NVIDIA's runtime compiler: CUDA C++ to machine code of one GPU. Found when it is first asked for.</summary>
public sealed unsafe class Nvrtc
{
    /// <summary>The environment variable that names another library than the system's.</summary>
    public const string LibraryVariable = "ARGENT_NVRTC_LIBRARY";

    static readonly NativeFileSearch _search = new(
        "NVRTC, the compiler of kernels,",
        LibraryVariable,
        OperatingSystem.IsWindows()
            ? ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll", "nvrtc64_112_0.dll"]
            : ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"],
        CudaToolkit.Folders,
        "Install NVRTC of the CUDA toolkit (a package named like cuda-nvrtc-12-4, or nvidia-cuda-nvrtc-cu12 of Python).");

    readonly NativeFile _file;
    readonly delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int> _createProgram;
    readonly delegate* unmanaged<nint*, int> _destroyProgram;
    readonly delegate* unmanaged<nint, int, byte**, int> _compileProgram;
    readonly delegate* unmanaged<nint, nuint*, int> _getLogSize;
    readonly delegate* unmanaged<nint, byte*, int> _getLog;
    readonly delegate* unmanaged<nint, nuint*, int> _getCubinSize;
    readonly delegate* unmanaged<nint, byte*, int> _getCubin;
    readonly delegate* unmanaged<int, byte*> _getErrorString;

    Nvrtc(NativeFile file)
    {
        _file = file;
        _createProgram = (delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)file.Export("nvrtcCreateProgram");
        _destroyProgram = (delegate* unmanaged<nint*, int>)file.Export("nvrtcDestroyProgram");
        _compileProgram = (delegate* unmanaged<nint, int, byte**, int>)file.Export("nvrtcCompileProgram");
        _getLogSize = (delegate* unmanaged<nint, nuint*, int>)file.Export("nvrtcGetProgramLogSize");
        _getLog = (delegate* unmanaged<nint, byte*, int>)file.Export("nvrtcGetProgramLog");
        _getCubinSize = (delegate* unmanaged<nint, nuint*, int>)file.Export("nvrtcGetCUBINSize");
        _getCubin = (delegate* unmanaged<nint, byte*, int>)file.Export("nvrtcGetCUBIN");
        _getErrorString = (delegate* unmanaged<int, byte*>)file.Export("nvrtcGetErrorString");
        int major, minor;
        Check(((delegate* unmanaged<int*, int*, int>)file.Export("nvrtcVersion"))(&major, &minor), "nvrtcVersion", "");
        Version = new Version(major, minor);
    }

    /// <summary>The library, as it was found.</summary>
    public string LibraryName => _file.Name;

    /// <summary>The compiler's version.</summary>
    public Version Version { get; }

    /// <summary>Finds the compiler.</summary>
    /// <exception cref="CudaUnavailableException">It is nowhere, or too old.</exception>
    public static Nvrtc Load() => new(NativeFile.Load(_search));

    /// <summary>Compiles a file of kernels to a cubin.</summary>
    /// <exception cref="CudaException">The source does not compile; the message has the compiler's log.</exception>
    public byte[] Compile(CudaSource source, ComputeCapability capability)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var text = new NativeTexts([source.Text, source.Name]);
        using var headerNames = new NativeTexts([.. source.Headers.Keys]);
        using var headerTexts = new NativeTexts([.. source.Headers.Values]);
        using var options = new NativeTexts([.. source.Options, "--gpu-architecture=" + capability.Architecture]);
        nint program;
        Check(
            _createProgram(&program, text[0], text[1], headerNames.Count, headerTexts.Start, headerNames.Start),
            "nvrtcCreateProgram", source.Name);
        try
        {
            int code = _compileProgram(program, options.Count, options.Start);
            if (code != 0)
            {
                Check(code, "nvrtcCompileProgram", $"{source.Name} for {capability.Architecture}", "The compiler says:\n" + Log(program));
            }
            nuint length;
            Check(_getCubinSize(program, &length), "nvrtcGetCUBINSize", source.Name);
            var cubin = new byte[length];
            fixed (byte* start = cubin) Check(_getCubin(program, start), "nvrtcGetCUBIN", source.Name);
            return cubin;
        }
        finally
        {
            _ = _destroyProgram(&program);
        }
    }

    string Log(nint program)
    {
        nuint length;
        Check(_getLogSize(program, &length), "nvrtcGetProgramLogSize", "");
        var log = new byte[length];
        fixed (byte* start = log) Check(_getLog(program, start), "nvrtcGetProgramLog", "");
        return Encoding.UTF8.GetString(log).TrimEnd('\0', '\n');
    }

    void Check(int code, string call, string arguments, string explanation = "")
    {
        if (code == 0) return;
        byte* name = _getErrorString(code);
        string codeName = name == null ? "a code without a name" : Marshal.PtrToStringUTF8((nint)name)!;
        throw new CudaException(call, code, codeName, arguments, explanation);
    }

    /// <summary>Texts that end with a zero, and their addresses in a row, for as long as a call needs them.</summary>
    sealed class NativeTexts : IDisposable
    {
        readonly byte** _addresses;

        public NativeTexts(IReadOnlyList<string> texts)
        {
            Count = texts.Count;
            _addresses = (byte**)NativeMemory.Alloc((nuint)Math.Max(1, Count), (nuint)sizeof(byte*));
            for (int i = 0; i < Count; i++) _addresses[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        }

        public int Count { get; }

        public byte** Start => _addresses;

        public byte* this[int index] => _addresses[index];

        public void Dispose()
        {
            for (int i = 0; i < Count; i++) Marshal.FreeCoTaskMem((nint)_addresses[i]);
            NativeMemory.Free(_addresses);
        }
    }
}
