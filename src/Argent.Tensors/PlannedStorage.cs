namespace Argent.Tensors;

/// <summary>
/// A length without bytes: tensors over it have shapes and sizes, so that memory can be planned by the code that would
/// allocate it. Their values must not be touched; the address is null.
/// </summary>
public sealed class PlannedStorage : Storage
{
    /// <summary>A storage of <paramref name="byteLength"/> bytes that are not there.</summary>
    public PlannedStorage(long byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        ByteLength = byteLength;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
