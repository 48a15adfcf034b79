using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Argent.Tensors;

sealed unsafe partial class CudaApi
{
    /// <summary>Nothing for a call that succeeded.</summary>
    /// <param name="code">What the call returned.</param>
    /// <param name="call">The function as the library exports it.</param>
    /// <param name="arguments">What it was called with; formatted only for a failure.</param>
    /// <exception cref="CudaException">The call failed.</exception>
    public void Check(int code, string call, [InterpolatedStringHandlerArgument(nameof(code))] CudaArguments arguments)
    {
        if (code != CudaResult.Success) throw Failure(code, call, arguments.Text());
    }

    /// <inheritdoc cref="Check(int, string, CudaArguments)"/>
    public void Check(int code, string call)
    {
        if (code != CudaResult.Success) throw Failure(code, call, "");
    }

    /// <summary>The exception for a call that failed.</summary>
    public CudaException Failure(int code, string call, string arguments)
    {
        string explanation = CudaResult.Explain(code);
        if (explanation.Length == 0) explanation = Description(code);
        return new CudaException(call, code, Name(code), arguments, explanation);
    }

    string Name(int code)
    {
        byte* text = null;
        return GetErrorName(code, &text) == CudaResult.Success && text != null
            ? Marshal.PtrToStringUTF8((nint)text)!
            : "a code without a name";
    }

    string Description(int code)
    {
        byte* text = null;
        if (GetErrorString(code, &text) != CudaResult.Success || text == null) return "";
        string said = Marshal.PtrToStringUTF8((nint)text)!;
        return string.Create(CultureInfo.InvariantCulture, $"The driver says: {said}.");
    }
}
