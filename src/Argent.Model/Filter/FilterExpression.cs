using System.Text;

namespace Argent.Model;

/// <summary>
/// A filter as a tree. <see cref="object.ToString"/> writes it in the filter language, and parsing that text gives an
/// equal tree; where a node stands in its text does not count for equality.
/// </summary>
public abstract record FilterExpression
{
    private protected FilterExpression() { }

    /// <summary>Where the node starts in the text that it was parsed from.</summary>
    public TextPosition Position { get; init; } = TextPosition.Start;

    /// <summary>TRUE: every item is eligible.</summary>
    public static FilterExpression True { get; } = new FilterConstant(true);

    /// <inheritdoc/>
    public virtual bool Equals(FilterExpression? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <inheritdoc/>
    public sealed override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    /// <summary>Higher binds tighter: OR 1, AND 2, everything else 3.</summary>
    internal virtual int Precedence => 3;

    internal abstract void Write(StringBuilder text);

    /// <summary>Writes an operand, in parentheses unless it binds tighter than <paramref name="outer"/>.</summary>
    private protected static void WriteInside(StringBuilder text, FilterExpression operand, int outer)
    {
        bool bare = operand.Precedence > outer;
        if (!bare) text.Append('(');
        operand.Write(text);
        if (!bare) text.Append(')');
    }
}

/// <summary>TRUE or FALSE.</summary>
public sealed record FilterConstant(bool Value) : FilterExpression
{
    internal override void Write(StringBuilder text) => text.Append(Value ? "TRUE" : "FALSE");
}

/// <summary>What its operand is not. A comparison with a missing value is false, so its NOT is true.</summary>
public sealed record FilterNot(FilterExpression Operand) : FilterExpression
{
    internal override void Write(StringBuilder text)
    {
        text.Append("NOT ");
        WriteInside(text, Operand, outer: 2);
    }
}

/// <summary>AND or OR of two or more operands.</summary>
public abstract record FilterGroup : FilterExpression
{
    private protected FilterGroup(IReadOnlyList<FilterExpression> operands)
    {
        if (operands.Count < 2) throw new ArgumentException($"AND and OR need two operands or more, not {operands.Count}.");
        Operands = operands;
    }

    /// <summary>The operands in the order of the text.</summary>
    public IReadOnlyList<FilterExpression> Operands { get; }

    private protected abstract string Word { get; }

    /// <inheritdoc/>
    public virtual bool Equals(FilterGroup? other) => base.Equals(other) && Operands.SequenceEqual(other.Operands);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(base.GetHashCode());
        foreach (var operand in Operands) hash.Add(operand);
        return hash.ToHashCode();
    }

    internal sealed override void Write(StringBuilder text)
    {
        for (int i = 0; i < Operands.Count; i++)
        {
            if (i > 0) text.Append(' ').Append(Word).Append(' ');
            WriteInside(text, Operands[i], Precedence);
        }
    }
}

/// <summary>True when every operand is.</summary>
public sealed record FilterAnd(IReadOnlyList<FilterExpression> Operands) : FilterGroup(Operands)
{
    internal override int Precedence => 2;

    private protected override string Word => "AND";
}

/// <summary>True when an operand is.</summary>
public sealed record FilterOr(IReadOnlyList<FilterExpression> Operands) : FilterGroup(Operands)
{
    internal override int Precedence => 1;

    private protected override string Word => "OR";
}
