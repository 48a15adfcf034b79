using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argent.Data;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>One run of a command: the values of its options, where it writes, and what long work reports to.</summary>
sealed class CommandRun(ParseResult options, CommonOptions common, Terminal terminal, CancellationToken cancellation) : IDisposable
{
    /// <summary>How every command writes JSON.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    Workers? _workers;
    CudaKernels? _gpu;

    /// <summary>Where it writes.</summary>
    public Terminal Terminal { get; } = terminal;

    /// <summary>Cancelled by Ctrl-C and by SIGTERM.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>True when results are one JSON document.</summary>
    public bool IsJson => options.GetValue(common.Format) == "json";

    /// <summary>True when only results and errors are wanted.</summary>
    public bool IsQuiet => options.GetValue(common.Quiet);

    /// <summary>The seed that was given, or null.</summary>
    public ulong? Seed => options.GetValue(common.Seed);

    /// <summary>Where the arithmetic runs.</summary>
    public Device Device => options.GetValue(common.Device);

    /// <summary>The crew of threads.</summary>
    public Workers Workers => _workers ??= new Workers(options.GetValue(common.Threads));

    /// <summary>The arithmetic of --device, for the commands whose heavy work may run on a GPU.</summary>
    public IKernels Kernels => field ??= CreateKernels();

    /// <summary>What long work reports to; it ends the work when the run is cancelled.</summary>
    public Progress Progress => field ??= ProgressLines.For(this);

    /// <summary>The value of an option.</summary>
    public T? Get<T>(Option<T> option) => options.GetValue(option);

    /// <summary>The value of an option that the parser requires.</summary>
    public T Require<T>(Option<T> option) => options.GetRequiredValue(option);

    /// <summary>The value of an argument.</summary>
    public T Require<T>(Argument<T> argument) => options.GetRequiredValue(argument);

    /// <summary>True when the option stands on the command line.</summary>
    public bool Has(Option option) => options.GetResult(option) is { Implicit: false };

    /// <summary>Prints the result: the JSON document, or what <paramref name="human"/> writes.</summary>
    public void Print(JsonNode json, Action<TextWriter> human)
    {
        if (IsJson) Terminal.Output.WriteLine(json.ToJsonString(Json));
        else human(Terminal.Output);
    }

    /// <summary>A sentence on standard error, unless the run is quiet.</summary>
    public void Note(string sentence)
    {
        if (!IsQuiet) Terminal.Error.WriteLine(sentence);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gpu?.Dispose();
        _workers?.Dispose();
    }

    IKernels CreateKernels()
    {
        var host = CpuKernels.Create(Workers);
        if (Device.Kind == DeviceKind.Cpu) return host;
        return _gpu = CudaKernels.Open(Device.Ordinal, host);
    }
}
