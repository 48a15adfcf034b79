namespace Argent.Model;

/// <summary>What a filter may cost; passing a limit is a <see cref="FilterException"/>.</summary>
public static class FilterLimits
{
    /// <summary>Characters of a filter's text, or bytes of its JSON form.</summary>
    public const int LengthMax = 16_384;

    /// <summary>Comparisons of one filter; a list counts as one.</summary>
    public const int LeavesMax = 1_024;

    /// <summary>Parentheses and NOTs inside one another.</summary>
    public const int DepthMax = 64;
}
