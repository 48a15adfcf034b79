namespace Argent.Tensors;

/// <summary>A call to CUDA that failed: which call, with what, and what the library said.</summary>
public sealed class CudaException : InvalidOperationException
{
    /// <summary>A failed call.</summary>
    /// <param name="call">The function as the library exports it.</param>
    /// <param name="code">What it returned.</param>
    /// <param name="codeName">The code's name, or its number where the library has no name for it.</param>
    /// <param name="arguments">What it was called with.</param>
    /// <param name="explanation">What the code means and how to mend it; empty where nothing is known.</param>
    public CudaException(string call, int code, string codeName, string arguments, string explanation)
        : base(Sentence(call, code, codeName, arguments, explanation)) =>
        (Call, Code, CodeName, Arguments) = (call, code, codeName, arguments);

    /// <summary>The function that failed.</summary>
    public string Call { get; }

    /// <summary>What it returned.</summary>
    public int Code { get; }

    /// <summary>The code's name.</summary>
    public string CodeName { get; }

    /// <summary>What it was called with.</summary>
    public string Arguments { get; }

    /// <summary>
    /// True when nothing more can be done in the device's context, whatever is called: a kernel touched memory that is not
    /// there, or the device is gone. What lived on the device has to be loaded again.
    /// </summary>
    public bool IsDeviceLost => Call.StartsWith("cu", StringComparison.Ordinal) && !Call.StartsWith("cublas", StringComparison.Ordinal)
        && Code is CudaResult.IllegalAddress or CudaResult.LaunchTimeout or CudaResult.Assert or CudaResult.HardwareStackError
            or CudaResult.IllegalInstruction or CudaResult.MisalignedAddress or CudaResult.InvalidAddressSpace
            or CudaResult.InvalidProgramCounter or CudaResult.LaunchFailed or CudaResult.EccUncorrectable
            or CudaResult.Unknown or CudaResult.DeviceUnavailable or CudaResult.ContextIsDestroyed;

    /// <summary>True when the device's memory was not enough.</summary>
    public bool IsOutOfMemory => Code == CudaResult.OutOfMemory && Call.StartsWith("cuMem", StringComparison.Ordinal);

    static string Sentence(string call, int code, string codeName, string arguments, string explanation)
    {
        string with = arguments.Length == 0 ? "" : $" ({arguments})";
        string why = explanation.Length == 0 ? "" : " " + explanation;
        return FormattableString.Invariant($"{call} failed with {code}, {codeName}{with}.{why}");
    }
}
