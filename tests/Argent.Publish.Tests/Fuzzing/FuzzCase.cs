using System.Globalization;
using System.Numerics;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish.Tests.Fuzzing;

/// <summary>One filter over one catalogue: the tree, its other forms, the compiled program and who should match.</summary>
sealed class FuzzCase
{
    readonly FilterExpression _filter;
    readonly FuzzIndex _index;
    readonly ulong[] _slots;

    public FuzzCase(FilterExpression filter, FuzzIndex index, Random random)
    {
        (_filter, _index) = (filter, index);
        _slots = Expected(filter);
        Program = index.Compiler.Compile(AnyForm(filter, random));
    }

    /// <summary>The compiled filter, null when it is true of every item.</summary>
    public FilterProgram? Program { get; }

    /// <summary>Items that match.</summary>
    public int EligibleCount => _slots.Sum(BitOperations.PopCount);

    /// <summary>One bit for each slot whose item matches.</summary>
    public ReadOnlySpan<ulong> Slots => _slots;

    /// <summary>Demands what masks and forward values promise, of every slot with an item.</summary>
    public void CheckWords(IKernels kernels)
    {
        var words = _index.Words;
        var masks = Tensor.Zeros<ulong>(new Shape(words.BlockStart.Count - 1, FilterWords.BlockWords));
        if (Program is null) masks.Span.Fill(~0UL);
        else kernels.FilterMask(new FilterMaskArgs { Program = Program, Words = words, FirstBlock = 0, Masks = masks });
        bool isExact = Program is not { NeedsVerification: true };
        for (int word = 0; word < _slots.Length; word++)
        {
            ulong mask = masks.Span[word], expected = _slots[word];
            if (Decided(Program, word) != expected) Fail($"the exact program decides otherwise about {Smallest(_filter, word)}", word);
            Demand((mask & expected) == expected, "the mask omits an item", word);
            Demand(!isExact || (mask & _index.Taken[word]) == expected, "the mask is not exact, as it promises", word);
            Demand(Program is null || MaskFilter.Word(Program, words, word) == mask, "the reference's mask is another", word);
        }
    }

    /// <summary>Fails unless something holds.</summary>
    public void Demand(bool holds, string otherwise, int place)
    {
        if (!holds) Fail(otherwise, place);
    }

    /// <summary>Fails with everything that is needed to see it again.</summary>
    void Fail(string what, int place) => Assert.Fail(string.Create(
        CultureInfo.InvariantCulture, $"ARGENT_FUZZ_SEED={_index.Seed}: {what}, at {place}: {_filter}"));

    ulong[] Expected(FilterExpression filter)
    {
        ulong[] items = _index.Oracle.Matches(filter), slots = new ulong[_index.Taken.Length];
        for (int row = 0; row < _index.Items; row++)
        {
            int slot = _index.Lists.SlotOfRow[row];
            slots[slot / 64] |= (items[row / 64] >> (row % 64) & 1) << (slot % 64);
        }
        return slots;
    }

    /// <summary>What the exact program says of the items of a word.</summary>
    ulong Decided(FilterProgram? program, int word)
    {
        if (program is null) return _index.Taken[word];
        ulong decided = 0;
        for (ulong left = _index.Taken[word]; left != 0; left &= left - 1)
        {
            int bit = BitOperations.TrailingZeroCount(left);
            if (ExactFilter.Matches(program, _index.Forward, word * 64 + bit)) decided |= 1UL << bit;
        }
        return decided;
    }

    /// <summary>The smallest part of a filter that is decided otherwise than by the oracle.</summary>
    FilterExpression Smallest(FilterExpression filter, int word)
    {
        IEnumerable<FilterExpression> parts = filter switch
        {
            FilterNot not => [not.Operand],
            FilterGroup group => group.Operands,
            _ => [],
        };
        var wrong = parts.FirstOrDefault(p => Decided(_index.Compiler.Compile(p), word) != Expected(p)[word]);
        return wrong is null ? filter : Smallest(wrong, word);
    }

    /// <summary>The filter as it is, or read again from its text or its JSON form, which must be the same filter.</summary>
    FilterExpression AnyForm(FilterExpression filter, Random random)
    {
        string text = filter.ToString(), json = FilterJson.Write(filter);
        var read = text.Length > FilterLimits.LengthMax ? filter : FilterLanguage.Parse(text);
        var fromJson = json.Length > FilterLimits.LengthMax / 2 ? filter : FilterLanguage.Parse(json);
        Demand(read.Equals(filter) && read.ToString() == text, "its text is another filter", 0);
        Demand(fromJson.Equals(filter), "its JSON form is another filter", 0);
        return random.Next(3) switch { 0 => filter, 1 => read, _ => fromJson };
    }
}
