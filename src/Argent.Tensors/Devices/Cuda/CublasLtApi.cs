using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Argent.Tensors;

/// <summary>cuBLASLt's functions, as they were found in one library. Every return code goes through <c>Check</c>.</summary>
sealed unsafe class CublasLtApi
{
    public readonly delegate* unmanaged<nint*, int> Create;
    public readonly delegate* unmanaged<nint, int> Destroy;
    public readonly delegate* unmanaged<nint*, int, int, int> DescriptorCreate;
    public readonly delegate* unmanaged<nint, int> DescriptorDestroy;
    public readonly delegate* unmanaged<nint, int, void*, nuint, int> DescriptorSet;
    public readonly delegate* unmanaged<nint*, int, ulong, ulong, long, int> LayoutCreate;
    public readonly delegate* unmanaged<nint, int> LayoutDestroy;
    public readonly delegate* unmanaged<nint*, int> PreferenceCreate;
    public readonly delegate* unmanaged<nint, int> PreferenceDestroy;
    public readonly delegate* unmanaged<nint, int, void*, nuint, int> PreferenceSet;
    public readonly delegate* unmanaged<nint, nint, nint, nint, nint, nint, nint, int, CublasLtChoice*, int*, int> Choose;

    public readonly delegate* unmanaged<
        nint, nint, float*, ulong, nint, ulong, nint, float*, ulong, nint, ulong, nint, CublasLtAlgorithm*, ulong, nuint, nint, int>
        Multiply;

    readonly delegate* unmanaged<int, byte*> _statusName;
    readonly delegate* unmanaged<nuint> _version;

    /// <summary>Finds every function.</summary>
    /// <exception cref="CudaUnavailableException">The library lacks one.</exception>
    public CublasLtApi(NativeFile file)
    {
        File = file;
        Create = (delegate* unmanaged<nint*, int>)file.Export("cublasLtCreate");
        Destroy = (delegate* unmanaged<nint, int>)file.Export("cublasLtDestroy");
        DescriptorCreate = (delegate* unmanaged<nint*, int, int, int>)file.Export("cublasLtMatmulDescCreate");
        DescriptorDestroy = (delegate* unmanaged<nint, int>)file.Export("cublasLtMatmulDescDestroy");
        DescriptorSet = (delegate* unmanaged<nint, int, void*, nuint, int>)file.Export("cublasLtMatmulDescSetAttribute");
        LayoutCreate = (delegate* unmanaged<nint*, int, ulong, ulong, long, int>)file.Export("cublasLtMatrixLayoutCreate");
        LayoutDestroy = (delegate* unmanaged<nint, int>)file.Export("cublasLtMatrixLayoutDestroy");
        PreferenceCreate = (delegate* unmanaged<nint*, int>)file.Export("cublasLtMatmulPreferenceCreate");
        PreferenceDestroy = (delegate* unmanaged<nint, int>)file.Export("cublasLtMatmulPreferenceDestroy");
        PreferenceSet = (delegate* unmanaged<nint, int, void*, nuint, int>)file.Export("cublasLtMatmulPreferenceSetAttribute");
        Choose = (delegate* unmanaged<nint, nint, nint, nint, nint, nint, nint, int, CublasLtChoice*, int*, int>)
            file.Export("cublasLtMatmulAlgoGetHeuristic");
        Multiply = (delegate* unmanaged<
            nint, nint, float*, ulong, nint, ulong, nint, float*, ulong, nint, ulong, nint, CublasLtAlgorithm*, ulong, nuint, nint, int>)
            file.Export("cublasLtMatmul");
        _statusName = (delegate* unmanaged<int, byte*>)file.Export("cublasLtGetStatusName");
        _version = (delegate* unmanaged<nuint>)file.Export("cublasLtGetVersion");
    }

    /// <summary>The library.</summary>
    public NativeFile File { get; }

    /// <summary>Its version: 12.4.2 is 120402.</summary>
    public Version Version
    {
        get
        {
            int number = (int)_version();
            return new Version(number / 10_000, number % 10_000 / 100, number % 100);
        }
    }

    /// <summary>Nothing for a call that succeeded.</summary>
    /// <exception cref="CudaException">The call failed.</exception>
    public void Check(int code, string call, [InterpolatedStringHandlerArgument(nameof(code))] CudaArguments arguments)
    {
        if (code == CudaResult.Success) return;
        byte* name = _statusName(code);
        string codeName = name == null ? "a code without a name" : Marshal.PtrToStringUTF8((nint)name)!;
        throw new CudaException(call, code, codeName, arguments.Text(), "");
    }

    /// <inheritdoc cref="Check(int, string, CudaArguments)"/>
    public void Check(int code, string call) => Check(code, call, $"");
}

/// <summary>cublasLtMatmulAlgo_t: how a product is computed, in the library's own words.</summary>
[InlineArray(8)]
struct CublasLtAlgorithm
{
    ulong _word;
}

/// <summary>cublasLtMatmulHeuristicResult_t: an algorithm, and what it needs.</summary>
[StructLayout(LayoutKind.Sequential)]
struct CublasLtChoice
{
    public CublasLtAlgorithm Algorithm;
    public nuint WorkspaceBytes;
    public int State;
    public float Waves;
    public ulong Reserved0;
    public ulong Reserved1;
}
