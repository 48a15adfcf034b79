using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// The filters of a batch's queries as kernels read them, in one run of 64-bit words that is copied to a device at once: a
/// header for each query, then programs, sets and lists of rows. Filters of neighbouring queries that are the same object are
/// written once.
/// </summary>
public static class FilterBatch
{
    /// <summary>Words that <see cref="Write"/> needs for these filters.</summary>
    public static long WordsFor(ReadOnlySpan<QueryFilter?> filters, FilterWords? words) => new FilterWriter(default, words).Write(filters);

    /// <summary>Writes filters and returns how many words they take; nothing is allocated once programs are planned.</summary>
    /// <param name="target">[n] uint64 of the host, pinned where the copy shall run beside other work.</param>
    /// <param name="filters">The filter of each query; null lets every live item pass.</param>
    /// <param name="words">The index that masks will be evaluated on, or null for none: then programs are verified only.</param>
    /// <exception cref="ArgumentException">The target is too short; the message says what it lacks.</exception>
    public static long Write(Tensor<ulong> target, ReadOnlySpan<QueryFilter?> filters, FilterWords? words)
    {
        long wanted = WordsFor(filters, words);
        if (wanted > target.Count)
        {
            throw new ArgumentException($"The filters of {filters.Length} queries take {wanted} words; there is room for {target.Count}.");
        }
        return new FilterWriter(target, words).Write(filters);
    }
}

/// <summary>Writes filters one after the other, or, without a target, counts what they take.</summary>
unsafe ref struct FilterWriter
{
    readonly ulong* _target;
    readonly FilterWords? _words;
    long _used;

    /// <summary>A writer to the start of <paramref name="target"/>; no tensor only counts.</summary>
    public FilterWriter(Tensor<ulong> target, FilterWords? words)
    {
        _target = target.IsPresent ? target.Pointer : null;
        _words = words;
    }

    /// <summary>Writes the headers and all that they point at; returns the words taken.</summary>
    public long Write(ReadOnlySpan<QueryFilter?> filters)
    {
        long headers = Reserve(filters.Length * sizeof(QueryFilterHeader));
        QueryFilterHeader header = default;
        for (int q = 0; q < filters.Length; q++)
        {
            if (q == 0 || !ReferenceEquals(filters[q], filters[q - 1])) header = Header(filters[q]);
            if (_target != null) ((QueryFilterHeader*)(_target + headers))[q] = header;
        }
        return _used;
    }

    QueryFilterHeader Header(QueryFilter? filter)
    {
        QueryFilterHeader header = default;
        if (filter is null) return header;
        header.HasOnly = filter.OnlyRows is null ? 0u : 1u;
        header.VerifyFirst = filter.VerifyFirst ? 1u : 0u;
        if (filter.Program is { } program)
        {
            if (_words is { } words && filter.OnlyRows is null) WriteMask(program.PlanFor(words), ref header);
            if (FusedScanReference.NeedsVerification(filter, _words)) WriteExact(filter, program, ref header);
        }
        (header.Excluded, header.ExcludedCount) = (Copy<int>(filter.ExcludedRows), (uint)(filter.ExcludedRows?.Length ?? 0));
        (header.Only, header.OnlyCount) = (Copy<int>(filter.OnlyRows), (uint)(filter.OnlyRows?.Length ?? 0));
        return header;
    }

    /// <summary>Writes a mask program alone, for <see cref="FilterMaskArgs"/>.</summary>
    public long WriteMask(FilterProgram program)
    {
        long place = Reserve(sizeof(QueryFilterHeader));
        QueryFilterHeader header = default;
        WriteMask(program.PlanFor(_words!), ref header);
        if (_target != null) *(QueryFilterHeader*)(_target + place) = header;
        return _used;
    }

    void WriteMask(MaskPlan plan, ref QueryFilterHeader header)
    {
        header.ClauseCount = (uint)plan.ClauseCount;
        header.Clauses = Copy(new ReadOnlySpan<MaskClause>(plan.Clauses, plan.ClauseCount));
        header.Terms = Copy(new ReadOnlySpan<MaskTerm>(plan.Terms, plan.TermCount));
        header.Rows = Copy(new ReadOnlySpan<MaskRow>(plan.Rows, plan.RowCount));
        header.Ops = Copy(new ReadOnlySpan<int>(plan.Ops, plan.OpCount));
    }

    void WriteExact(QueryFilter filter, FilterProgram program, ref QueryFilterHeader header)
    {
        var ops = ScanVerifier.Ops(_words, filter);
        header.ExactCount = (uint)ops.Length;
        header.ExactOps = Copy(ops);
        int count = program.ExactLeaves.Length;
        header.Leaves = checked((uint)Reserve(count * sizeof(DeviceLeaf)));
        var planned = program.ExactPlan.Leaves;
        for (int i = 0; i < count; i++)
        {
            ref readonly var leaf = ref planned[i];
            var set = new ReadOnlySpan<long>(leaf.Set, leaf.SetCount);
            bool hasBits = leaf.Bits != null;
            var written = new DeviceLeaf
            {
                Kind = (int)leaf.Kind,
                Feature = leaf.Feature,
                SetCount = leaf.SetCount,
                // Bits are asked instead of the values.
                Set = hasBits ? 0 : Copy(set),
                Bits = hasBits ? Copy(new ReadOnlySpan<ulong>(leaf.Bits, PlannedLeaf.BitWords(set))) : 0,
                Low = leaf.Low,
                High = leaf.High,
            };
            if (_target != null) ((DeviceLeaf*)(_target + header.Leaves))[i] = written;
        }
    }

    uint Copy<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        long place = Reserve((long)values.Length * sizeof(T));
        if (_target != null) values.CopyTo(new Span<T>(_target + place, values.Length));
        return checked((uint)place);
    }

    long Reserve(long bytes)
    {
        long place = _used;
        _used += (bytes + sizeof(ulong) - 1) / sizeof(ulong);
        return place;
    }
}

/// <summary><c>ArgentQueryFilter</c> of <c>query_filter.cuh</c>: places count 8 bytes from the start.</summary>
[StructLayout(LayoutKind.Sequential)]
struct QueryFilterHeader
{
    public uint HasOnly;
    public uint VerifyFirst;
    public uint ClauseCount;
    public uint Clauses;
    public uint Terms;
    public uint Rows;
    public uint Ops;
    public uint ExactCount;
    public uint ExactOps;
    public uint Leaves;
    public uint Excluded;
    public uint ExcludedCount;
    public uint Only;
    public uint OnlyCount;
}

/// <summary><c>ArgentExactLeaf</c> of <c>QueryVerify.cu</c>: a <see cref="PlannedLeaf"/> with places instead of addresses.</summary>
[StructLayout(LayoutKind.Sequential)]
struct DeviceLeaf
{
    public int Kind;
    public int Feature;
    public int SetCount;
    public uint Set;
    public uint Bits;
    public uint Unused;
    public long Low;
    public long High;
}
