using System.Globalization;
using System.Text.RegularExpressions;

namespace Argent.Data.Tests.Plots;

public sealed partial class SvgPlotWidthTests
{
    [Theory]
    [InlineData(96)]
    [InlineData(200)]
    public void A_line_ends_where_its_axis_ends_whatever_room_the_names_take(double nameWidth)
    {
        var axis = PlotAxis.Linear("x", 0, 10, "0");
        var plot = new SvgPlot("t", axis, PlotAxis.Linear("y", 0, 1, "0.0"), nameWidth);
        plot.Line("first", "a", [(0, 0), (10, 1)], 0);
        string svg = plot.ToString();
        double end = Number(GridEnd().Match(svg));
        double last = Number(Points().Match(svg));
        Assert.Equal(680 - nameWidth, end);
        Assert.Equal(end, last);
    }

    static double Number(Match match) => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("class=\"grid\" x1=\"[0-9.]+\" x2=\"([0-9.]+)\"")]
    private static partial Regex GridEnd();

    [GeneratedRegex("points=\"[0-9.,]+ ([0-9.]+),")]
    private static partial Regex Points();
}
