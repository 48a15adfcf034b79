namespace Argent.Model;

/// <summary>The names that an artifact may contain: nothing that leads out of its folder.</summary>
static class ArtifactNames
{
    /// <summary>The longest name of a model or file: what common file systems take.</summary>
    public const int LengthMax = 128;

    /// <summary>True for letters, digits, '-', '_' and '.', not starting with a dot, at most <see cref="LengthMax"/> long.</summary>
    public static bool IsValid(string name) => name.Length is > 0 and <= LengthMax && name[0] != '.'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
