namespace Argent.Tensors;

/// <summary>How a file's values come into memory.</summary>
public enum FileMemory
{
    /// <summary>Mapped: opening takes no time, pages come when they are used and may be dropped again.</summary>
    Mapped,

    /// <summary>Read into memory of large pages: opening reads every byte, searching is faster.</summary>
    Resident,
}
