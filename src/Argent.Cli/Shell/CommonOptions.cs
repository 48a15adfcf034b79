using System.CommandLine;

namespace Argent.Cli;

/// <summary>The options that every command takes.</summary>
sealed class CommonOptions
{
    /// <summary>How results are printed.</summary>
    public Option<string> Format { get; } = new Option<string>("--format")
    {
        Description = "How results are printed.",
        HelpName = "human|json",
        DefaultValueFactory = _ => "human",
        Recursive = true,
    }.AcceptOnlyFromAmong("human", "json");

    /// <summary>No progress and no notes.</summary>
    public Option<bool> Quiet { get; } = new("--quiet", "-q")
    {
        Description = "No progress and no notes on standard error.",
        Recursive = true,
    };

    /// <summary>Threads of the kernels.</summary>
    public Option<int> Threads { get; } = Numbers.AtLeast(0, new Option<int>("--threads")
    {
        Description = "Threads for heavy work; 0 is one per processor. Results do not depend on it.",
        HelpName = "n",
        Recursive = true,
    });

    /// <summary>The seed of everything random.</summary>
    public Option<ulong?> Seed { get; } = new("--seed")
    {
        Description = "Seed of everything random.",
        HelpName = "n",
        Recursive = true,
    };

    /// <summary>Where the arithmetic runs.</summary>
    public Option<string> Device { get; } = OnlyCpu(new Option<string>("--device")
    {
        Description = "Where the arithmetic runs; this build knows the CPU.",
        HelpName = "cpu",
        DefaultValueFactory = _ => "cpu",
        Recursive = true,
    });

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [Format, Quiet, Threads, Seed, Device];

    static Option<string> OnlyCpu(Option<string> option)
    {
        option.Validators.Add(result =>
        {
            string? device = result.Tokens.Count > 0 ? result.Tokens[0].Value : "cpu";
            if (device != "cpu") result.AddError($"--device is '{device}'; this build computes on 'cpu' only.");
        });
        return option;
    }
}
