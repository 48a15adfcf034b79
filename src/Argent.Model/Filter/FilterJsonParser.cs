using System.Text;
using System.Text.Json;

namespace Argent.Model;

/// <summary>Recursive descent over the tokens of one filter in JSON.</summary>
ref struct FilterJsonParser(ReadOnlySpan<byte> utf8)
{
    // Each level of groups is an object in an array; the reader's own limit stands behind ours.
    const int ReaderDepthMax = 2 * FilterLimits.DepthMax + 8;

    static readonly string[] _groups = ["must", "should", "must_not"];
    static readonly string[] _operators =
        ["eq", "ne", "gt", "gte", "lt", "lte", "between", "in", "not_in", "any", "all", "exists"];

    readonly ReadOnlySpan<byte> _utf8 = utf8;
    Utf8JsonReader _reader = new(utf8, new JsonReaderOptions { MaxDepth = ReaderDepthMax });
    int _depth;
    int _leaves;

    /// <summary>Where the current token starts.</summary>
    public readonly TextPosition Here
    {
        get
        {
            var before = _utf8[..(int)_reader.TokenStartIndex];
            int line = before.Count((byte)'\n') + 1;
            return new(line, Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1);
        }
    }

    public FilterExpression Parse()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject) throw Fail("A filter in JSON is an object.");
        var filter = Group();
        _reader.Read();
        return filter;
    }

    FilterExpression Group()
    {
        var position = Here;
        if (++_depth > FilterLimits.DepthMax) throw Fail($"Groups are nested more than {FilterLimits.DepthMax} deep.");
        var parts = new List<FilterExpression>();
        while (NextMember() is { } name)
        {
            if (name == "must") parts.AddRange(Conditions(name));
            else if (name == "must_not") parts.AddRange(Conditions(name).Select(Not));
            else if (name == "should") parts.AddRange(AnyOf(Conditions(name), position));
            else parts.Add(Feature(FilterJsonWriter.FeatureOf(name), Here));
        }
        _depth--;
        return AllOf(parts, position);
    }

    static FilterNot Not(FilterExpression filter) => new(filter) { Position = filter.Position };

    static List<FilterExpression> AnyOf(List<FilterExpression> parts, TextPosition position) =>
        parts.Count < 2 ? parts : [new FilterOr(parts) { Position = position }];

    static FilterExpression AllOf(List<FilterExpression> parts, TextPosition position) => parts.Count switch
    {
        0 => new FilterConstant(true) { Position = position },
        1 => parts[0],
        _ => new FilterAnd(parts) { Position = position },
    };

    List<FilterExpression> Conditions(string name)
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.StartObject) return [Group()];
        if (_reader.TokenType != JsonTokenType.StartArray) throw Fail($"'{name}' is an array of conditions.");
        var conditions = new List<FilterExpression>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_reader.TokenType is JsonTokenType.True or JsonTokenType.False)
            {
                conditions.Add(new FilterConstant(_reader.TokenType == JsonTokenType.True) { Position = Here });
                continue;
            }
            if (_reader.TokenType != JsonTokenType.StartObject)
            {
                throw Fail($"A condition in '{name}' is an object, for example {{\"language\":\"eng\"}}.");
            }
            conditions.Add(Group());
        }
        return conditions;
    }

    FilterExpression Feature(string feature, TextPosition position)
    {
        _reader.Read();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return Operators(feature, position);
            case JsonTokenType.StartArray:
                return Leaf(new FilterMembership(feature, Values(feature)) { Position = position });
            case JsonTokenType.Null:
                return Not(Leaf(new FilterExists(feature) { Position = position }));
            default:
                return Leaf(new FilterComparison(feature, FilterOperator.Equal, Value(feature)) { Position = position });
        }
    }

    FilterExpression Operators(string feature, TextPosition position)
    {
        var parts = new List<FilterExpression>();
        while (NextMember() is { } name)
        {
            var here = Here;
            _reader.Read();
            var (leaf, negated) = Operator(feature, name, here);
            Leaf(leaf);
            parts.Add(negated ? Not(leaf) : leaf);
        }
        if (parts.Count == 0) throw new FilterException(position, $"{Quotation.Shown(feature)} needs an operator: {Known}.");
        return AllOf(parts, position);
    }

    (FilterLeaf Leaf, bool Negated) Operator(string feature, string name, TextPosition here)
    {
        switch (name)
        {
            case "eq" or "ne":
                return (new FilterComparison(feature, FilterOperator.Equal, Value(feature)) { Position = here }, name == "ne");
            case "in" or "any" or "not_in":
                return (new FilterMembership(feature, Values(feature)) { Position = here }, name == "not_in");
            case "all":
                var values = Values(feature);
                if (values.Count == 0) throw new FilterException(here, "'all' needs at least one value.");
                return (new FilterMembership(feature, values, all: true) { Position = here }, false);
            case "between":
                var ends = Values(feature);
                if (ends.Count != 2) throw new FilterException(here, "'between' is a list of the lowest and the highest value.");
                return (new FilterBetween(feature, ends[0], ends[1]) { Position = here }, false);
            case "exists":
                if (_reader.TokenType is JsonTokenType.True or JsonTokenType.False)
                {
                    return (new FilterExists(feature) { Position = here }, _reader.TokenType == JsonTokenType.False);
                }
                throw Fail("'exists' is true or false.");
        }
        var order = Order(name) ?? throw new FilterException(here,
            $"There is no operator {Quotation.Shown(name)}.{Suggestion.Offer(name, _operators)} There are {Known}.");
        return (new FilterComparison(feature, order, Value(feature)) { Position = here }, false);
    }

    static string Known => string.Join(", ", _operators);

    static FilterOperator? Order(string name) => name switch
    {
        "gt" => FilterOperator.Greater,
        "gte" => FilterOperator.GreaterOrEqual,
        "lt" => FilterOperator.Less,
        "lte" => FilterOperator.LessOrEqual,
        _ => null,
    };

    List<FilterValue> Values(string feature)
    {
        if (_reader.TokenType != JsonTokenType.StartArray) throw Fail("An array of values is expected here.");
        var values = new List<FilterValue>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray) values.Add(Value(feature));
        return values;
    }

    FilterValue Value(string feature)
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.String:
                return FilterValue.OfText(_reader.GetString()!) with { Position = Here };
            case JsonTokenType.Number:
                return Number(Encoding.UTF8.GetString(_reader.ValueSpan));
            case JsonTokenType.StartObject:
                return Marked(feature);
            case JsonTokenType.True or JsonTokenType.False:
                throw Fail("There are no true and false values: write the category's text, for example \"true\".");
            default:
                throw Fail($"A value of {Quotation.Shown(feature)} is a text or a number.{Suggestion.Offer(feature, _groups)}");
        }
    }

    /// <summary>A value that says what it is: a date, or a number that JSON writes otherwise, like 007.</summary>
    FilterValue Marked(string feature)
    {
        var here = Here;
        string? kind = NextMember();
        if (kind is not ("date" or "number"))
        {
            throw new FilterException(here, $"A value of {Quotation.Shown(feature)} as an object is "
                + "{\"date\":\"2024-01-31\"} or {\"number\":\"007\"}." + Suggestion.Offer(feature, _groups));
        }
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.String) throw Fail($"'{kind}' is a text.");
        string text = _reader.GetString()!;
        var value = kind == "number" ? Number(text) : FilterValue.TryDate(text)
            ?? throw Fail($"{Quotation.Shown(text)} is not a date: {IsoDate.Expected}.");
        if (NextMember() is not null) throw Fail($"'{kind}' stands alone.");
        return value with { Position = here };
    }

    readonly FilterValue Number(string text)
    {
        if (!Lexer.IsNumber(text)) throw Fail($"{Quotation.Shown(text)} is not a number.");
        return FilterValue.TryNumber(text) is { } value ? value with { Position = Here } : throw Fail(FilterValue.TooLarge(text));
    }

    /// <summary>The name of the next member, or null at the end of the object.</summary>
    string? NextMember()
    {
        _reader.Read();
        return _reader.TokenType == JsonTokenType.EndObject ? null : _reader.GetString()!;
    }

    FilterLeaf Leaf(FilterLeaf leaf) => ++_leaves <= FilterLimits.LeavesMax
        ? leaf
        : throw new FilterException(leaf.Position, $"A filter has at most {FilterLimits.LeavesMax} comparisons.");

    readonly FilterException Fail(string reason) => new(Here, reason);
}
