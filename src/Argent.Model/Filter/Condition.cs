using Argent.Kernels;

namespace Argent.Model;

/// <summary>
/// A filter checked against a schema: features are columns, values are ids or keys. Constants stand only at the root,
/// groups hold no group of their own kind, and NOT stands before leaves and groups only.
/// </summary>
abstract record Condition
{
    public static Condition True { get; } = new ConstantCondition(true);

    public static Condition False { get; } = new ConstantCondition(false);

    /// <summary>What the operand is not.</summary>
    public static Condition Not(Condition operand) => operand switch
    {
        ConstantCondition constant => constant.Value ? False : True,
        NotCondition inner => inner.Operand,
        _ => new NotCondition(operand),
    };

    /// <summary>AND or OR of any number of operands.</summary>
    public static Condition Group(bool isAnd, IEnumerable<Condition> operands)
    {
        var parts = new List<Condition>();
        foreach (var operand in operands)
        {
            // FALSE decides an AND and TRUE an OR; the other constant changes nothing.
            if (operand is ConstantCondition constant)
            {
                if (constant.Value != isAnd) return operand;
            }
            else if (operand is GroupCondition group && group.IsAnd == isAnd) parts.AddRange(group.Operands);
            else parts.Add(operand);
        }
        return parts.Count switch { 0 => isAnd ? True : False, 1 => parts[0], _ => new GroupCondition(isAnd, parts) };
    }
}

/// <summary>TRUE or FALSE.</summary>
sealed record ConstantCondition(bool Value) : Condition;

/// <summary>The complement of a leaf or group.</summary>
sealed record NotCondition(Condition Operand) : Condition;

/// <summary>AND or OR of two or more.</summary>
sealed record GroupCondition(bool IsAnd, IReadOnlyList<Condition> Operands) : Condition;

/// <summary>A question about the values of one column.</summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Feature">The column.</param>
/// <param name="Values">Value ids or keys, ascending and distinct; empty unless the kind has a set.</param>
/// <param name="Low">Lowest key of a range.</param>
/// <param name="High">Highest key of a range.</param>
sealed record LeafCondition(LeafKind Kind, int Feature, long[] Values, long Low = 0, long High = 0) : Condition;
