namespace Argent.Tensors;

/// <summary>CUDA, or a part of it, cannot be used on this machine: what was not found and where it was looked for.</summary>
public sealed class CudaUnavailableException : InvalidOperationException
{
    /// <summary>A sentence that says what is missing and how to mend it.</summary>
    public CudaUnavailableException(string sentence) : base(sentence) { }

    /// <summary>The same, with the failure behind it.</summary>
    public CudaUnavailableException(string sentence, Exception inner) : base(sentence, inner) { }
}
