using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Argent.Kernels;

/// <summary>A leaf of an exact program with the address of its set.</summary>
unsafe struct PlannedLeaf
{
    // A set gets bits where they take no more than this many times the memory of its values: a look-up is one load then.
    const int BitsPerValueMax = 16 * 64;

    /// <summary>What is asked.</summary>
    public LeafKind Kind;

    /// <summary>Column of the forward values.</summary>
    public int Feature;

    /// <summary>Value ids or keys, ascending.</summary>
    public long* Set;

    /// <summary>Entries of <see cref="Set"/>.</summary>
    public int SetCount;

    /// <summary>Lowest key of a range, or the first value that has a bit.</summary>
    public long Low;

    /// <summary>Highest key of a range, or the last value that has a bit; below <see cref="Low"/> without bits.</summary>
    public long High;

    /// <summary>The set as bits, from <see cref="Low"/> on.</summary>
    public ulong* Bits;

    /// <summary>Words that a set's bits take, or 0 when it gets none.</summary>
    public static int BitWords(ReadOnlySpan<long> set)
    {
        // One or two values are compared faster than looked up.
        if (set.Length < 3) return 0;
        ulong span = (ulong)(set[^1] - set[0]);
        return span < (ulong)set.Length * BitsPerValueMax ? (int)(span / 64) + 1 : 0;
    }
}

/// <summary>The leaves of an exact program as kernels read them: in memory that does not move, long sets as bits.</summary>
sealed unsafe class ExactPlan
{
    readonly PlannedLeaf[] _leaves;
    readonly long[] _values;
    readonly ulong[] _bits;

    /// <summary>The plan of a program that fits its forward values.</summary>
    public ExactPlan(FilterProgram program)
    {
        var leaves = program.ExactLeaves;
        _leaves = GC.AllocateArray<PlannedLeaf>(Math.Max(1, leaves.Length), pinned: true);
        _values = GC.AllocateArray<long>(Math.Max(1, program.Values.Length), pinned: true);
        program.Values.CopyTo(_values, 0);
        long words = 0;
        foreach (var leaf in leaves) words += BitWords(leaf, program);
        _bits = GC.AllocateArray<ulong>((int)Math.Max(1, words), pinned: true);
        var bits = Address(_bits);
        for (int i = 0; i < leaves.Length; i++)
        {
            _leaves[i] = Planned(leaves[i], program, bits);
            bits += BitWords(leaves[i], program);
        }
    }

    /// <summary>The leaves, numbered as in the program.</summary>
    public PlannedLeaf* Leaves => Address(_leaves);

    PlannedLeaf Planned(in ExactLeaf leaf, FilterProgram program, ulong* bits)
    {
        var planned = new PlannedLeaf
        {
            Kind = leaf.Kind,
            Feature = leaf.Feature,
            Set = Address(_values) + leaf.SetStart,
            SetCount = leaf.SetCount,
            Low = leaf.Low,
            High = leaf.High,
        };
        if (leaf.Kind != LeafKind.HasAny) return planned;
        (planned.Low, planned.High) = (0, -1);
        if (BitWords(leaf, program) == 0) return planned;
        (planned.Low, planned.High) = (planned.Set[0], planned.Set[leaf.SetCount - 1]);
        planned.Bits = bits;
        for (int i = 0; i < leaf.SetCount; i++)
        {
            long at = planned.Set[i] - planned.Low;
            bits[at >> 6] |= 1UL << (int)(at & 63);
        }
        return planned;
    }

    static int BitWords(in ExactLeaf leaf, FilterProgram program) => leaf.Kind == LeafKind.HasAny
        ? PlannedLeaf.BitWords(program.Values.AsSpan(leaf.SetStart, leaf.SetCount))
        : 0;

    static T* Address<T>(T[] pinned) where T : unmanaged =>
        (T*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
}
