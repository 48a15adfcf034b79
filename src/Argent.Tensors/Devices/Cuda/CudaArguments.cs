using System.Globalization;
using System.Runtime.CompilerServices;

namespace Argent.Tensors;

/// <summary>The arguments of a call as text, which is written only where the call failed: a success formats nothing.</summary>
[InterpolatedStringHandler]
ref struct CudaArguments
{
    readonly bool _isWanted;
    DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler for <c>$"..."</c>.</summary>
    public CudaArguments(int literalLength, int formattedCount, int code, out bool isWanted)
    {
        isWanted = _isWanted = code != CudaResult.Success;
        if (isWanted) _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture);
    }

    /// <summary>Called by the compiler.</summary>
    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    /// <summary>The text; empty for a call that succeeded.</summary>
    public string Text() => _isWanted ? _text.ToStringAndClear() : "";
}
