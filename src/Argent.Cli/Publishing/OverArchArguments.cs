using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Argent.Model;
using Argent.Training;

namespace Argent.Cli;

/// <summary>The options of <c>argent train</c> that concern the OverArch.</summary>
sealed class OverArchArguments
{
    readonly Option<string?> _kind = new("--over-arch")
    {
        Description = "Train a learned scorer of candidates over the towers: " + string.Join(", ", OverArchKinds.Names) + ".",
        HelpName = "KIND",
    };

    readonly Option<string?> _kindOptions = new("--over-arch-options")
    {
        Description = "Options of that kind as JSON, for example {\"hidden\":[64,32]}.",
        HelpName = "JSON",
    };

    readonly Option<string?> _features = new("--over-arch-features")
    {
        Description = "Cross features of the OverArch; all that the model can have when left out.",
        HelpName = "A,B",
    };

    readonly Option<int> _candidates = Numbers.AtLeast(2, Numbers.Create(
        "--over-arch-candidates",
        "Candidates of each user that the OverArch learns to tell apart; serving keeps as many for each head.",
        Defaults.Candidates));

    readonly Option<int> _users = Numbers.AtLeast(0, Numbers.Create(
        "--over-arch-users",
        "Users of whom the towers' training keeps events back for the OverArch, beside those that validate.",
        ScoredUsersDefault));

    readonly Option<bool> _keepTowers = new("--keep-towers")
    {
        Description = "Do not train towers: train the OverArch over those in --out.",
    };

    const int ScoredUsersDefault = 8000;

    static OverArchOptions Defaults { get; } = new() { Kind = "mlp" };

    /// <summary>All but <see cref="Users"/>.</summary>
    public IReadOnlyList<Option> Others => [_kind, _kindOptions, _features, _candidates, _keepTowers];

    /// <summary>The option that concerns the training of the towers.</summary>
    public Option Users => _users;

    /// <summary>Whether the towers of an earlier training stay.</summary>
    public bool KeepsTowers(CommandRun run) => run.Get(_keepTowers);

    /// <summary>Users of whom the towers keep events back for the OverArch.</summary>
    /// <param name="run">What was asked for.</param>
    /// <param name="isTemporal">Whether events are kept back by their time.</param>
    /// <exception cref="UsageException">A number of users where all users' last events are kept back.</exception>
    public int ScoredUsers(CommandRun run, bool isTemporal)
    {
        if (isTemporal && run.Has(_users))
        {
            throw new UsageException(
                $"{_users.Name} cannot be with --sequence or --trend-days: with them events are kept back by time.");
        }
        return run.Get(_kind) is null || isTemporal ? 0 : run.Get(_users);
    }

    /// <summary>What is asked for, or null for no OverArch.</summary>
    /// <exception cref="UsageException">Options without a kind, or options that are no JSON object.</exception>
    public OverArchOptions? Read(CommandRun run, bool resume)
    {
        if (run.Get(_kind) is not { } kind)
        {
            Option[] dependent = [_kindOptions, _features, _candidates, _users, _keepTowers];
            if (dependent.FirstOrDefault(run.Has) is { } option) throw new UsageException($"{option.Name} needs --over-arch KIND.");
            return null;
        }
        return Defaults with
        {
            Kind = kind,
            KindOptions = Json(run.Get(_kindOptions)),
            Features = run.Get(_features)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            Candidates = run.Get(_candidates),
            Seed = run.Seed ?? Defaults.Seed,
            Resume = resume,
        };
    }

    /// <summary>How the towers in a folder were trained.</summary>
    /// <exception cref="InvalidDataException">The folder has no report of a training.</exception>
    public static TrainOptions TowersOf(string folder)
    {
        string path = Path.Combine(folder, TrainedModel.ReportFile);
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"There are no trained towers in '{folder}': it has no {TrainedModel.ReportFile}.");
        }
        return StrictJson.Read<TrainResult>(File.ReadAllBytes(path), path).Options with { Out = folder };
    }

    /// <summary>Tells what a training did.</summary>
    public static void Write(TextWriter output, OverArchResult result)
    {
        var best = result.Epochs[result.BestEpoch - 1];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"over arch '{result.Options.Kind}': {result.Weights:N0} weights, {result.Neighbours:N0} neighbour weights, ") +
            string.Create(CultureInfo.InvariantCulture, $"epoch {result.BestEpoch} of {result.Epochs.Count} kept: ") +
            string.Create(
                CultureInfo.InvariantCulture, $"Recall@20 {best.Recall20:0.0000}, Recall@100 {best.Recall100:0.0000}"));
    }

    static JsonElement? Json(string? text)
    {
        if (text is null) return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new UsageException($"--over-arch-options is no JSON: {e.Message}");
        }
        throw new UsageException("--over-arch-options must be a JSON object such as {\"hidden\":[64,32]}.");
    }
}
