using System.Globalization;
using System.Net;
using System.Text;

namespace Argent.Data;

/// <summary>One axis of a plot: the numbers at its ends and the ticks between them.</summary>
/// <param name="Title">What is measured, with its unit.</param>
/// <param name="Low">Number at the start.</param>
/// <param name="High">Number at the end, above <paramref name="Low"/>.</param>
/// <param name="Ticks">Where marks are, and their texts.</param>
/// <param name="IsLog">True when equal distances are equal ratios; both ends are then above 0.</param>
public sealed record PlotAxis(string Title, double Low, double High, IReadOnlyList<(double At, string Text)> Ticks, bool IsLog = false)
{
    /// <summary>Where a number lies, 0 at the start and 1 at the end.</summary>
    public double Place(double value) => IsLog
        ? Math.Log(value / Low) / Math.Log(High / Low)
        : (value - Low) / (High - Low);

    /// <summary>An axis from <paramref name="low"/> to a round number at or above <paramref name="high"/>, with about five ticks.</summary>
    public static PlotAxis Linear(string title, double low, double high, string format)
    {
        double rough = Math.Max(high - low, 1e-9) / 5, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = new[] { 1, 2, 2.5, 5, 10 }.First(m => m * power >= rough * 0.999) * power;
        int count = (int)Math.Ceiling((high - low) / step - 1e-9);
        var ticks = Enumerable.Range(0, Math.Max(1, count) + 1)
            .Select(i => low + i * step)
            .Select(at => (at, at.ToString(format, CultureInfo.InvariantCulture)));
        return new PlotAxis(title, low, low + Math.Max(1, count) * step, [.. ticks]);
    }

    /// <summary>An axis of equal ratios around numbers above 0, with ticks at 1, 2 and 5 of each power of ten.</summary>
    public static PlotAxis Log(string title, double low, double high, string format)
    {
        double[] steps = [1, 2, 5];
        int first = (int)Math.Floor(Math.Log10(low)), last = (int)Math.Ceiling(Math.Log10(high));
        double[] all = [.. Enumerable.Range(first, last - first + 1).SelectMany(power => steps.Select(s => s * Math.Pow(10, power)))];
        double start = all.Last(a => a <= low * 1.001), end = all.First(a => a >= high * 0.999 && a > start);
        double[] shown = [.. all.Where(a => a >= start && a <= end)];
        // Three to a decade are too many for more than three decades.
        if (shown.Length > 10) shown = [.. shown.Where(a => Math.Abs(Math.Log10(a) - Math.Round(Math.Log10(a))) < 1e-9)];
        return new PlotAxis(
            title, start, end, [.. shown.Select(a => (a, a.ToString(format, CultureInfo.InvariantCulture)))], IsLog: true);
    }
}

/// <summary>
/// A small SVG plot without scripts. Colours are CSS variables of the page around it, so that it follows light and dark.
/// </summary>
public sealed class SvgPlot
{
    const double Width = 680, Height = 330, Left = 64, Right = 96, Top = 16, Bottom = 52;

    // Seven of the eight hues of a palette that people who see fewer colours can tell apart (Okabe and Ito 2008).
    const string Style = """
        <style>
        svg { font: 12px sans-serif; background: #fff; }
        text { fill: #333; }
        .grid { stroke: #ddd; } .axis { stroke: #888; } .mark { stroke: #888; stroke-dasharray: 4 3; }
        .line { fill: none; stroke-width: 2; } .bar { fill: #0072b2; }
        .first { stroke: #d55e00; } .second { stroke: #0072b2; } .third { stroke: #009e73; }
        .fourth { stroke: #cc79a7; } .fifth { stroke: #e69f00; } .sixth { stroke: #56b4e9; }
        .dot.first, .name.first { fill: #d55e00; } .dot.second, .name.second { fill: #0072b2; }
        .dot.third, .name.third { fill: #009e73; } .dot.fourth, .name.fourth { fill: #cc79a7; }
        .dot.fifth, .name.fifth { fill: #e69f00; } .dot.sixth, .name.sixth { fill: #56b4e9; }
        .seventh { stroke: #000000; } .dot.seventh, .name.seventh { fill: #000000; }
        .name { stroke: none; }
        </style>

        """;

    /// <summary>CSS classes of lines, in the order in which plots use them.</summary>
    public static IReadOnlyList<string> Styles { get; } = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"];

    readonly StringBuilder _svg = new();
    readonly string _open;
    readonly PlotAxis _x, _y;
    readonly double _right;

    /// <summary>A plot with axes and grid.</summary>
    /// <param name="title">What it shows, for readers that do not see it.</param>
    /// <param name="x">The horizontal axis.</param>
    /// <param name="y">The vertical axis.</param>
    /// <param name="nameWidth">Room for the lines' names at the right.</param>
    public SvgPlot(string title, PlotAxis x, PlotAxis y, double nameWidth = Right)
    {
        (_x, _y, _right) = (x, y, nameWidth);
        _open = Invariant($"viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Escaped(title)}\">\n");
        foreach (var (at, text) in y.Ticks)
        {
            Add($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - _right}\" y1=\"{Y(at):0.0}\" y2=\"{Y(at):0.0}\"/>");
            Add($"<text x=\"{Left - 8}\" y=\"{Y(at) + 4:0.0}\" text-anchor=\"end\">{Escaped(text)}</text>\n");
        }
        foreach (var (at, text) in x.Ticks)
        {
            Add($"<line class=\"axis\" x1=\"{X(at):0.0}\" x2=\"{X(at):0.0}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom + 5}\"/>");
            Add($"<text x=\"{X(at):0.0}\" y=\"{Height - Bottom + 20}\" text-anchor=\"middle\">{Escaped(text)}</text>\n");
        }
        Add($"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - _right}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom}\"/>\n");
        Add($"<text x=\"{(Left + Width - _right) / 2}\" y=\"{Height - 8}\" text-anchor=\"middle\">{Escaped(x.Title)}</text>");
        Add($"<text transform=\"translate(14 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">");
        Add($"{Escaped(y.Title)}</text>\n");
    }

    /// <summary>A line with a dot at each point and its name at the last one.</summary>
    /// <param name="style">CSS class.</param>
    /// <param name="name">What the line is.</param>
    /// <param name="points">Points in order.</param>
    /// <param name="nameShift">How far below the last point the name stands, so that names do not cover each other.</param>
    public void Line(string style, string name, IReadOnlyList<(double X, double Y)> points, double nameShift)
    {
        string path = string.Join(' ', points.Select(p => Invariant($"{X(p.X):0.0},{Y(p.Y):0.0}")));
        Add($"<polyline class=\"line {style}\" points=\"{path}\"/>\n");
        foreach (var (x, y) in points)
        {
            Add($"<circle class=\"dot {style}\" cx=\"{X(x):0.0}\" cy=\"{Y(y):0.0}\" r=\"3.5\">");
            Add($"<title>{Escaped(name)}: {y:0.0000} at {x:0}</title></circle>\n");
        }
        var last = points[^1];
        Add($"<text class=\"name {style}\" x=\"{X(last.X) + 10:0.0}\" y=\"{Y(last.Y) + 4 + nameShift:0.0}\">{Escaped(name)}</text>\n");
    }

    /// <summary>Lines in the order of <see cref="Styles"/>, their names moved apart where lines end close to each other.</summary>
    public void Lines(IReadOnlyList<(string Name, IReadOnlyList<(double X, double Y)> Points)> lines)
    {
        const double Gap = 14;
        double free = double.NegativeInfinity;
        var shifts = new double[lines.Count];
        foreach (int i in Enumerable.Range(0, lines.Count).OrderBy(i => Y(lines[i].Points[^1].Y)))
        {
            double wanted = Y(lines[i].Points[^1].Y), place = Math.Max(wanted, free);
            (shifts[i], free) = (place - wanted, place + Gap);
        }
        for (int i = 0; i < lines.Count; i++) Line(Styles[i % Styles.Count], lines[i].Name, lines[i].Points, shifts[i]);
    }

    /// <summary>A bar from <paramref name="from"/> to <paramref name="to"/> on the horizontal axis.</summary>
    public void Bar(double from, double to, double height, string title)
    {
        double left = X(from) + 0.5, width = Math.Max(1, X(to) - X(from) - 1);
        Add($"<rect class=\"bar\" x=\"{left:0.0}\" y=\"{Y(height):0.0}\" width=\"{width:0.0}\" height=\"{Y(_y.Low) - Y(height):0.0}\">");
        Add($"<title>{Escaped(title)}</title></rect>\n");
    }

    /// <summary>A dashed vertical line with a text at its top or foot, whichever the curve leaves free.</summary>
    public void Mark(double at, string text, bool isAtTop)
    {
        double y = isAtTop ? Top + 10 : Height - Bottom - 8;
        Add($"<line class=\"mark\" x1=\"{X(at):0.0}\" x2=\"{X(at):0.0}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/>");
        Add($"<text x=\"{X(at) + 6:0.0}\" y=\"{y:0.0}\">{Escaped(text)}</text>\n");
    }

    /// <summary>The finished element, for a page.</summary>
    public override string ToString() => $"<svg {_open}{_svg}</svg>\n";

    /// <summary>A file of its own, with its colours.</summary>
    public string ToDocument() => $"<svg xmlns=\"http://www.w3.org/2000/svg\" {_open}{Style}{_svg}</svg>\n";

    double X(double value) => Left + Math.Clamp(_x.Place(value), 0, 1) * (Width - Left - _right);

    double Y(double value) => Height - Bottom - Math.Clamp(_y.Place(value), 0, 1) * (Height - Top - Bottom);

    void Add(FormattableString text) => _svg.Append(Invariant(text));

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    static string Escaped(string text) => WebUtility.HtmlEncode(text);
}
