using Argent.Kernels;

namespace Argent.Model;

/// <summary>A part of a value formula. What a user's feature stands for is not known before a request.</summary>
/// <param name="Position">Where it starts.</param>
abstract record ValueNode(TextPosition Position)
{
    /// <summary>Steps of the part.</summary>
    public virtual int Steps => 1;

    /// <summary>The deepest stack that it needs.</summary>
    public virtual int Stack => 1;
}

/// <summary>A constant.</summary>
sealed record NumberNode(TextPosition Position, float Value) : ValueNode(Position);

/// <summary>The value of a task.</summary>
sealed record TaskNode(TextPosition Position, int Task) : ValueNode(Position);

/// <summary>A number of every item.</summary>
sealed record ColumnNode(TextPosition Position, FormulaColumn Column) : ValueNode(Position);

/// <summary>An operation.</summary>
sealed record StepNode(TextPosition Position, FormulaOp Op, ValueNode[] Operands) : ValueNode(Position)
{
    /// <inheritdoc/>
    public override int Steps { get; } = 1 + Operands.Sum(o => o.Steps);

    /// <inheritdoc/>
    public override int Stack { get; } = Operands.Select((o, i) => i + o.Stack).Max();
}

/// <summary>A text, which only a comparison reads.</summary>
sealed record TextNode(TextPosition Position, string Text) : ValueNode(Position);

/// <summary>An item's categories, which only a comparison reads.</summary>
sealed record CategoryNode(TextPosition Position, int Feature) : ValueNode(Position);

/// <summary>A user's feature before it is known whether a number or a text is wanted.</summary>
sealed record UserNode(TextPosition Position, string Name) : ValueNode(Position);

/// <summary>A user's feature as a number; a missing one is 0, or NaN where it is compared.</summary>
sealed record UserNumberNode(TextPosition Position, string Name, bool IsCompared) : ValueNode(Position);

/// <summary>Whether a user's feature is one of the texts.</summary>
sealed record UserTextNode(TextPosition Position, string Name, string[] Texts) : ValueNode(Position);

/// <summary>Whether two features of a user are there and are the same text.</summary>
sealed record UserPairNode(TextPosition Position, string Name, string Other) : ValueNode(Position);

/// <summary>Whether a user's feature is there.</summary>
sealed record UserExistsNode(TextPosition Position, string Name) : ValueNode(Position);

/// <summary>Whether one of an item's categories is a user's feature.</summary>
sealed record UserMatchNode(TextPosition Position, int Feature, string Name) : ValueNode(Position);
