namespace Argent.Bench;

/// <summary>Sizes of what is measured on a GPU.</summary>
sealed record GpuBenchOptions
{
    /// <summary>Rows of the tables, and items of the catalogue.</summary>
    public long Items { get; init; } = 20_000_000;

    /// <summary>D, a multiple of 8.</summary>
    public int Dim { get; init; } = 128;

    /// <summary>L.</summary>
    public int Lists { get; init; } = 9_000;

    /// <summary>P.</summary>
    public int Probes { get; init; } = 24;

    /// <summary>B.</summary>
    public int Batch { get; init; } = 16;

    /// <summary>H.</summary>
    public int Heads { get; init; } = 12;

    /// <summary>K.</summary>
    public int K { get; init; } = 1_024;

    /// <summary>Rows that are gathered, scored, quantised and assigned, a multiple of the batch.</summary>
    public long Rows { get; init; } = 1 << 20;

    /// <summary>Extents of the matrix product.</summary>
    public int Matrix { get; init; } = 8_192;

    /// <summary>Bytes that are copied.</summary>
    public long CopyBytes { get; init; } = 4L << 30;

    /// <summary>The same with sizes that fit each other.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public GpuBenchOptions Checked()
    {
        if (Dim % 8 != 0) throw new ArgumentException($"--dim is {Dim}; it must be a multiple of 8.");
        if (Items > int.MaxValue) throw new ArgumentException($"--items is {Items}; {int.MaxValue} is the most.");
        if (Probes > Lists) throw new ArgumentException($"--probes is {Probes}, and there are {Lists} lists.");
        if (Items / Lists < 64) throw new ArgumentException($"--items is {Items}; it must be 64 or more for each of {Lists} lists.");
        if (Rows < Batch) throw new ArgumentException($"--rows is {Rows}, which is less than one for each of {Batch} requests.");
        return this with { Rows = Rows / Batch * Batch };
    }
}
