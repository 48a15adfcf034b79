using Argent.Kernels;

namespace Argent.Model;

/// <summary>What a column of a formula holds of an item.</summary>
enum FormulaColumnKind
{
    /// <summary>A number, 0 where it is missing.</summary>
    Number,

    /// <summary>A number that is compared, NaN where it is missing.</summary>
    ComparedNumber,

    /// <summary>1 where one of the values has one of the ids, else 0.</summary>
    HasAny,

    /// <summary>1 where there is a value, else 0.</summary>
    Exists,
}

/// <summary>One number of every item that a formula reads, made from a feature.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Feature">The feature's column.</param>
/// <param name="Text">How a formula writes it.</param>
sealed record FormulaColumn(FormulaColumnKind Kind, int Feature, string Text)
{
    /// <summary>Seconds of a day: dates are days since 1970.</summary>
    public const double DaySeconds = 86_400;

    /// <summary>Value ids, ascending.</summary>
    public int[] Ids { get; init; } = [];

    /// <summary>Whether a formula writes it as a comparison, not as a name.</summary>
    public bool IsComparison => Kind == FormulaColumnKind.HasAny;

    /// <summary>Whether both are the same column.</summary>
    public bool IsSame(FormulaColumn other) => Kind == other.Kind && Feature == other.Feature && Text == other.Text;

    /// <summary>Writes the numbers of items and returns how many that are calculated with are missing.</summary>
    /// <param name="forward">Feature values by slot.</param>
    /// <param name="slots">The items.</param>
    /// <param name="target">As many numbers.</param>
    public int Gather(ForwardIndex forward, ReadOnlySpan<int> slots, Span<float> target)
    {
        var column = forward.Values.Columns[Feature];
        if (column.IsOrdered)
        {
            if (Kind != FormulaColumnKind.Exists) return Numbers(column, forward.Schema.Features[Feature].Type, slots, target);
            for (int i = 0; i < slots.Length; i++) target[i] = column.Keys[slots[i]] == OrderedKey.Missing ? 0f : 1f;
        }
        else if (Kind == FormulaColumnKind.Exists)
        {
            for (int i = 0; i < slots.Length; i++) target[i] = (column.Ranges[slots[i]] & ForwardColumn.ValuesMax) == 0 ? 0f : 1f;
        }
        else
        {
            Matches(column, slots, target);
        }
        return 0;
    }

    int Numbers(ForwardColumn column, FeatureType type, ReadOnlySpan<int> slots, Span<float> target)
    {
        int missing = 0;
        float absent = Kind == FormulaColumnKind.Number ? 0f : float.NaN;
        for (int i = 0; i < slots.Length; i++)
        {
            long key = column.Keys[slots[i]];
            bool isMissing = key == OrderedKey.Missing;
            missing += isMissing ? 1 : 0;
            target[i] = isMissing ? absent : Number(type, key);
        }
        return Kind == FormulaColumnKind.Number ? missing : 0;
    }

    unsafe void Matches(ForwardColumn column, ReadOnlySpan<int> slots, Span<float> target)
    {
        for (int i = 0; i < slots.Length; i++) target[i] = HasAny(column.Ids(slots[i])) ? 1f : 0f;
    }

    bool HasAny(ReadOnlySpan<int> values)
    {
        if (Ids.Length == 1) return values.Contains(Ids[0]);
        foreach (int value in values)
        {
            if (Ids.AsSpan().BinarySearch(value) >= 0) return true;
        }
        return false;
    }

    static float Number(FeatureType type, long key) => type switch
    {
        FeatureType.Number => (float)OrderedKey.ToNumber(key),
        FeatureType.Date => (float)(key / DaySeconds),
        _ => key,
    };
}
