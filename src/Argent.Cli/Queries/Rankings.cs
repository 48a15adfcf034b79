using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Argent.Data;
using Argent.Model;
using Argent.Serving;

namespace Argent.Cli;

/// <summary>Scores given items: those of the options for one user, or one JSON request per line of a file.</summary>
sealed class Rankings(OpenModel model, CommandRun run, QueryOptions options)
{
    static readonly JsonWriterOptions _json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Options that have no meaning here, and those that a file has in its lines.</summary>
    public static void CheckOptions(CommandRun run, QueryOptions options)
    {
        Option[] foreign = [options.NProbe, options.Rescore, options.Exclude, options.Only, options.Scores, options.Batch];
        if (Array.Find(foreign, run.Has) is { } other)
        {
            throw new UsageException($"--rank and {other.Name} do not go together: every given item is scored exactly, and no other.");
        }
        bool isFile = run.Get(options.Requests) is not null;
        if (run.Get(options.Rank) is not null == isFile)
        {
            throw new UsageException("--rank takes item ids, ID,ID,..., or none with --requests, whose lines have 'items'.");
        }
        Option[] asking =
        [
            options.User, options.History, options.Feature, options.Vectors, options.K, options.Sort, options.Filter, options.Value,
        ];
        if (isFile && Array.Find(asking, run.Has) is { } inLines)
        {
            throw new UsageException($"--requests and {inLines.Name} do not go together: the lines have the whole requests.");
        }
        if (!isFile && run.Get(options.Out) is not null) throw new UsageException("--out goes with --requests or --vectors.");
    }

    /// <summary>Answers what the options ask; the result is an <see cref="ExitCode"/>.</summary>
    public async Task<int> AnswerAsync()
    {
        if (run.Get(options.Requests) is { } file) return await AnswerFileAsync(file);
        var response = model.Rank(Asked());
        if (run.IsJson)
        {
            run.Terminal.Output.WriteLine(Encoding.UTF8.GetString(await BytesAsync(response)));
        }
        else
        {
            Write(run.Terminal.Output, response);
        }
        return ExitCode.Done;
    }

    RankingRequest Asked()
    {
        var asked = AskedRequest.Read(run, options, model.Model);
        if (run.Get(options.Vectors) is { } vectors)
        {
            AskedRequest.CheckUser(run, options);
            asked = asked with { User = AskedRequest.Query(VectorReader.Read(vectors), vectors, 0, model.Model) };
        }
        return new RankingRequest
        {
            User = asked.User,
            Items = AskedRequest.Ids(run.Get(options.Rank))!,
            Filter = asked.Filter,
            Value = asked.Value,
            Sort = run.Get(options.Sort),
            K = run.Has(options.K) ? asked.K : null,
        };
    }

    async Task<int> AnswerFileAsync(string path)
    {
        string? target = run.Get(options.Out);
        var times = new QueryTimes();
        int failed = 0;
        using (var lines = File.OpenText(path))
        using (var file = target is null ? null : new PartialFile(target))
        {
            while (await lines.ReadLineAsync(run.Cancellation) is { } line)
            {
                if (string.IsNullOrWhiteSpace(line)) continue;
                long start = Stopwatch.GetTimestamp();
                var (answer, isWrong) = await AnswerLineAsync(line);
                times.Add(start, 1);
                failed += isWrong ? 1 : 0;
                if (file is null) run.Terminal.Output.WriteLine(Encoding.UTF8.GetString(answer));
                else file.Stream.Write([.. answer, (byte)'\n']);
            }
            file?.Complete();
        }
        run.Note(times.ToString());
        if (failed > 0)
        {
            run.Terminal.Error.WriteLine($"argent query: {failed} of {times.Requests} requests are wrong; their answers say why.");
        }
        if (target is not null && run.IsJson)
        {
            var json = times.ToJson();
            json["failed"] = failed;
            run.Print(json, _ => { });
        }
        return failed == 0 ? ExitCode.Done : ExitCode.BadInput;
    }

    async Task<(byte[] Answer, bool IsWrong)> AnswerLineAsync(string line)
    {
        try
        {
            var request = RankingRequestJson.Read(Encoding.UTF8.GetBytes(line), model.Model.HistoryTask);
            return (await BytesAsync(model.Rank(request)), false);
        }
        catch (RequestException e)
        {
            using var bytes = new MemoryStream();
            using (var json = new Utf8JsonWriter(bytes, _json)) RequestFile.WriteError(json, e);
            return (bytes.ToArray(), true);
        }
    }

    async Task<byte[]> BytesAsync(RankingResponse response)
    {
        using var bytes = new MemoryStream();
        await using (var json = new Utf8JsonWriter(bytes, _json))
        {
            await RankingResponseJson.WriteAsync(json, response, model.Model.Tasks, run.Cancellation);
        }
        return bytes.ToArray();
    }

    void Write(TextWriter output, RankingResponse response)
    {
        output.WriteLine($"{"score",8}  {string.Join("  ", model.Model.Tasks.Select(t => $"{t,8}"))}  {"id",-10}  title");
        foreach (var item in response.Items)
        {
            string values = string.Join("  ",
                item.Tasks.ToArray().Select(v => v.ToString("0.0000", CultureInfo.InvariantCulture).PadLeft(8)));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{item.Score,8:0.0000}  {values}  {item.Id,-10}  {model.Model.Title(item.Row)}"));
        }
        output.WriteLine($"{response.Scored} items scored");
        if (response.Missing.Count > 0) output.WriteLine($"not in the model: {string.Join(", ", response.Missing)}");
        if (response.Ineligible.Count > 0) output.WriteLine($"do not match the filter: {string.Join(", ", response.Ineligible)}");
    }
}
