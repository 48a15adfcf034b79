using System.CommandLine;
using Argent.Tensors;

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
    public Option<Device> Device { get; } = DeviceOption.Create();

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [Format, Quiet, Threads, Seed, Device];
}
