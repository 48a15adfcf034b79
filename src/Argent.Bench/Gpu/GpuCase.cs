using Argent.Kernels;

namespace Argent.Bench;

/// <summary>Work on a GPU that is timed: what it needs there, and the bytes and operations that it cannot do without.</summary>
abstract class GpuCase
{
    /// <summary>What the results call it.</summary>
    public abstract string Name { get; }

    /// <summary>Its sizes, in the order in which they are shown.</summary>
    public abstract IReadOnlyList<(string Name, double Value)> Settings { get; }

    /// <summary>Bytes that one run must move: what it reads once, what it writes once. Nothing that a cache might save twice.</summary>
    public abstract long Bytes { get; }

    /// <summary>Floating-point operations of one run, a multiply-add counting two; 0 where bytes are what counts.</summary>
    public virtual double Operations => 0;

    /// <summary>Rents the tensors; over planned memory too, which only counts.</summary>
    public abstract void Rent(GpuArena arena);

    /// <summary>Queues random inputs.</summary>
    public abstract void Fill(in CudaQueue on, ulong seed);

    /// <summary>Queues one run.</summary>
    public abstract void Run(in CudaQueue on);
}
