using System.CommandLine;
using System.Numerics;

namespace Argent.Cli;

/// <summary>Numeric options, whose bounds are checked while the command line is parsed.</summary>
static class Numbers
{
    /// <summary>An option with a default.</summary>
    public static Option<T> Create<T>(string name, string description, T value) where T : struct, INumber<T> => new(name)
    {
        Description = description,
        HelpName = typeof(T) == typeof(int) ? "n" : "x",
        DefaultValueFactory = _ => value,
    };

    /// <summary>The same option, which refuses numbers below <paramref name="least"/>.</summary>
    public static Option<T> AtLeast<T>(T least, Option<T> option) where T : struct, INumber<T>
    {
        option.Validators.Add(result =>
        {
            if (!IsNumber<T>(result)) return;
            var value = result.GetValueOrDefault<T>();
            if (value < least) result.AddError($"{option.Name} is {value}; it must be {least} or more.");
        });
        return option;
    }

    /// <summary>The same option, which refuses numbers below <paramref name="least"/> and is absent by default.</summary>
    public static Option<T?> AtLeast<T>(T least, Option<T?> option) where T : struct, INumber<T>
    {
        option.Validators.Add(result =>
        {
            if (!IsNumber<T>(result)) return;
            var value = result.GetValueOrDefault<T?>();
            if (value < least) result.AddError($"{option.Name} is {value}; it must be {least} or more.");
        });
        return option;
    }

    // A text that is no number has its own error already.
    static bool IsNumber<T>(System.CommandLine.Parsing.OptionResult result) where T : struct, INumber<T> =>
        result.Tokens.Count == 1 && T.TryParse(result.Tokens[0].Value, System.Globalization.CultureInfo.InvariantCulture, out _);
}
