using System.Text;

namespace Argent.Data;

/// <summary>
/// Environment variables in the "root" of a description: <c>${NAME}</c>, or <c>${NAME:-text}</c> with a text for when the
/// variable is not set or empty.
/// </summary>
static class RootExpansion
{
    /// <summary>
    /// The full path of <paramref name="root"/>, which is relative to <paramref name="folder"/>. A variable's value that is a
    /// relative path is relative to the current folder, as everywhere on a command line.
    /// </summary>
    /// <exception cref="FormatException">A brace is missing, or a variable without a text of its own is not set.</exception>
    public static string Expand(string root, string folder, Func<string, string?> variable)
    {
        var path = new StringBuilder();
        int at = 0;
        while (root.IndexOf("${", at, StringComparison.Ordinal) is var open and >= 0)
        {
            int close = root.IndexOf('}', open);
            if (close < 0) throw new FormatException($"the root '{root}' has '${{' without '}}'");
            path.Append(root, at, open - at);
            path.Append(Value(root[(open + 2)..close], isFirst: path.Length == 0, variable));
            at = close + 1;
        }
        return Path.GetFullPath(path.Append(root, at, root.Length - at).ToString(), folder);
    }

    static string Value(string reference, bool isFirst, Func<string, string?> variable)
    {
        int split = reference.IndexOf(":-", StringComparison.Ordinal);
        string name = split < 0 ? reference : reference[..split];
        if (variable(name) is { Length: > 0 } value) return isFirst ? Path.GetFullPath(value) : value;
        return split >= 0
            ? reference[(split + 2)..]
            : throw new FormatException($"the root names the environment variable {name}, which is not set");
    }
}
