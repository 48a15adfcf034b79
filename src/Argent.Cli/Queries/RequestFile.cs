using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Argent.Model;
using Argent.Serving;

namespace Argent.Cli;

/// <summary>
/// Answers a file with one JSON request per line by one JSON line each, in the same order. A request that is wrong gets
/// a line that says so; the others are answered.
/// </summary>
sealed class RequestFile(OpenModel model, CommandRun run, QueryOptions options)
{
    static readonly JsonWriterOptions _json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly List<RequestException?> _errors = [];
    readonly List<RetrievalRequest> _requests = [];
    int _failed;

    /// <summary>Answers every line; the result is an <see cref="ExitCode"/>.</summary>
    public int Answer(string path)
    {
        string? target = run.Get(options.Out);
        var times = new QueryTimes();
        using (var lines = File.OpenText(path))
        using (var file = target is null ? null : new PartialFile(target))
        {
            Stream output = file is null ? new MemoryStream() : file.Stream;
            var batch = new RetrievalBatch(run.Get(options.Batch));
            while (Fill(batch, lines))
            {
                run.Cancellation.ThrowIfCancellationRequested();
                long start = Stopwatch.GetTimestamp();
                model.Forward(batch);
                times.Add(start, _errors.Count);
                Write(output, batch);
                if (output is MemoryStream memory) Flush(memory);
            }
            file?.Complete();
        }
        run.Note(times.ToString());
        if (_failed > 0)
        {
            run.Terminal.Error.WriteLine($"argent query: {_failed} of {times.Requests} requests are wrong; their answers say why.");
        }
        if (target is not null && run.IsJson)
        {
            var json = times.ToJson();
            json["failed"] = _failed;
            run.Print(json, _ => { });
        }
        return _failed == 0 ? ExitCode.Done : ExitCode.BadInput;
    }

    /// <summary>Reads requests until the batch is full or the file ends; false when there are none.</summary>
    bool Fill(RetrievalBatch batch, StreamReader lines)
    {
        batch.Clear();
        _errors.Clear();
        _requests.Clear();
        while (_errors.Count < batch.Capacity && lines.ReadLine() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                var request = RetrievalRequestJson.Read(Encoding.UTF8.GetBytes(line), model.Model.HistoryTask);
                batch.Add(model.Model.Prepare(request));
                _requests.Add(request);
                _errors.Add(null);
            }
            catch (RequestException e)
            {
                _errors.Add(e);
                _failed++;
            }
        }
        return _errors.Count > 0;
    }

    void Write(Stream output, RetrievalBatch batch)
    {
        using var json = new Utf8JsonWriter(output, _json);
        int next = 0;
        foreach (var error in _errors)
        {
            if (error is null)
            {
                var response = batch.Respond(next, model.Snapshot.Id, model.Snapshot.Watermark);
                var request = _requests[next++];
                RetrievalResponseJson.Write(json, request.Explain ? model.Explain(request, response) : response, model.Model.Tasks);
            }
            else
            {
                WriteError(json, error);
            }
            json.Flush();
            output.WriteByte((byte)'\n');
            json.Reset();
        }
    }

    /// <summary>A wrong request's line.</summary>
    public static void WriteError(Utf8JsonWriter json, RequestException error)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("kind", JsonNamingPolicy.CamelCase.ConvertName(error.Kind.ToString()));
        json.WriteString("detail", error.Message);
        if (error.Line is { } line && error.Column is { } column)
        {
            json.WriteStartObject("position");
            json.WriteNumber("line", line);
            json.WriteNumber("column", column);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    void Flush(MemoryStream answers)
    {
        run.Terminal.Output.Write(Encoding.UTF8.GetString(answers.GetBuffer(), 0, (int)answers.Length));
        answers.SetLength(0);
    }
}
