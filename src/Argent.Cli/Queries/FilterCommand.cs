using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argent.Data;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>Answers many filters over raw feature and value numbers: one JSON line of row numbers per filter.</summary>
sealed class FilterCommand : ArgentCommand
{
    readonly Option<bool> _ids = new("--ids")
    {
        Description = "Features and values are numbers: 1:100 AND NOT 2:201.",
        Required = true,
    };

    readonly Option<string> _offsets = new("--offsets")
    {
        Description = "int64 [items * features + 1]: where the values of each item and feature start.",
        HelpName = "F.i64",
        Required = true,
    };

    readonly Option<string> _values = new("--values")
    {
        Description = "int64 [values]: the values, item by item and feature by feature.",
        HelpName = "F.i64",
        Required = true,
    };

    readonly Option<string> _features = new("--features")
    {
        Description = "int32 [features]: the number of each feature.",
        HelpName = "F.i32",
        Required = true,
    };

    readonly Option<string> _filters = new("--filters")
    {
        Description = "One filter per line; an empty line matches every item.",
        HelpName = "F.txt",
        Required = true,
    };

    /// <summary>The command.</summary>
    public FilterCommand()
        : base(
            "filter",
            "Print the rows that match each filter over raw feature and value numbers.",
            "argent filter --ids --offsets offsets.i64 --values values.i64 --features features.i32 --filters filters.txt")
    {
        Add(_ids);
        Add(_offsets);
        Add(_values);
        Add(_features);
        Add(_filters);
    }

    /// <inheritdoc/>
    public override Task<int> RunAsync(CommandRun run)
    {
        var table = new IdTable(
            Tensor.From<int>(RawReader.ReadInt32(run.Require(_features))),
            Tensor.From<long>(RawReader.ReadInt64(run.Require(_offsets))),
            Tensor.From<long>(RawReader.ReadInt64(run.Require(_values))));
        var filters = File.ReadLines(run.Require(_filters)).Select(Parse).ToList();
        using var answers = table.Search([.. filters.Where(f => f.Filter is not null).Select(f => f.Filter!)]).GetEnumerator();
        foreach (var (filter, error) in filters)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            if (filter is not null && answers.MoveNext()) WriteRows(run.Terminal.Output, answers.Current);
            else WriteError(run.Terminal, error!);
        }
        return Task.FromResult(filters.TrueForAll(f => f.Error is null) ? ExitCode.Done : ExitCode.BadInput);
    }

    static (IdFilter? Filter, FilterException? Error) Parse(string text, int index)
    {
        try
        {
            return (IdFilter.Parse(text, index + 1), null);
        }
        catch (FilterException e)
        {
            // One bad filter is no reason to leave the others without an answer.
            return (null, e);
        }
    }

    static void WriteRows(TextWriter output, int[] rows)
    {
        output.Write('[');
        for (int i = 0; i < rows.Length; i++)
        {
            if (i > 0) output.Write(',');
            output.Write(rows[i].ToString(CultureInfo.InvariantCulture));
        }
        output.WriteLine(']');
    }

    static void WriteError(Terminal terminal, FilterException error)
    {
        terminal.Output.WriteLine(new JsonObject { ["error"] = error.Message }.ToJsonString(JsonSerializerOptions.Web));
        terminal.Error.WriteLine($"argent filter: {error.Message}");
    }
}
