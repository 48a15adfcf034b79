namespace Argent.Model;

/// <summary>What a value formula may cost; passing a limit is a <see cref="ValueException"/>.</summary>
public static class ValueLimits
{
    /// <summary>Characters of a formula.</summary>
    public const int LengthMax = 16_384;

    /// <summary>Parentheses, functions, powers, NOTs and minus signs inside one another.</summary>
    public const int DepthMax = 64;

    /// <summary>Instructions of the compiled formula, each done once per candidate.</summary>
    public const int StepsMax = 1_024;

    /// <summary>Intermediate results that wait for each other.</summary>
    public const int StackMax = 64;
}
