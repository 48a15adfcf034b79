using System.Globalization;
using System.Text;

namespace Argent.Publish;

/// <summary>What a publish left behind.</summary>
/// <param name="Folder">The artifact's folder.</param>
/// <param name="Report">Figures, as <c>report.json</c> and <c>report.html</c> in the folder show them.</param>
/// <param name="Steps">Durations, which are not part of the artifact.</param>
public sealed record PublishResult(string Folder, PublishReport Report, IReadOnlyList<PublishStep> Steps)
{
    /// <summary>The report and the durations as lines of text.</summary>
    public string ToText()
    {
        var text = new StringBuilder(ReportText.Of(Report));
        foreach (var step in Steps)
        {
            text.Append(step.Name.PadRight(14));
            text.Append(string.Create(CultureInfo.InvariantCulture, $"{step.Duration.TotalSeconds,8:0.00} s  {step.Figure}\n"));
        }
        return text.ToString();
    }
}
