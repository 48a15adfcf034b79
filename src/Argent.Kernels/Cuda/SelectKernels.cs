using System.Numerics;
using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// The exact selection of the best K of each row on a device: <c>select.cuh</c> with one kind of rows. Launches follow from
/// shapes alone, so they can be captured.
/// </summary>
/// <typeparam name="TSource">The rows, as the kernel's source declares them.</typeparam>
sealed class SelectKernels<TSource> where TSource : unmanaged
{
    // Places that a block looks at, if there are as many: 16 for each thread.
    const int PartPlaces = 4096;

    // Digits of a level.
    const int Digits = 3;

    const uint Threads = 256;

    /// <summary>The kernels of <paramref name="source"/> whose names begin with <paramref name="name"/>.</summary>
    public SelectKernels(string source, string name) => (Count, Take, Sort, Merge) =
        (new(source, name + "_count"), new(source, name + "_take"), new(source, name + "_sort"), new(source, name + "_merge"));

    public CudaKernel<SelectArguments<TSource>> Count { get; }

    public CudaKernel<SelectArguments<TSource>> Take { get; }

    public CudaKernel<SelectArguments<TSource>> Sort { get; }

    public CudaKernel<SelectArguments<TSource>> Merge { get; }

    /// <summary>Their lines of the table.</summary>
    public IEnumerable<CudaKernel> All => [Count, Take, Sort, Merge];

    /// <summary>Queues a selection.</summary>
    /// <param name="on">Kernels and stream.</param>
    /// <param name="source">The rows.</param>
    /// <param name="space">Rented for these rows and this K.</param>
    /// <param name="places">The most places that a row has.</param>
    /// <param name="levels">The levels that tell places apart, ascending from 0.</param>
    public void Run(in CudaQueue on, in TSource source, in SelectSpace space, long places, params ReadOnlySpan<uint> levels)
    {
        if (space.Rows == 0 || space.Kept == 0) return;
        long parts = Math.Max(1, (places + PartPlaces - 1) / PartPlaces);
        var arguments = new SelectArguments<TSource>
        {
            Source = source,
            States = space.States.Address,
            Counts = space.Counts.Address,
            Entries = space.Entries.Address,
            Sorted = space.Sorted.Address,
            Rows = space.Rows,
            Kept = space.Kept,
            Parts = checked((uint)parts),
            Run = space.Run,
        };
        on.Stream.Clear(space.Zeros);
        var size = new LaunchSize(space.Rows * parts, Threads);
        foreach (uint level in levels)
        {
            for (uint digit = 0; digit < Digits; digit++)
            {
                (arguments.Level, arguments.Digit) = (level, digit);
                on.Launch(Count, size, arguments);
            }
        }
        on.Launch(Take, size, arguments);
        long runs = (space.Kept + space.Run - 1) / space.Run;
        on.Launch(Sort, new LaunchSize(space.Rows * runs, space.Run / 2) { SharedBytes = (int)space.Run * sizeof(ulong) }, arguments);
        for (; arguments.Run < space.Kept; arguments.Run *= 2)
        {
            on.Launch(Merge, LaunchSize.Over(space.Rows * space.Kept, Threads), arguments);
            (arguments.Entries, arguments.Sorted) = (arguments.Sorted, arguments.Entries);
        }
    }
}

/// <summary>What a selection of the best K of each row works in.</summary>
readonly record struct SelectSpace
{
    // 16 KB of shared memory, and 1,024 threads.
    const long RunMax = 2048;

    // Words of ArgentSelectState, and digits of 11 bits.
    const int StateWords = 8, Bins = 2048;

    /// <summary>R.</summary>
    public required long Rows { get; init; }

    /// <summary>K.</summary>
    public required long Kept { get; init; }

    /// <summary>States and counts, which a selection begins with as zeros.</summary>
    public required DeviceTensor<uint> Zeros { get; init; }

    public required DeviceTensor<uint> States { get; init; }

    public required DeviceTensor<uint> Counts { get; init; }

    public required DeviceTensor<ulong> Entries { get; init; }

    public required DeviceTensor<ulong> Sorted { get; init; }

    /// <summary>Entries that are sorted in shared memory.</summary>
    public uint Run => (uint)Math.Clamp(BitOperations.RoundUpToPowerOf2((ulong)Kept), 2, RunMax);

    /// <summary>Room for a selection from <paramref name="memory"/>, which may be planned.</summary>
    public static SelectSpace Rent(DeviceMemory memory, long rows, long kept)
    {
        var zeros = memory.Rent<uint>(new(rows * (StateWords + Bins)));
        return new SelectSpace
        {
            Rows = rows,
            Kept = kept,
            Zeros = zeros,
            States = zeros.Rows(0, rows * StateWords),
            Counts = zeros.Rows(rows * StateWords, rows * Bins),
            Entries = memory.Rent<ulong>(new(rows, kept)),
            Sorted = memory.Rent<ulong>(new(rows, kept > RunMax ? kept : 0)),
        };
    }
}

/// <summary><c>ArgentSelectArgs</c> of <c>select.cuh</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
struct SelectArguments<TSource> where TSource : unmanaged
{
    public TSource Source;
    public ulong States;
    public ulong Counts;
    public ulong Entries;
    public ulong Sorted;
    public long Rows;
    public long Kept;
    public uint Parts;
    public uint Level;
    public uint Digit;
    public uint Run;
}
