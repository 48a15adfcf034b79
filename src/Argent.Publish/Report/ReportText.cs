using System.Globalization;
using System.Text;

namespace Argent.Publish;

/// <summary>A report as lines of text, for a terminal.</summary>
static class ReportText
{
    /// <summary>The report; ends with a line feed.</summary>
    public static string Of(PublishReport report)
    {
        var text = new StringBuilder();
        void Line(string name, FormattableString value) =>
            text.Append(name.PadRight(14)).Append(Invariant(value)).Append('\n');
        var lists = report.Lists;
        Line("items", $"{report.Items:N0} x {report.Dim}, {report.Metric}");
        string sizes = Invariant($"{lists.Smallest:N0} to {lists.Largest:N0} items, median {lists.Median:N0}");
        Line("lists", $"{lists.NList:N0}: {sizes}, largest {lists.LargestRatio:0.00}x the mean");
        Line("slots", $"{lists.Slots:N0}, {1 - (double)report.Items / lists.Slots:P1} spare");
        Line("int8 error", $"{report.Quantization.RelativeError:P2} of a vector's deviation from the mean");
        if (report.Filter is { } filter)
        {
            Line("filter index", $"{filter.BitmapRows} bitmap rows, {filter.MeanBloomRows:0.0} Bloom rows, {filter.HashCount} hashes");
            Line("false pos.", $"{filter.MeasuredRate:0.00000} measured over {filter.MeasuredTerms} terms, {filter.DeclaredRate} declared");
        }
        foreach (var part in report.Parts)
        {
            Line(Path.GetFileNameWithoutExtension(part.File), $"{Bytes(part.Bytes)}, {part.BytesPerItem:0.0} bytes an item");
        }
        Line("recall", $"{report.Recall.Queries} {report.Recall.Origin} against exact search");
        text.Append("  nprobe   scanned   recall@10  recall@100\n");
        foreach (var point in report.Recall.Points)
        {
            string mark = point.NProbe == report.Recall.DefaultNProbe ? "  default" : "";
            text.Append(Invariant($"{point.NProbe,8} {point.ScannedShare,9:P1} {point.At10,11:0.0000} {point.At100,11:0.0000}"))
                .Append(mark).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>A number of bytes as a person reads it.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1 << 10 => Invariant($"{bytes} B"),
        < 1 << 20 => Invariant($"{bytes / 1024.0:0.0} KiB"),
        < 1 << 30 => Invariant($"{bytes / 1048576.0:0.0} MiB"),
        _ => Invariant($"{bytes / 1073741824.0:0.00} GiB"),
    };

    static string Invariant(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
