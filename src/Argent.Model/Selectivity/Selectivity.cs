using Argent.Kernels;

namespace Argent.Model;

/// <summary>
/// How many items a filter matches, from counts alone. The bounds hold whatever values come together; the expectation takes
/// the operands of AND and OR for independent, so it errs either way where they are not.
/// </summary>
/// <param name="schema">The features that a filter may name.</param>
/// <param name="counts">One for each of them.</param>
/// <param name="items">Items of the catalogue.</param>
sealed class Selectivity(FeatureSchema schema, IReadOnlyList<FeatureCounts> counts, long items)
{
    /// <summary>Items that match a filter.</summary>
    /// <exception cref="FilterException">A feature is unknown or a value has the wrong type.</exception>
    public MatchEstimate Of(FilterExpression filter) => Of(new FilterResolver(schema).Resolve(filter));

    /// <summary>Items that match a condition.</summary>
    public MatchEstimate Of(Condition condition) => condition switch
    {
        ConstantCondition constant => MatchEstimate.Exactly(constant.Value ? items : 0),
        LeafCondition leaf => counts[leaf.Feature].Matches(leaf),
        NotCondition not => Not(Of(not.Operand)),
        GroupCondition { IsAnd: true } group => And([.. Intersected(group.Operands).Select(Of)]),
        GroupCondition group => Not(And([.. group.Operands.Select(o => Not(Of(o)))])),
        _ => throw new ArgumentException($"{condition.GetType().Name} is no condition."),
    };

    MatchEstimate Not(MatchEstimate operand) => new(items - operand.Most, items - operand.Least, items - operand.Expected);

    /// <summary>The bounds are those of Fréchet (1935): operands overlap as little, or as much, as they can.</summary>
    MatchEstimate And(MatchEstimate[] operands)
    {
        long lacking = 0, most = items;
        double share = 1;
        foreach (var operand in operands)
        {
            lacking += items - operand.Least;
            most = Math.Min(most, operand.Most);
            share *= operand.Expected / Math.Max(1, items);
        }
        return MatchEstimate.Between(Math.Max(0, items - lacking), most, items * share);
    }

    /// <summary>The operands of an AND with all ranges of a feature as one: an item has one key, which must be in all of them.</summary>
    static IEnumerable<Condition> Intersected(IReadOnlyList<Condition> operands)
    {
        var ranges = operands.OfType<LeafCondition>().Where(leaf => leaf.Kind == LeafKind.Range).GroupBy(leaf => leaf.Feature);
        foreach (var ofFeature in ranges)
        {
            long low = ofFeature.Max(leaf => leaf.Low), high = ofFeature.Min(leaf => leaf.High);
            yield return low > high ? Condition.False : new LeafCondition(LeafKind.Range, ofFeature.Key, [], low, high);
        }
        foreach (var operand in operands)
        {
            if (operand is not LeafCondition { Kind: LeafKind.Range }) yield return operand;
        }
    }
}
