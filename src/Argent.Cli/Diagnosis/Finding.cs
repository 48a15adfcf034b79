using System.Text.Json.Nodes;

namespace Argent.Cli;

/// <summary>One thing that the doctor looked at.</summary>
/// <param name="Name">What.</param>
/// <param name="IsWell">False where something has to be mended before work.</param>
/// <param name="Sentence">What was found, and how to mend it.</param>
sealed record Finding(string Name, bool IsWell, string Sentence)
{
    /// <summary>The finding in the JSON document.</summary>
    public JsonObject ToJson() => new() { ["name"] = Name, ["ok"] = IsWell, ["detail"] = Sentence };
}
