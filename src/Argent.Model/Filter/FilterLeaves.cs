using System.Text;

namespace Argent.Model;

/// <summary>A comparison: what a filter asks of one feature. Of a missing value every comparison is false.</summary>
public abstract record FilterLeaf(string Feature) : FilterExpression
{
    /// <summary>The feature's name as the text has it: in double quotes when it is no plain name, or a keyword.</summary>
    private protected string Name => Lexer.IsPlainName(Feature) && !FilterLanguage.IsReserved(Feature)
        ? Feature
        : $"\"{Feature.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>The operators between a feature and one value; <c>!=</c> is NOT of Equal.</summary>
public enum FilterOperator
{
    /// <summary>One of the item's values is the value.</summary>
    Equal,

    /// <summary>Below.</summary>
    Less,

    /// <summary>Below or equal.</summary>
    LessOrEqual,

    /// <summary>Above.</summary>
    Greater,

    /// <summary>Above or equal.</summary>
    GreaterOrEqual,
}

/// <summary>A feature against one value.</summary>
public sealed record FilterComparison(string Feature, FilterOperator Operator, FilterValue Value) : FilterLeaf(Feature)
{
    internal override void Write(StringBuilder text) =>
        text.Append(Name).Append(' ').Append(Symbol).Append(' ').Append(Value);

    string Symbol => Operator switch
    {
        FilterOperator.Equal => "=",
        FilterOperator.Less => "<",
        FilterOperator.LessOrEqual => "<=",
        FilterOperator.Greater => ">",
        _ => ">=",
    };
}

/// <summary>BETWEEN: a feature from a lowest to a highest value, both included.</summary>
public sealed record FilterBetween(string Feature, FilterValue Low, FilterValue High) : FilterLeaf(Feature)
{
    internal override void Write(StringBuilder text) =>
        text.Append(Name).Append(" BETWEEN ").Append(Low).Append(" AND ").Append(High);
}

/// <summary>EXISTS: the item has a value.</summary>
public sealed record FilterExists(string Feature) : FilterLeaf(Feature)
{
    internal override void Write(StringBuilder text) => text.Append("EXISTS(").Append(Name).Append(')');
}

/// <summary>
/// IN, which is HAS ANY: one of the item's values is in the list. HAS ALL: every value of the list is one of the item's.
/// An empty list of IN matches nothing; HAS ALL needs a value.
/// </summary>
public sealed record FilterMembership : FilterLeaf
{
    /// <summary>IN, or HAS ALL.</summary>
    /// <exception cref="ArgumentException">HAS ALL of nothing.</exception>
    public FilterMembership(string feature, IReadOnlyList<FilterValue> values, bool all = false) : base(feature)
    {
        if (all && values.Count == 0) throw new ArgumentException("HAS ALL needs at least one value.");
        (Values, All) = (values, all);
    }

    /// <summary>The list.</summary>
    public IReadOnlyList<FilterValue> Values { get; }

    /// <summary>True for HAS ALL.</summary>
    public bool All { get; }

    /// <inheritdoc/>
    public bool Equals(FilterMembership? other) =>
        base.Equals(other) && All == other.All && Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(base.GetHashCode());
        hash.Add(All);
        foreach (var value in Values) hash.Add(value);
        return hash.ToHashCode();
    }

    internal override void Write(StringBuilder text) =>
        text.Append(Name).Append(All ? " HAS ALL (" : " IN (").AppendJoin(", ", Values).Append(')');
}
