using System.Globalization;

namespace Argent.Model.Tests.Value;

/// <summary>
/// Random formulas over every kind of operand, each with a meaning in float64 over the raw values and a bound of what float32
/// may lose. A comparison of numbers that the bound does not tell apart makes the result unsure.
/// </summary>
sealed class ValueOracle(Random random, ValueCatalogue items, float[] scores, Dictionary<string, string> user)
{
    readonly List<(string Name, Func<int, Bounded> Evaluate)> _lets = [];

    /// <summary>A formula in text or JSON, and its value for an item.</summary>
    public (string Text, Func<int, Bounded> Evaluate) Formula()
    {
        _lets.Clear();
        if (random.Next(2) == 0) return Number(3);
        var lets = new List<string>();
        for (int i = random.Next(3); i > 0; i--)
        {
            var (text, evaluate) = Number(2);
            lets.Add($"\"x{lets.Count}\": {Quoted(text)}");
            _lets.Add(($"x{_lets.Count}", evaluate));
        }
        var rules = new List<string>();
        Func<int, Bounded> sum = _ => new(0);
        for (int i = random.Next(4); i > 0; i--)
        {
            var (condition, holds) = Truth(2);
            var (then, first) = Number(1);
            var (otherwise, second) = random.Next(2) == 0 ? ("", _ => new(0)) : Number(1);
            string last = otherwise.Length == 0 ? "" : $", \"else\": {Quoted(otherwise)}";
            rules.Add($"{{\"if\": {Quoted(condition)}, \"then\": {Quoted(then)}{last}}}");
            sum = Two(sum, Choose(holds, first, second), Bounded.Add);
        }
        var (score, value) = Number(2);
        string parts = $"\"let\": {{{string.Join(", ", lets)}}}, \"rules\": [{string.Join(", ", rules)}]";
        string json = $"{{{parts}, \"score\": {Quoted("rules + " + score)}}}";
        return (json, Two(sum, value, Bounded.Add));
    }

    static string Quoted(string text) => "\"" + text + "\"";

    static Func<int, Bounded> Two(Func<int, Bounded> f, Func<int, Bounded> g, Func<Bounded, Bounded, Bounded> op) => i => op(f(i), g(i));

    static Func<int, Bounded> Choose(Func<int, Bounded> condition, Func<int, Bounded> then, Func<int, Bounded> otherwise) => i =>
        condition(i) is { IsSure: true } c ? c.Value != 0 ? then(i) : otherwise(i) : Bounded.Unsure;

    (string Text, Func<int, Bounded> Evaluate) Number(int depth)
    {
        if (depth == 0) return Atom();
        var ((x, f), (y, g), (z, h)) = (Number(depth - 1), Number(depth - 1), Number(random.Next(depth)));
        var (c, holds) = Truth(depth - 1);
        return random.Next(11) switch
        {
            0 => ($"({x} + {y})", Two(f, g, Bounded.Add)),
            1 => ($"({x} - {y})", Two(f, g, (a, b) => Bounded.Add(a, b with { Value = -b.Value }))),
            2 => ($"({x} * {y})", Two(f, g, Bounded.Multiply)),
            3 => ($"({x} / {y})", Two(f, g, Bounded.Divide)),
            4 => ($"(-{x})", i => f(i) with { Value = -f(i).Value }),
            5 => ($"if({c}, {y}, {z})", Choose(holds, g, h)),
            6 => ($"min({x}, {y})", Two(f, g, (a, b) => Bounded.Pick(a, b, a.Value < b.Value))),
            7 => ($"max({x}, {y})", Two(f, g, (a, b) => Bounded.Pick(a, b, a.Value > b.Value))),
            8 => ($"sigmoid({x})", i => f(i).Map(v => 1 / (1 + Math.Exp(-v)), 0.25)),
            9 => ($"exp(clamp({x}, -2, 2))", i => f(i).Map(v => Math.Exp(Math.Clamp(v, -2, 2)), 8)),
            _ => ($"abs({x})", i => f(i) with { Value = Math.Abs(f(i).Value) }),
        };
    }

    (string Text, Func<int, Bounded> Evaluate) Atom()
    {
        if (_lets.Count > 0 && random.Next(3) == 0) return _lets[random.Next(_lets.Count)];
        var (text, evaluate) = Operand();
        return (text, i => new(evaluate(i) ?? 0));
    }

    /// <summary>A number that may be missing.</summary>
    (string Text, Func<int, double?> Evaluate) Operand()
    {
        double constant = random.Next(-4, 9) / 4.0;
        string number = constant.ToString(CultureInfo.InvariantCulture);
        return random.Next(8) switch
        {
            0 => ("save", i => scores[2 * i]),
            1 => ("like", i => scores[2 * i + 1]),
            2 => ("item.year", i => items.Year[i]),
            3 => ("item.price", i => items.Price[i]),
            4 => ("item.published", i => items.Published[i] / 86_400.0),
            5 => ("user.age", _ => double.TryParse(user.GetValueOrDefault("age"), CultureInfo.InvariantCulture, out double a) ? a : null),
            6 => ("DATE '1970-01-02'", _ => 1),
            _ => (constant < 0 ? $"({number})" : number, _ => constant),
        };
    }

    (string Text, Func<int, Bounded> Evaluate) Truth(int depth)
    {
        if (depth == 0 || random.Next(3) == 0) return random.Next(2) == 0 ? Compared() : Text();
        var ((x, f), (y, g)) = (Truth(depth - 1), Truth(depth - 1));
        var ((a, m), (b, n)) = (Number(depth - 1), Number(depth - 1));
        return random.Next(5) switch
        {
            0 => ($"({x} and {y})", Two(f, g, (p, q) => p with { Value = p.Value * q.Value, IsSure = p.IsSure && q.IsSure })),
            1 => ($"({x} or {y})", Two(f, g, (p, q) => p with { Value = Math.Max(p.Value, q.Value), IsSure = p.IsSure && q.IsSure })),
            2 => ($"(not {x})", i => f(i) with { Value = 1 - f(i).Value }),
            3 => ($"(({a} + 0) < ({b} + 0))", Two(m, n, (p, q) => Bounded.Less(p, q))),
            _ => ($"(({a} + 0) >= ({b} + 0))", Two(m, n, (p, q) => Bounded.Less(p, q) is var r ? r with { Value = 1 - r.Value } : r)),
        };
    }

    (string Text, Func<int, Bounded> Evaluate) Compared()
    {
        var ((x, f), (y, g)) = (Operand(), Operand());
        var (symbol, holds) = random.Next(6) switch
        {
            0 => ("<", (a, b) => a < b),
            1 => ("<=", (a, b) => a <= b),
            2 => (">", (a, b) => a > b),
            3 => (">=", (a, b) => a >= b),
            4 => ("=", (a, b) => a == b),
            _ => ("in", (Func<double, double, bool>)((a, b) => a == b)),
        };
        bool isNot = random.Next(3) == 0;
        string text = symbol == "in" && double.TryParse(y.Trim('(', ')'), CultureInfo.InvariantCulture, out _)
            ? $"{x} {(isNot ? "not " : "")}in (7.5, {y.Trim('(', ')')})"
            : isNot ? $"(not {x} {(symbol == "in" ? "=" : symbol)} {y})" : $"({x} {(symbol == "in" ? "=" : symbol)} {y})";
        if (x.StartsWith("user", StringComparison.Ordinal) && y.StartsWith("user", StringComparison.Ordinal)) return Compared();
        return (text, i => Bounded.Of((f(i) is { } a && g(i) is { } b && holds(a, b)) != isNot));
    }

    (string Text, Func<int, Bounded> Evaluate) Text()
    {
        string language = ValueCatalogue.Languages[random.Next(3)], genre = ValueCatalogue.Genres[random.Next(4)];
        string shown = language.Replace("'", "''", StringComparison.Ordinal), country = user.GetValueOrDefault("country", "none");
        return random.Next(11) switch
        {
            0 => ($"(item.language = '{shown}')", i => Bounded.Of(items.Language[i] == language)),
            1 => ($"(item.language != '{shown}')", i => Bounded.Of(items.Language[i] != language)),
            2 => ($"(item.genre = '{genre}')", i => Bounded.Of(items.Genre[i].Contains(genre))),
            3 => ($"(item.genre in ('a', '{genre}', 'nowhere'))", i => Bounded.Of(items.Genre[i].Any(x => x == "a" || x == genre))),
            4 => ($"(item.genre not in ('b', '{genre}'))", i => Bounded.Of(!items.Genre[i].Any(x => x == "b" || x == genre))),
            5 => ("(item.language = user.country)", i => Bounded.Of(items.Language[i] == country)),
            6 => ($"(user.country = '{shown}')", _ => Bounded.Of(country == language)),
            7 => ("(user.country = user.home)", _ => Bounded.Of(user.ContainsKey("country") && country == user.GetValueOrDefault("home"))),
            8 => ("exists(user.age)", _ => Bounded.Of(user.ContainsKey("age"))),
            9 => ("exists(item.price)", i => Bounded.Of(items.Price[i] is not null)),
            _ => ("exists(item.genre)", i => Bounded.Of(items.Genre[i].Length > 0)),
        };
    }
}

/// <summary>A number, how far float32 may be from it, and whether every comparison on its way was clear.</summary>
readonly record struct Bounded(double Value, double Error = 0, bool IsSure = true)
{
    // Every float32 operation rounds to 6e-8 of its result.
    const double Rounding = 1e-6;

    public static Bounded Unsure { get; } = new(0, 0, false);

    public static Bounded Of(bool isTrue) => new(isTrue ? 1 : 0);

    public static Bounded Add(Bounded a, Bounded b) => Rounded(a, b, a.Value + b.Value, a.Error + b.Error, isExact: true);

    public static Bounded Multiply(Bounded a, Bounded b) => Rounded(a, b, a.Value * b.Value,
        Math.Abs(a.Value) * b.Error + Math.Abs(b.Value) * a.Error + a.Error * b.Error, isExact: true);

    public static Bounded Divide(Bounded a, Bounded b)
    {
        if (b.Value == 0 && b.Error == 0) return new(0, 0, a.IsSure && b.IsSure);
        if (Math.Abs(b.Value) <= 4 * b.Error) return Unsure;
        double value = a.Value / b.Value;
        return Rounded(a, b, value, 2 * (a.Error + Math.Abs(value) * b.Error) / Math.Abs(b.Value), isExact: false);
    }

    public static Bounded Less(Bounded a, Bounded b)
    {
        double error = a.Error + b.Error;
        return new(a.Value < b.Value ? 1 : 0, 0, a.IsSure && b.IsSure && (error == 0 || Math.Abs(a.Value - b.Value) > error));
    }

    public static Bounded Pick(Bounded a, Bounded b, bool isFirst) =>
        (isFirst ? a : b) with { Error = Math.Max(a.Error, b.Error), IsSure = a.IsSure && b.IsSure };

    public Bounded Map(Func<double, double> function, double steepest) =>
        new(function(Value), Error * steepest + Rounding * Math.Max(1, Math.Abs(function(Value))), IsSure);

    static Bounded Rounded(Bounded a, Bounded b, double value, double error, bool isExact)
    {
        // Quarters and their products are exact in float32 as long as they are small.
        bool fits = isExact && error == 0 && Math.Abs(value) < 256 && value * 4096 == Math.Floor(value * 4096);
        return new(value, fits ? 0 : error + Rounding * Math.Abs(value), a.IsSure && b.IsSure);
    }
}
