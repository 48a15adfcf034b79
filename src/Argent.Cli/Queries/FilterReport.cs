using System.Globalization;
using System.Text.Json.Nodes;
using Argent.Model;

namespace Argent.Cli;

/// <summary>What <c>argent filter</c> prints of a filter.</summary>
/// <param name="Artifact">The model's name and version.</param>
/// <param name="Model">The model.</param>
/// <param name="Analysis">What was found.</param>
sealed record FilterReport(string Artifact, RetrievalModel Model, FilterAnalysis Analysis)
{
    // The texts of long lists are cut in tables; JSON has them whole.
    const int TextMax = 60;

    ScanCounts Counts => Analysis.Counts;

    double Microseconds => Analysis.Duration.TotalMicroseconds;

    /// <summary>As JSON.</summary>
    public JsonObject ToJson()
    {
        var listing = Analysis.Listing;
        return new JsonObject
        {
            ["artifact"] = Artifact,
            ["filter"] = Analysis.Filter.ToString(),
            ["json"] = JsonNode.Parse(FilterJson.Write(Analysis.Filter)),
            ["items"] = Counts.Items,
            ["matches"] = Counts.Matched,
            ["passMask"] = Counts.Passed,
            ["falsePositiveRate"] = Analysis.FalsePositiveRate,
            ["estimate"] = Json(Analysis.Estimate),
            ["rowsPerBlock"] = Analysis.Rows,
            ["fullPassUs"] = Microseconds,
            ["leaves"] = new JsonArray([.. Analysis.Leaves.Select(leaf => new JsonObject
            {
                ["filter"] = leaf.Text,
                ["matches"] = leaf.Counts.Matched,
                ["selectivity"] = Share(leaf.Counts.Matched),
                ["passMask"] = leaf.Counts.Passed,
                ["estimate"] = Json(leaf.Estimate),
                ["answer"] = Name(leaf.Answer),
                ["rowsPerBlock"] = leaf.Rows,
            })]),
            ["mask"] = new JsonObject { ["program"] = listing.Mask, ["leaves"] = Json(listing.MaskLeaves) },
            ["exact"] = new JsonObject
            {
                ["program"] = listing.Exact,
                ["verified"] = listing.Open,
                ["leaves"] = Json(listing.ExactLeaves),
            },
            ["samples"] = new JsonArray([.. Analysis.Samples.Select(Sample)]),
        };
    }

    /// <summary>For a person.</summary>
    public void Write(TextWriter output)
    {
        var (estimate, listing) = (Analysis.Estimate, Analysis.Listing);
        output.WriteLine(Text($"filter     {Cut(Analysis.Filter.ToString(), 4 * TextMax)}"));
        output.WriteLine(Text($"matches    {Counts.Matched:N0} of {Counts.Items:N0} items of {Artifact}, {Percent(Counts.Matched)}"));
        output.WriteLine(Text($"estimated  {estimate.Expected:N0}, at least {estimate.Least:N0}, at most {estimate.Most:N0}"));
        output.WriteLine(Text($"mask       {Counts.Passed:N0} pass; {Analysis.FalsePositiveRate:P4} of those that do not match"));
        output.WriteLine(Text($"cost       {Analysis.Rows} rows of 64 bytes for each 512 slots, {Microseconds:N0} us for all items"));
        output.WriteLine();
        WriteLeaves(output);
        WriteProgram(output, "mask program", listing.Mask, listing.MaskLeaves, 'm');
        WriteProgram(output, "exact program", listing.Exact, listing.ExactLeaves, 'e');
        output.WriteLine(
            listing.Open == "TRUE" ? "  nothing is verified: the mask is exact" : $"  verified of what passes the mask: {listing.Open}");
        WriteSamples(output);
    }

    void WriteLeaves(TextWriter output)
    {
        int width = Math.Min(TextMax, Math.Max(4, Analysis.Leaves.Select(l => l.Text.Length).DefaultIfEmpty(0).Max()));
        output.WriteLine($"{"leaf".PadRight(width)} {"matches",12} {"share",10} {"estimated",12} {"pass mask",12} {"rows",5}  answered by");
        foreach (var leaf in Analysis.Leaves)
        {
            output.WriteLine(
                Text($"{Cut(leaf.Text, width).PadRight(width)} {leaf.Counts.Matched,12:N0} {Percent(leaf.Counts.Matched),10} ") +
                Text($"{leaf.Estimate.Expected,12:N0} {leaf.Counts.Passed,12:N0} {leaf.Rows,5}  {Name(leaf.Answer)}"));
        }
        output.WriteLine();
    }

    static void WriteProgram(TextWriter output, string title, string program, IReadOnlyList<string> leaves, char name)
    {
        output.WriteLine($"{title}: {Cut(program, 4 * TextMax)}");
        for (int i = 0; i < leaves.Count; i++) output.WriteLine(Text($"  {name}{i}  {leaves[i]}"));
    }

    void WriteSamples(TextWriter output)
    {
        if (Analysis.Samples.Count == 0) return;
        output.WriteLine();
        output.WriteLine("sample items");
        foreach (var sample in Analysis.Samples.Select(Sample))
        {
            var values = sample["values"]!.AsObject().Select(v => $"{v.Key}: {Cut(string.Join(", ", v.Value!.AsArray()), TextMax)}");
            output.WriteLine($"  {sample["id"]}  {sample["title"]}  {string.Join("; ", values)}");
        }
    }

    JsonObject Sample(int slot)
    {
        int row = Model.Index.Lists.Rows[slot];
        var values = new JsonObject();
        for (int f = 0; f < Model.Schema.Features.Count; f++)
        {
            values[Model.Schema.Features[f].Name] = Json(FeatureText.Of(Model.ForwardIndex, f, slot));
        }
        return new JsonObject { ["id"] = Model.Items.Text(row), ["title"] = Model.Title(row), ["values"] = values };
    }

    static string Name(LeafAnswer answer) => answer switch
    {
        LeafAnswer.Constant => "nothing to look up",
        LeafAnswer.Bitmaps => "bitmap rows",
        LeafAnswer.Codes => "bit-sliced codes",
        LeafAnswer.Bloom => "Bloom rows",
        _ => "verification only",
    };

    double Share(long items) => Counts.Items == 0 ? 0 : (double)items / Counts.Items;

    string Percent(long items) => Text($"{100 * Share(items):0.####} %");

    static JsonObject Json(MatchEstimate estimate) => new()
    {
        ["expected"] = estimate.Expected,
        ["least"] = estimate.Least,
        ["most"] = estimate.Most,
    };

    static JsonArray Json(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    static string Cut(string text, int most) => text.Length <= most ? text : text[..(most - 3)] + "...";

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
