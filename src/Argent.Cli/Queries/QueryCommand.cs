using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argent.Model;
using Argent.Serving;

namespace Argent.Cli;

/// <summary>Asks a published model in this process: one user, a file of requests, a file of query vectors, or scores of items.</summary>
sealed class QueryCommand : ArgentCommand
{
    readonly QueryOptions _options = new();

    /// <summary>The command.</summary>
    public QueryCommand()
        : base(
            "query",
            "Ask a published model, without a server: one user, a file of requests, or a file of query vectors.",
            "argent query --model models/books --history 17,2051 --k 5 --filter \"language = 'eng' AND year >= 1990\"")
    {
        foreach (var option in _options.All) Add(option);
    }

    /// <inheritdoc/>
    public override bool RunsOnGpu => true;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CommandRun run)
    {
        if (run.Has(_options.Rank)) return await RankAsync(run);
        if (run.Get(_options.Sort)) throw new UsageException("--sort goes with --rank: a search is always sorted.");
        string? requests = run.Get(_options.Requests), vectors = run.Get(_options.Vectors);
        if (requests is not null && vectors is not null) throw new UsageException("--requests and --vectors do not go together.");
        if (vectors is not null && run.Get(_options.Out) is null) throw new UsageException("--vectors needs --out, a file for the ids.");
        if (requests is null && vectors is null && run.Get(_options.Out) is not null)
        {
            throw new UsageException("--out goes with --requests or --vectors.");
        }
        using var model = OpenModel.Open(run.Require(_options.Model), run, MemoryOption.Get(run, _options.Memory));
        if (requests is not null) return new RequestFile(model, run, _options).Answer(requests);
        if (vectors is not null) return new VectorFile(model, run, _options).Answer(vectors);
        AskOnce(model, run);
        return ExitCode.Done;
    }

    async Task<int> RankAsync(CommandRun run)
    {
        Rankings.CheckOptions(run, _options);
        using var model = OpenModel.Open(run.Require(_options.Model), run, MemoryOption.Get(run, _options.Memory));
        return await new Rankings(model, run, _options).AnswerAsync();
    }

    void AskOnce(OpenModel model, CommandRun run)
    {
        var request = AskedRequest.Read(run, _options, model.Model);
        var batch = new RetrievalBatch(1);
        batch.Add(model.Model.Prepare(request));
        model.Forward(batch);
        var response = batch.Respond(0, model.Snapshot.Id, model.Snapshot.Watermark);
        run.Print(ToJson(response, model.Model.Tasks), output => Write(output, response, model.Model.Tasks));
    }

    static JsonNode ToJson(RetrievalResponse response, IReadOnlyList<string> tasks)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) RetrievalResponseJson.Write(json, response, tasks);
        return JsonNode.Parse(Encoding.UTF8.GetString(bytes.ToArray()))!;
    }

    static void Write(TextWriter output, RetrievalResponse response, IReadOnlyList<string> tasks)
    {
        output.WriteLine($"{"rank",4}  {"score",8}  {string.Join("  ", tasks.Select(t => $"{t,8}"))}  {"id",-10}  title");
        for (int i = 0; i < response.Items.Count; i++)
        {
            var item = response.Items[i];
            string values = string.Join("  ", item.Tasks.Select(v => v.ToString("0.0000", CultureInfo.InvariantCulture).PadLeft(8)));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{i + 1,4}  {item.Score,8:0.0000}  {values}  {item.Id,-10}  {item.Title}"));
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{RetrievalResponseJson.Name(response.Status)}: {response.Items.Count} items, {response.EligibleSeen} eligible seen, ") +
            string.Create(CultureInfo.InvariantCulture,
                $"{response.Probes} lists probed, {response.TimingUs.Total} us, {response.Snapshot}"));
    }
}
