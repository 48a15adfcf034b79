using System.Diagnostics;
using System.Globalization;
using Argent.Model;

namespace Argent.Cli.Tests;

/// <summary>Runs samples/own-overarch as anybody would, and looks at what it left behind.</summary>
public sealed class OwnOverArchTests
{
    [Fact]
    public async Task The_sample_trains_publishes_and_serves_an_OverArch_of_its_own()
    {
        using var folder = new TemporaryFolder();
        string[] lines = await RunAsync(folder.Path);
        // Its weights: [D, H * D] and D of the user, [T, D + F] and T of the output, with two tasks of 16 dimensions.
        double[] figures =
            [.. lines[0].Split(' ').Where(w => char.IsAsciiDigit(w[0])).Select(w => double.Parse(w, CultureInfo.InvariantCulture))];
        Assert.True(figures[2] < figures[1], $"The loss did not fall: {lines[0]}");
        Assert.Equal(5, lines.Length - 1);

        using var artifact = Artifact.Open(Artifact.Resolve(folder["models"]));
        var scorer = artifact.Manifest.Model.OverArch;
        Assert.Equal("crossed", scorer!.Kind);
        int features = scorer.Features.Count;
        Assert.Equal((16 * 32) + 16 + (2 * (16 + features)) + 2, (int)figures[0]);
        string[] names = [.. artifact.Manifest.Tensors.Select(t => t.Name)];
        Assert.All(
            (string[])["user.weight", "user.bias", "output.weight", "output.bias"], name => Assert.Contains("over_arch." + name, names));
    }

    [Fact]
    public void A_kind_that_nobody_registered_is_refused_in_a_sentence()
    {
        var towers = new TowerConfig { Dim = 4, Tasks = ["save"], Histories = ["save"] };
        var config = new OverArchConfig { Kind = "crosed" };
        var error = Assert.Throws<InvalidDataException>(() => OverArchKinds.Create(config, towers, OverArchWeights.New(1)));
        Assert.Contains("'crosed'", error.Message, StringComparison.Ordinal);
        Assert.Contains("mlp", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The program in a process of its own, as it lies beside the tests.</summary>
    static async Task<string[]> RunAsync(string folder)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string program = Path.Combine(AppContext.BaseDirectory, "OwnOverArch.dll");
        var start = new ProcessStartInfo(dotnet, [program, folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var token = TestContext.Current.CancellationToken;
        var error = process.StandardError.ReadToEndAsync(token);
        string output = await process.StandardOutput.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        Assert.True(process.ExitCode == 0, await error);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
