using Argent.Kernels;

namespace Argent.Model;

/// <summary>Which parts of a formula fit together: numbers are calculated with, texts are compared with categories.</summary>
sealed class ValueTypes(FeatureSchema schema)
{
    /// <summary>A part that is calculated with.</summary>
    /// <exception cref="ValueException">It is no number.</exception>
    public ValueNode Number(ValueNode node) => node switch
    {
        UserNode user => new UserNumberNode(user.Position, user.Name, false),
        CategoryNode category => throw Fail(category,
            $"{Shown(category)} is {Kind(category)}, not a number: compare it with a text, as {Name(category)} = 'text'."),
        TextNode text when IsoDate.TryParse(text.Text, out _) => throw Fail(text,
            $"{Quotation.Shown(text.Text)} is a text where a number is expected: write DATE {Quotation.Shown(text.Text)}."),
        TextNode text => throw Fail(text,
            $"{Quotation.Shown(text.Text)} is a text where a number is expected: "
            + "texts are compared with categories and with features of the user."),
        _ => node,
    };

    /// <summary>An operation on numbers.</summary>
    /// <exception cref="ValueException">An operand is no number, or the formula is too long.</exception>
    public ValueNode Step(TextPosition position, FormulaOp op, params ValueNode[] operands)
    {
        for (int i = 0; i < operands.Length; i++) operands[i] = Number(operands[i]);
        var step = new StepNode(position, op, operands);
        return step.Steps <= ValueLimits.StepsMax
            ? step
            : throw new ValueException(position, $"A formula has at most {ValueLimits.StepsMax} steps.");
    }

    /// <summary>A comparison of two parts.</summary>
    public ValueNode Compare(TextPosition position, string symbol, ValueNode left, ValueNode right)
    {
        bool isEquality = symbol is "=" or "!=";
        bool isOfUser = left is UserNode && right is UserNode;
        if (left is TextNode or CategoryNode || right is TextNode or CategoryNode || (isOfUser && isEquality))
        {
            if (!isEquality) throw Order(left, right);
            var same = Same(position, left, right);
            return symbol == "!=" ? Step(position, FormulaOp.Not, same) : same;
        }
        (left, right) = (Compared(left), Compared(right));
        // So a > b is b < a, which is false when either is missing, as not a <= b would not be.
        if (symbol is ">" or ">=") (left, right) = (right, left);
        var compared = Step(position, symbol switch
        {
            "<" or ">" => FormulaOp.Less,
            "<=" or ">=" => FormulaOp.LessOrEqual,
            _ => FormulaOp.Equal,
        }, left, right);
        return symbol == "!=" ? Step(position, FormulaOp.Not, compared) : compared;
    }

    /// <summary>Whether a part is one of a list of texts or of numbers.</summary>
    public ValueNode In(TextPosition position, ValueNode left, IReadOnlyList<ValueNode> list)
    {
        if (list[0] is TextNode)
        {
            if (list.FirstOrDefault(n => n is not TextNode) is { } number) throw Fail(number, "A list holds either texts or numbers.");
            return Any(position, left, [.. list.Select(n => ((TextNode)n).Text)]);
        }
        return list.Select(n => Compare(position, "=", left, n)).Aggregate((a, b) => Step(position, FormulaOp.Or, a, b));
    }

    /// <summary>Whether a feature is there.</summary>
    public ValueNode Exists(TextPosition position, ValueNode node) => node switch
    {
        UserNode user => new UserExistsNode(position, user.Name),
        CategoryNode category => Exists(position, category.Feature),
        ColumnNode { Column.Kind: FormulaColumnKind.Number } column => Exists(position, column.Column.Feature),
        _ => throw new ValueException(position, "The function 'exists' takes a feature, as exists(item.year) or exists(user.country)."),
    };

    /// <summary>The column of whether an item has one of the texts; a text that no item has is legal.</summary>
    public ColumnNode Matches(TextPosition position, int feature, IReadOnlyList<string> texts)
    {
        var vocabulary = schema.Vocabularies[feature]!;
        string[] quoted = [.. texts.Distinct().Select(t => $"'{t.Replace("'", "''", StringComparison.Ordinal)}'")];
        string name = ValueNames.ShownFeature(schema.Features[feature].Name);
        string shown = quoted.Length == 1 ? $"{name} = {quoted[0]}" : $"{name} in ({string.Join(", ", quoted)})";
        return new ColumnNode(position, new FormulaColumn(FormulaColumnKind.HasAny, feature, shown)
        {
            Ids = [.. texts.Select(vocabulary.Find).Where(id => id >= 0).Distinct().Order()],
        });
    }

    ColumnNode Exists(TextPosition position, int feature) => new(position,
        new FormulaColumn(FormulaColumnKind.Exists, feature, $"exists({ValueNames.ShownFeature(schema.Features[feature].Name)})"));

    static ValueNode Compared(ValueNode node) => node switch
    {
        UserNode user => new UserNumberNode(user.Position, user.Name, true),
        ColumnNode { Column.Kind: FormulaColumnKind.Number } column =>
            column with { Column = column.Column with { Kind = FormulaColumnKind.ComparedNumber } },
        _ => node,
    };

    ValueNode Same(TextPosition position, ValueNode left, ValueNode right) => (left, right) switch
    {
        (_, TextNode text) => Any(position, left, [text.Text]),
        (TextNode text, _) => Any(position, right, [text.Text]),
        (UserNode user, UserNode other) => new UserPairNode(position, user.Name, other.Name),
        (CategoryNode category, UserNode user) => new UserMatchNode(position, category.Feature, user.Name),
        (UserNode user, CategoryNode category) => new UserMatchNode(position, category.Feature, user.Name),
        (CategoryNode category, _) => throw Wrong(category),
        (_, CategoryNode category) => throw Wrong(category),
        _ => throw new ValueException(position, "Two texts are always the same or never."),
    };

    ValueNode Any(TextPosition position, ValueNode left, string[] texts) => left switch
    {
        CategoryNode category => Matches(position, category.Feature, texts),
        UserNode user => new UserTextNode(position, user.Name, texts),
        TextNode => throw new ValueException(position, "Two texts are always the same or never."),
        _ when IsoDate.TryParse(texts[0], out _) => throw Fail(left,
            $"A number is compared with a text: write DATE {Quotation.Shown(texts[0])}."),
        _ => throw Fail(left,
            $"A number is compared with the text {Quotation.Shown(texts[0])}: only categories and features of the user are."),
    };

    ValueException Order(ValueNode left, ValueNode right)
    {
        var text = left is TextNode or CategoryNode ? left : right;
        if (text is TextNode { Text: var date } && IsoDate.TryParse(date, out _))
        {
            return Fail(text, $"{Quotation.Shown(date)} is a text, which has no order: write DATE {Quotation.Shown(date)}.");
        }
        string shown = text is CategoryNode category
            ? $"{Shown(category)} is {Kind(category)} and"
            : Quotation.Shown(((TextNode)text).Text) + " is a text and";
        return Fail(text, $"{shown} has no order: use =, !=, in or exists.");
    }

    ValueException Wrong(CategoryNode category) =>
        Fail(category, $"{Shown(category)} is {Kind(category)}: compare it with a text in single quotes or with a feature of the user.");

    string Name(CategoryNode category) => ValueNames.ShownFeature(schema.Features[category.Feature].Name);

    string Shown(CategoryNode category) => $"The feature '{Name(category)}'";

    string Kind(CategoryNode category) => schema.Features[category.Feature].Type switch
    {
        FeatureType.Text => "a text",
        FeatureType.Category => "a category",
        _ => "a set of categories",
    };

    static ValueException Fail(ValueNode node, string reason) => new(node.Position, reason);
}
