using System.Runtime.CompilerServices;

namespace Argent.Kernels;

/// <summary>A program's mask as kernels read it: in memory that does not move.</summary>
sealed unsafe class MaskPlan
{
    readonly int[] _ops;
    readonly MaskLeaf[] _leaves;

    /// <summary>The plan of a program.</summary>
    public MaskPlan(FilterProgram program)
    {
        _ops = Pinned(program.MaskOps);
        _leaves = Pinned(program.MaskLeaves);
    }

    /// <summary>Postfix operators; never null.</summary>
    public int* Ops => Address(_ops);

    /// <summary>Entries of <see cref="Ops"/>.</summary>
    public int OpCount => _ops.Length;

    /// <summary>The leaves of the program.</summary>
    public MaskLeaf* Leaves => Address(_leaves);

    static T[] Pinned<T>(T[] values) where T : unmanaged
    {
        var pinned = GC.AllocateUninitializedArray<T>(Math.Max(values.Length, 1), pinned: true);
        values.CopyTo(pinned, 0);
        return pinned;
    }

    static T* Address<T>(T[] pinned) where T : unmanaged =>
        (T*)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(pinned));
}
