namespace Argent.Model;

/// <summary>What the names of a formula stand for: tasks, earlier lets, features of items and of the user.</summary>
sealed class ValueNames(IReadOnlyList<string> tasks, FeatureSchema schema)
{
    const string Item = "item.", User = "user.";

    readonly Dictionary<string, ValueNode> _lets = new(StringComparer.Ordinal);

    /// <summary>The model's tasks.</summary>
    public IReadOnlyList<string> Tasks => tasks;

    /// <summary>The items' features.</summary>
    public FeatureSchema Schema => schema;

    /// <summary>True for a word that names a task only in double quotes.</summary>
    public static bool IsReserved(string word) =>
        word.ToUpperInvariant() is "AND" or "OR" or "NOT" or "IN";

    /// <summary>A task as a formula writes it.</summary>
    public static string Shown(string task) => IsPlain(task) && !IsReserved(task) ? task : Quoted(task);

    /// <summary>A feature as a formula writes it.</summary>
    public static string ShownFeature(string name) => Item + (IsPlain(name) ? name : Quoted(name));

    /// <summary>Gives a part a name for the texts that follow.</summary>
    /// <exception cref="ValueException">The name cannot be used.</exception>
    public void Let(string name, ValueNode node)
    {
        string shown = Quotation.Shown(name);
        string? why = !IsPlain(name) || name.Contains('.', StringComparison.Ordinal) ? "is no plain word"
            : IsReserved(name) || FormulaFunction.Find(name) is not null || name is "rules" or "exists" or "date"
                ? "is a word of the language"
            : tasks.Contains(name) ? "is a task" : null;
        if (why is not null) throw new ValueException(TextPosition.Start, $"The name {shown} cannot be used in let: it {why}.");
        Define(name, node);
    }

    /// <summary>Gives a part any name.</summary>
    public void Define(string name, ValueNode node) => _lets[name] = node;

    /// <summary>What a name stands for.</summary>
    public ValueNode Find(Token name)
    {
        for (int i = 0; i < tasks.Count; i++)
        {
            if (tasks[i] == name.Text) return new TaskNode(name.Position, i);
        }
        bool isWord = name.Kind == TokenKind.Name;
        if (isWord && _lets.TryGetValue(name.Text, out var node)) return node with { Position = name.Position };
        if (isWord && name.Text.StartsWith(Item, StringComparison.Ordinal)) return Feature(name, name.Text[Item.Length..]);
        if (isWord && name.Text.StartsWith(User, StringComparison.Ordinal)) return new UserNode(name.Position, name.Text[User.Length..]);
        string offer = Suggestion.Offer(name.Text,
            [.. tasks, .. _lets.Keys, .. FormulaFunction.Names, .. schema.Features.Select(f => Item + f.Name)]);
        string lets = _lets.Count == 0 ? "" : " and the names " + string.Join(", ", _lets.Keys);
        throw new ValueException(name.Position,
            $"There is no task {name.Shown}.{offer} The tasks are {string.Join(", ", tasks)}{lets}.");
    }

    /// <summary>An item's feature.</summary>
    public ValueNode Feature(Token at, string name)
    {
        int feature = schema.Find(name);
        if (feature < 0)
        {
            string[] known = [.. schema.Features.Select(f => ShownFeature(f.Name))];
            string offer = Suggestion.Offer(Item + name, known);
            string list = known.Length == 0 ? "The model has no features." : $"The features are {string.Join(", ", known)}.";
            throw new ValueException(at.Position, $"There is no feature {Quotation.Shown(Item + name)}.{offer} {list}");
        }
        return schema.Features[feature].IsOrdered
            ? new ColumnNode(at.Position, new FormulaColumn(FormulaColumnKind.Number, feature, ShownFeature(name)))
            : new CategoryNode(at.Position, feature);
    }

    static bool IsPlain(string name) => Lexer.IsPlainName(name) && !name.Contains('-', StringComparison.Ordinal);

    static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
