using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Argent.Model;

namespace Argent.Cli;

/// <summary>Shows what an artifact is and holds.</summary>
sealed class InspectCommand : ArgentCommand
{
    readonly Argument<string> _artifact = ArtifactArgument.Create();

    /// <summary>The command.</summary>
    public InspectCommand()
        : base("inspect", "Show what an artifact is and holds.", "argent inspect models/books --format json") => Add(_artifact);

    /// <inheritdoc/>
    public override Task<int> RunAsync(CommandRun run)
    {
        using var artifact = Artifact.Open(Artifact.Resolve(run.Require(_artifact)));
        var manifest = artifact.Manifest;
        var json = JsonSerializer.SerializeToNode(manifest, StrictJson.Options)!.AsObject();
        json.Insert(0, "folder", artifact.Folder);
        json.Insert(1, "bytes", Bytes(manifest));
        run.Print(json, output => Write(output, artifact));
        return Task.FromResult(ExitCode.Done);
    }

    static long Bytes(Manifest manifest) => manifest.Parts.Sum(p => p.Bytes) + manifest.Documents.Sum(d => d.Bytes);

    static void Write(TextWriter output, Artifact artifact)
    {
        var manifest = artifact.Manifest;
        void Line(string name, string value) => output.WriteLine($"{name,-11} {value}");
        Line("artifact", manifest.Id());
        Line("folder", artifact.Folder);
        Line("kind", $"{manifest.Kind}, format {manifest.FormatVersion}");
        Line("model", Text($"{manifest.Model.Dim} dims, {manifest.Model.Metric}, tasks {string.Join(", ", manifest.Model.Tasks)}"));
        Line("value", manifest.Value);
        Line("blend", manifest.Blend.ToString());
        Line("items", Text($"{manifest.Lists.Items:N0} in {manifest.Lists.Slots:N0} slots"));
        Line("lists", Text($"{manifest.Lists.NList:N0}, of which {manifest.Lists.DefaultNProbe:N0} are probed by default"));
        foreach (var feature in manifest.Features)
        {
            Line("feature", Text($"{feature.Name} ({feature.Type}, {feature.Index}, {feature.Values:N0} values)"));
        }
        if (manifest.Bloom is { } bloom)
        {
            Line("filter", Text($"{bloom.ExactRows:N0} exact rows, {bloom.HashCount} hashes, false positives ") +
                Text($"{bloom.MeasuredFalsePositiveRate:0.####} measured, {bloom.DeclaredFalsePositiveRate:0.####} declared"));
        }
        Line("seed", Text($"{manifest.Lineage.Seed}"));
        Line("data", Or(manifest.Lineage.DatasetHash, "not known"));
        Line("training", Or(manifest.Lineage.ConfigHash, "none"));
        Line("bytes", Text($"{Bytes(manifest):N0}"));
        foreach (var tensor in manifest.Tensors)
        {
            output.WriteLine($"  {tensor.Name,-32} {tensor.Dtype,-5} [{string.Join(", ", tensor.Shape)}]  {tensor.File}");
        }
    }

    static string Or(string text, string otherwise) => text.Length > 0 ? text : otherwise;

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
