using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argent.Data;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>Answers many filters over raw feature and value numbers: one JSON line of row numbers per filter.</summary>
sealed class NumberFilters(CommandRun run)
{
    /// <summary>Reads the files and prints the answers; an exit code.</summary>
    public int Answer(string features, string offsets, string values, string filterFile)
    {
        var table = new IdTable(
            Tensor.From<int>(RawReader.ReadInt32(features)),
            Tensor.From<long>(RawReader.ReadInt64(offsets)),
            Tensor.From<long>(RawReader.ReadInt64(values)));
        var filters = File.ReadLines(filterFile).Select(Parse).ToList();
        using var answers = table.Search([.. filters.Where(f => f.Filter is not null).Select(f => f.Filter!)]).GetEnumerator();
        foreach (var (filter, error) in filters)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            if (filter is not null && answers.MoveNext()) WriteRows(run.Terminal.Output, answers.Current);
            else WriteError(run.Terminal, error!);
        }
        return filters.TrueForAll(f => f.Error is null) ? ExitCode.Done : ExitCode.BadInput;
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
