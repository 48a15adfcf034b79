using Argent.Kernels;

namespace Argent.Model;

/// <summary>
/// Turns filters into programs for one schema and one filter index. It holds no state of its own: any thread may use it.
/// </summary>
/// <param name="schema">The features that a filter may name.</param>
/// <param name="layout">Where the filter index has them; null without an index: then every item is verified.</param>
public sealed class FilterCompiler(FeatureSchema schema, FilterIndexLayout? layout)
{
    /// <summary>The program of a filter; null for one that is true of every item.</summary>
    /// <exception cref="FilterException">A feature is unknown or a value has the wrong type.</exception>
    public FilterProgram? Compile(FilterExpression filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var condition = new FilterResolver(schema).Resolve(filter);
        if (condition == Condition.True) return null;
        var mask = new MaskProgram(schema, layout, condition);
        var exact = new ExactProgram(condition, mask.Open);
        return new FilterProgram
        {
            MaskOps = mask.Ops,
            MaskLeaves = mask.Leaves,
            NeedsVerification = !mask.IsExact,
            ExactOps = exact.Ops,
            OpenOps = exact.OpenOps,
            ExactLeaves = exact.Leaves,
            Values = exact.Values,
        };
    }
}
