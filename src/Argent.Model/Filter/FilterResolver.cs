using Argent.Kernels;

namespace Argent.Model;

/// <summary>Checks a filter against a schema: names become columns, values become ids and keys.</summary>
sealed class FilterResolver(FeatureSchema schema)
{
    // Deeper than any text can be: each parenthesis adds an OR and an AND at most, and a NOT is a level itself.
    const int DepthMax = 4 * (FilterLimits.DepthMax + 1);

    const int FeaturesShown = 10;

    /// <exception cref="FilterException">A feature is unknown or a value has the wrong type.</exception>
    public Condition Resolve(FilterExpression filter) => Resolve(filter, depth: 0);

    Condition Resolve(FilterExpression filter, int depth)
    {
        if (depth > DepthMax) throw new FilterException(filter.Position, $"The filter is nested more than {DepthMax} deep.");
        return filter switch
        {
            FilterConstant constant => constant.Value ? Condition.True : Condition.False,
            FilterNot not => Condition.Not(Resolve(not.Operand, depth + 1)),
            FilterGroup group => Condition.Group(group is FilterAnd, Resolve(group.Operands, depth + 1)),
            FilterLeaf leaf => Resolve(leaf),
            _ => throw new ArgumentException($"{filter.GetType().Name} is no filter."),
        };
    }

    // A list and not a lazy sequence: every operand is checked, also those behind one that decides the group.
    List<Condition> Resolve(IReadOnlyList<FilterExpression> operands, int depth) =>
        [.. operands.Select(o => Resolve(o, depth))];

    Condition Resolve(FilterLeaf leaf)
    {
        int feature = Find(leaf);
        if (leaf is FilterExists) return new LeafCondition(LeafKind.Exists, feature, []);
        return schema.Features[feature].IsOrdered ? Ordered(leaf, feature) : Categorical(leaf, feature);
    }

    int Find(FilterLeaf leaf)
    {
        int feature = schema.Find(leaf.Feature);
        if (feature >= 0) return feature;
        var names = schema.Features.Select(f => f.Name);
        string more = schema.Features.Count > FeaturesShown ? ", ..." : "";
        string known = schema.Features.Count == 0
            ? " The model has no features."
            : $" Features: {string.Join(", ", names.Take(FeaturesShown))}{more}.";
        throw new FilterException(leaf.Position,
            $"There is no feature {Quotation.Shown(leaf.Feature)}.{Suggestion.Offer(leaf.Feature, names)}{known}");
    }

    static LeafCondition Range(int feature, long low, long high) => new(LeafKind.Range, feature, [], low, high);

    Condition Ordered(FilterLeaf leaf, int feature)
    {
        var spec = schema.Features[feature];
        switch (leaf)
        {
            case FilterComparison compared:
                return Within(feature, OrderedBounds.Of(compared.Operator, OrderedValue.Read(spec, compared.Value)));
            case FilterBetween between:
                var low = OrderedBounds.Of(FilterOperator.GreaterOrEqual, OrderedValue.Read(spec, between.Low));
                var high = OrderedBounds.Of(FilterOperator.LessOrEqual, OrderedValue.Read(spec, between.High));
                return Within(feature, low.And(high));
        }
        var member = (FilterMembership)leaf;
        var bounds = member.Values.Select(v => OrderedBounds.Of(FilterOperator.Equal, OrderedValue.Read(spec, v))).ToList();
        long[] keys = [.. bounds.Where(b => !b.IsEmpty).Select(b => b.Low).Distinct().Order()];
        // An item has one value here, so that it can have all of a list only when the list is one value.
        if (keys.Length == 0 || (member.All && (keys.Length > 1 || bounds.Exists(b => b.IsEmpty)))) return Condition.False;
        return keys.Length == 1 ? Range(feature, keys[0], keys[0]) : new LeafCondition(LeafKind.HasAny, feature, keys);
    }

    static Condition Within(int feature, OrderedBounds bounds) =>
        bounds.IsEmpty ? Condition.False : Range(feature, bounds.Low, bounds.High);

    Condition Categorical(FilterLeaf leaf, int feature)
    {
        var spec = schema.Features[feature];
        var (values, all) = leaf switch
        {
            FilterComparison { Operator: FilterOperator.Equal } compared => ([compared.Value], false),
            FilterMembership member => (member.Values, member.All),
            _ => throw new FilterException(leaf.Position,
                $"The feature '{spec.Name}' is {Shown(spec.Type)} and has no order: use =, IN, HAS ANY, HAS ALL or EXISTS."),
        };
        foreach (var value in values)
        {
            if (value.Kind == FilterValueKind.Date) throw WrongType(spec, value, "a text in single quotes");
        }
        var vocabulary = schema.Vocabularies[feature]!;
        long[] ids = [.. values.Select(v => (long)vocabulary.Find(v.Text)).Distinct().Order()];
        // An unknown value is legal: no item has it.
        bool unknown = ids.Length > 0 && ids[0] < 0;
        if (unknown) ids = ids[1..];
        if (ids.Length == 0 || (all && unknown)) return Condition.False;
        return new LeafCondition(all ? LeafKind.HasAll : LeafKind.HasAny, feature, ids);
    }

    /// <summary>What is wrong with a value of another type.</summary>
    internal static FilterException WrongType(FeatureSpec spec, FilterValue value, string expected)
    {
        string found = $"{Quotation.Cut(value.ToString())} is {Shown(value.Kind)}";
        return new(value.Position, $"The feature '{spec.Name}' is {Shown(spec.Type)}, and {found}: write {expected}.");
    }

    static string Shown(FeatureType type) => type switch
    {
        FeatureType.Integer => "an integer",
        FeatureType.Number => "a number",
        FeatureType.Date => "a date",
        FeatureType.Text => "a text",
        FeatureType.Category => "a category",
        _ => "a set of categories",
    };

    static string Shown(FilterValueKind kind) => kind switch
    {
        FilterValueKind.Text => "a text",
        FilterValueKind.Date => "a date",
        _ => "a number",
    };
}
