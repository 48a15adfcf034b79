using System.Numerics;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>How many live items a filter lets pass, counted one by one.</summary>
/// <param name="Items">Live items.</param>
/// <param name="Passed">Of those, the items that pass the mask of the filter index: never fewer than match.</param>
/// <param name="Matched">The items that match.</param>
public readonly record struct ScanCounts(long Items, long Passed, long Matched);

/// <summary>Evaluates filters over a whole catalogue: the mask of every block, and the exact program for what it leaves open.</summary>
/// <param name="index">Which slots are live.</param>
/// <param name="words">The filter index; null verifies every live item.</param>
/// <param name="forward">Exact values.</param>
/// <param name="kernels">Arithmetic.</param>
public sealed class CatalogueScan(IvfTensors index, FilterWords? words, ForwardValues forward, IKernels kernels)
{
    // Masks of 128 blocks are 8 KB.
    const int BatchBlocks = 128;

    const int WordSlots = 64;

    readonly Tensor<ulong> _masks = Tensor.Zeros<ulong>(new Shape(BatchBlocks, FilterWords.BlockWords));

    /// <summary>Counts what a program lets pass; by one thread at a time.</summary>
    /// <param name="program">A compiled filter, or null for TRUE.</param>
    /// <param name="first">Filled with the slots of the first matching items, in the order of slots.</param>
    /// <param name="found">How many of them there are.</param>
    public ScanCounts Count(FilterProgram? program, Span<int> first, out int found)
    {
        long items = 0, passed = 0, matched = 0, end = index.Live.Count;
        found = 0;
        for (long start = 0; start < end; start += BatchBlocks * FilterWords.BlockWords)
        {
            long count = Math.Min(BatchBlocks * FilterWords.BlockWords, end - start);
            Mask(program, start, count);
            for (long w = 0; w < count; w++)
            {
                ulong live = index.Live[start + w], bits = live & _masks[w];
                (items, passed) = (items + BitOperations.PopCount(live), passed + BitOperations.PopCount(bits));
                if (program is { NeedsVerification: true }) bits = Verified(program, bits, start + w);
                matched += BitOperations.PopCount(bits);
                for (; bits != 0 && found < first.Length; bits &= bits - 1)
                {
                    first[found++] = (int)((start + w) * WordSlots) + BitOperations.TrailingZeroCount(bits);
                }
            }
        }
        return new ScanCounts(items, passed, matched);
    }

    void Mask(FilterProgram? program, long firstWord, long wordCount)
    {
        if (program is null || words is null)
        {
            _masks.Span.Fill(ulong.MaxValue);
            return;
        }
        long blocks = (wordCount + FilterWords.BlockWords - 1) / FilterWords.BlockWords;
        kernels.FilterMask(new FilterMaskArgs
        {
            Program = program,
            Words = words,
            FirstBlock = firstWord / FilterWords.BlockWords,
            Masks = _masks.Rows(0, blocks),
        });
    }

    ulong Verified(FilterProgram program, ulong bits, long word)
    {
        ulong matching = 0;
        for (; bits != 0; bits &= bits - 1)
        {
            int place = BitOperations.TrailingZeroCount(bits);
            if (ExactFilter.Matches(program, forward, (int)(word * WordSlots) + place)) matching |= 1UL << place;
        }
        return matching;
    }
}
