using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Argent.Model;
using Argent.Training;

namespace Argent.Cli;

/// <summary>Makes a trained model of weights that were trained elsewhere.</summary>
sealed class ImportCommand : ArgentCommand
{
    readonly Option<string> _map = new("--map")
    {
        Description = "The model's description, and which tensors of which files its tensors are made of; see docs/weights.md.",
        HelpName = "MAP.json",
        Required = true,
    };

    readonly Option<string> _out = new("--out")
    {
        Description = "Folder for the trained model.",
        HelpName = "TRAINED",
        Required = true,
    };

    /// <summary>The command.</summary>
    public ImportCommand()
        : base(
            "import",
            "Make a trained model of weights that were trained elsewhere.",
            "argent import --map exported/map.json --out trained/imported")
    {
        Add(_map);
        Add(_out);
    }

    /// <inheritdoc/>
    public override Task<int> RunAsync(CommandRun run)
    {
        var result = WeightImport.Run(run.Require(_map), run.Require(_out));
        run.Print(JsonSerializer.SerializeToNode(result, StrictJson.Options)!, output =>
        {
            int width = result.Tensors.Select(t => t.Path.Length).DefaultIfEmpty(0).Max();
            foreach (var tensor in result.Tensors)
            {
                output.WriteLine($"{tensor.Path.PadRight(width)}  [{string.Join(", ", tensor.Shape)}] of {tensor.From}");
            }
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{result.Folder}: {result.Name}, {result.Items:N0} items, {result.Weights:N0} weights"));
        });
        return Task.FromResult(ExitCode.Done);
    }
}
