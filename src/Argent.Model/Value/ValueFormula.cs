using Argent.Kernels;

namespace Argent.Model;

/// <summary>A compiled value formula, in which the features of users are open. Immutable.</summary>
public sealed class ValueFormula
{
    readonly ValueNode _formula;
    readonly ValueNames _names;
    readonly BoundFormula? _always;

    internal ValueFormula(ValueNode formula, ValueNames names)
    {
        (_formula, _names) = (formula, names);
        if (formula.Stack > ValueLimits.StackMax)
        {
            throw new ValueException(TextPosition.Start,
                $"The formula keeps {formula.Stack} intermediate results; the limit is {ValueLimits.StackMax}.");
        }
        if (!ReadsUser(formula)) _always = Write(formula, 0);
    }

    /// <summary>The formula for one user; the same one for every user when it reads no feature of users.</summary>
    /// <param name="user">The user's features; null for none.</param>
    public BoundFormula Bind(IReadOnlyDictionary<string, string>? user)
    {
        if (_always is not null) return _always;
        var binding = new UserBinding(user, new ValueTypes(_names.Schema));
        return Write(binding.Bind(_formula), binding.Missing);
    }

    BoundFormula Write(ValueNode formula, int missing)
    {
        var (program, columns) = new FormulaWriter(_names.Tasks.Count).Write(formula);
        return new BoundFormula(program, columns, missing);
    }

    static bool ReadsUser(ValueNode node) => node switch
    {
        StepNode step => Array.Exists(step.Operands, ReadsUser),
        NumberNode or TaskNode or ColumnNode => false,
        _ => true,
    };
}

/// <summary>A value formula for one user: its program, and the columns of items that its inputs after the tasks are.</summary>
public sealed class BoundFormula
{
    internal BoundFormula(FormulaProgram program, FormulaColumn[] columns, int missing) =>
        (Program, Columns, UserMissing) = (program, columns, missing);

    /// <summary>The program over the tasks and then the columns.</summary>
    public FormulaProgram Program { get; }

    /// <summary>Columns gathered from the items' features.</summary>
    internal FormulaColumn[] Columns { get; }

    /// <summary>Features of the user that are calculated with and are missing or no numbers.</summary>
    internal int UserMissing { get; }
}
