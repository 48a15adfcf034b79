using System.CommandLine;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>--memory: how an artifact's tensors come into memory.</summary>
static class MemoryOption
{
    const string Mapped = "mapped", Resident = "resident";

    /// <summary>The option with its default.</summary>
    public static Option<string> Create(FileMemory byDefault) => new Option<string>("--memory")
    {
        Description = "mapped opens at once and reads what is used; resident reads everything into large pages and searches faster.",
        HelpName = $"{Mapped}|{Resident}",
        DefaultValueFactory = _ => byDefault == FileMemory.Mapped ? Mapped : Resident,
    }.AcceptOnlyFromAmong(Mapped, Resident);

    /// <summary>What was chosen.</summary>
    public static FileMemory Get(CommandRun run, Option<string> option) =>
        run.Get(option) == Mapped ? FileMemory.Mapped : FileMemory.Resident;
}
