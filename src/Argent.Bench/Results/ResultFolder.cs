using Argent.Model;

namespace Argent.Bench;

/// <summary>The files of a run: <c>results.json</c>, <c>results.md</c> and one SVG for each plot.</summary>
static class ResultFolder
{
    /// <summary>Name of the file that programs read.</summary>
    public const string JsonName = "results.json";

    /// <summary>Name of the file that people read.</summary>
    public const string TextName = "results.md";

    /// <summary>Writes them; files of the same names are replaced.</summary>
    public static void Write(string folder, BenchmarkReport report, IReadOnlyList<BenchmarkPlot> plots)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, JsonName), StrictJson.Write(report));
        string text = ReportText.Of(report);
        if (plots.Count > 0) text += "\n## Plots\n\n";
        foreach (var plot in plots)
        {
            File.WriteAllText(Path.Combine(folder, plot.Name + ".svg"), plot.Svg);
            text += $"![{plot.Title}]({plot.Name}.svg)\n";
        }
        File.WriteAllText(Path.Combine(folder, TextName), text);
    }

    /// <summary>Reads <c>results.json</c> of a folder.</summary>
    /// <exception cref="InvalidDataException">It is missing, damaged or of another version.</exception>
    public static BenchmarkReport Read(string folder)
    {
        string path = Path.Combine(folder, JsonName);
        if (!File.Exists(path)) throw new InvalidDataException($"There is no '{path}'.");
        var report = StrictJson.Read<BenchmarkReport>(File.ReadAllBytes(path), path);
        return report.FormatVersion == BenchmarkReport.CurrentFormat
            ? report
            : throw new InvalidDataException(
                $"'{path}' has format version {report.FormatVersion}; this build reads {BenchmarkReport.CurrentFormat}.");
    }
}
