using System.CommandLine;
using System.Text;
using System.Text.Json;
using Argent.Data;
using Argent.Model;
using Argent.Serving;

namespace Argent.Cli;

/// <summary>Says why an item is in the answer to a request, or why not and what would have served it.</summary>
sealed class ExplainCommand : ArgentCommand
{
    readonly QueryOptions _options = new();

    readonly Option<string?> _item = new("--item") { Description = "The item to explain.", HelpName = "ID" };

    readonly Option<string?> _request = new("--request")
    {
        Description = "A file with one request in the JSON of POST /v1/models/{model}:explain, instead of the options below.",
        HelpName = "request.json",
    };

    readonly Option<int> _query = Numbers.AtLeast(0, new Option<int>("--query")
    {
        Description = "Which query of --vectors, from 0: a query is one row per head.",
        HelpName = "n",
    });

    /// <summary>The command.</summary>
    public ExplainCommand()
        : base(
            "explain",
            "Say why an item is in the answer to a request, or why not, and the smallest change that serves it.",
            "argent explain --model models/books --history 17,2051 --k 5 --filter \"language = 'eng'\" --item 42")
    {
        foreach (var option in (Option[])[_options.Model, _options.Memory, _item, _request, .. Asking]) Add(option);
    }

    /// <summary>The options that describe the request; a file describes it whole.</summary>
    Option[] Asking =>
    [
        _options.User, _options.History, _options.Feature, _options.Vectors, _query, _options.K, _options.NProbe,
        _options.Rescore, _options.Filter, _options.Exclude, _options.Only, _options.Value, _options.Blend,
    ];

    /// <inheritdoc/>
    public override bool RunsOnGpu => true;

    /// <inheritdoc/>
    public override Task<int> RunAsync(CommandRun run)
    {
        string? file = run.Get(_request);
        if (file is not null && Array.Find(Asking, run.Has) is { } other)
        {
            throw new UsageException($"--request and {other.Name} do not go together: the file has the whole request.");
        }
        if (file is null && run.Get(_item) is null) throw new UsageException("--item is missing: the id of the item to explain.");
        if (run.Has(_query) && run.Get(_options.Vectors) is null) throw new UsageException("--query goes with --vectors.");
        using var model = OpenModel.Open(run.Require(_options.Model), run, MemoryOption.Get(run, _options.Memory));
        var (request, item) = file is null ? Asked(run, model.Model) : InFile(file, run, model.Model);
        var explanation = model.Explain(request, item);
        if (run.IsJson) WriteJson(run.Terminal.Output, explanation);
        else new ExplanationText(run.Terminal.Output, explanation).Write();
        return Task.FromResult(ExitCode.Done);
    }

    (RetrievalRequest Request, string Item) Asked(CommandRun run, RetrievalModel model)
    {
        var request = AskedRequest.Read(run, _options, model);
        if (run.Get(_options.Vectors) is { } vectors)
        {
            AskedRequest.CheckUser(run, _options);
            request = request with { User = AskedRequest.Query(VectorReader.Read(vectors), vectors, run.Get(_query), model) };
        }
        return (request, run.Get(_item)!);
    }

    (RetrievalRequest Request, string Item) InFile(string path, CommandRun run, RetrievalModel model)
    {
        var (request, named) = RetrievalRequestJson.ReadExplain(File.ReadAllBytes(path), model.HistoryTask);
        string item = run.Get(_item) ?? named
            ?? throw new UsageException($"--item is missing, and '{path}' names no item.");
        return (request, item);
    }

    // Not through a tree of nodes, which may not be as deep as a filter.
    static void WriteJson(TextWriter output, Explanation explanation)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, ExplanationJson.Options with { Indented = true }))
        {
            ExplanationJson.Write(json, explanation);
        }
        output.WriteLine(Encoding.UTF8.GetString(bytes.ToArray()));
    }
}
