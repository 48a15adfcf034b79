using System.CommandLine;
using Argent.Model;

namespace Argent.Cli;

/// <summary>A blend as the command line takes it: JSON, or the path of a file that holds it.</summary>
static class BlendOption
{
    /// <summary>The option.</summary>
    public static Option<string?> Create(string description) =>
        new("--blend") { Description = description, HelpName = "FILE.json|{...}" };

    /// <summary>The JSON text.</summary>
    /// <exception cref="UsageException">It is neither JSON nor a file.</exception>
    public static string Json(string text)
    {
        if (text.AsSpan().TrimStart() is ['{', ..]) return text;
        if (File.Exists(text)) return File.ReadAllText(text);
        throw new UsageException($"--blend is '{text}': there is no such file, and JSON starts with a brace.");
    }

    /// <summary>The configuration.</summary>
    /// <exception cref="UsageException">It is none; the message says why.</exception>
    public static BlendConfig Read(string text)
    {
        try
        {
            return BlendConfig.Parse(Json(text));
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--blend: {e.Message}");
        }
    }
}
