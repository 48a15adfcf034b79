using Argent.Kernels;

namespace Argent.Model;

/// <summary>
/// A filter over raw numbers: <c>1:100 AND NOT 2:201</c>. A term <c>feature:value</c> is true of an item that has the
/// value in that feature, so that NOT is true of an item without any. <c>&amp;</c>, <c>|</c> and <c>!</c> are synonyms.
/// </summary>
public sealed class IdFilter
{
    readonly (long Feature, long Value)[] _terms;

    internal IdFilter(int[] ops, (long Feature, long Value)[] terms) => (Ops, _terms) = (ops, terms);

    /// <summary>The terms of the filter, in the order of its text.</summary>
    public IReadOnlyList<(long Feature, long Value)> Terms => _terms;

    /// <summary>Postfix with the operators of <see cref="FilterProgram"/>; 0 or more is a term.</summary>
    internal int[] Ops { get; }

    /// <summary>A filter from its text; empty text is true of every item.</summary>
    /// <param name="text">The text.</param>
    /// <param name="line">The line that errors name, when the text is one line of a file.</param>
    /// <exception cref="FilterException">The text is no filter or passes one of <see cref="FilterLimits"/>.</exception>
    public static IdFilter Parse(string text, int line = 1)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > FilterLimits.LengthMax)
        {
            throw new FilterException(new TextPosition(line, 1),
                $"The filter has {text.Length} characters; the limit is {FilterLimits.LengthMax}.");
        }
        return new IdFilterParser(text, line).Parse();
    }

    /// <summary>Whether an item with the pairs (features[i], values[i]) matches.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public bool Matches(ReadOnlySpan<long> features, ReadOnlySpan<long> values)
    {
        if (features.Length != values.Length)
        {
            throw new ArgumentException($"{features.Length} features for {values.Length} values.");
        }
        ulong stack = 0;
        foreach (int op in Ops)
        {
            ulong top = stack & 1;
            stack = op switch
            {
                FilterProgram.And => (stack >> 1) & (top | ~1UL),
                FilterProgram.Or => (stack >> 1) | top,
                FilterProgram.Not => stack ^ 1,
                FilterProgram.All => (stack << 1) | 1,
                _ => (stack << 1) | (Has(_terms[op], features, values) ? 1UL : 0),
            };
        }
        return (stack & 1) != 0;
    }

    static bool Has((long Feature, long Value) term, ReadOnlySpan<long> features, ReadOnlySpan<long> values)
    {
        for (int i = 0; i < features.Length; i++)
        {
            if (features[i] == term.Feature && values[i] == term.Value) return true;
        }
        return false;
    }
}
