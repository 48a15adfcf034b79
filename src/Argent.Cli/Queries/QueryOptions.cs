using System.CommandLine;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>The options of <c>argent query</c>.</summary>
sealed class QueryOptions
{
    /// <summary>The model to ask.</summary>
    public Option<string> Model { get; } = ArtifactArgument.CreateOption();

    /// <summary>How tensors come into memory.</summary>
    public Option<string> Memory { get; } = MemoryOption.Create(FileMemory.Mapped);

    /// <summary>A file of requests.</summary>
    public Option<string?> Requests { get; } = new("--requests")
    {
        Description = "One request per line, in the JSON of POST /v1/models/{model}:retrieve, or :rank with --rank.",
        HelpName = "requests.jsonl",
    };

    /// <summary>A file of query vectors.</summary>
    public Option<string?> Vectors { get; } = new("--vectors")
    {
        Description = "One query vector per row (npy, fvecs, bvecs, fbin, safetensors); one row per head of the model.",
        HelpName = "q.npy",
    };

    /// <summary>Where answers go.</summary>
    public Option<string?> Out { get; } = new("--out")
    {
        Description = "Where the answers go: one line per request, or int64 ids [queries, k], -1 where there are fewer.",
        HelpName = "FILE",
    };

    /// <summary>Where scores of query vectors go.</summary>
    public Option<string?> Scores { get; } = new("--scores")
    {
        Description = "Where the scores of query vectors go: float32 [queries, k], NaN where there are fewer.",
        HelpName = "scores.npy",
    };

    /// <summary>The user's id.</summary>
    public Option<string?> User { get; } = new("--user") { Description = "The user's id.", HelpName = "ID" };

    /// <summary>The user's history.</summary>
    public Option<string[]> History { get; } = new("--history")
    {
        Description = "The user's items, oldest first; TASK=IDS for a task of its own. May be repeated.",
        HelpName = "ID,ID,...",
    };

    /// <summary>The user's features.</summary>
    public Option<string[]> Feature { get; } = new("--feature")
    {
        Description = "A feature of the user. May be repeated.",
        HelpName = "NAME=VALUE",
    };

    /// <summary>Items wanted.</summary>
    public Option<int> K { get; } = Numbers.AtLeast(1, new Option<int>("--k")
    {
        Description = "Items wanted.",
        HelpName = "n",
        DefaultValueFactory = _ => 20,
    });

    /// <summary>Lists probed.</summary>
    public Option<int> NProbe { get; } = Numbers.AtLeast(0, new Option<int>("--nprobe")
    {
        Description = "Lists to probe first; 0 is the model's default.",
        HelpName = "n",
    });

    /// <summary>Candidates beyond K.</summary>
    public Option<int?> Rescore { get; } = Numbers.AtLeast(0, new Option<int?>("--rescore")
    {
        Description = "Candidates beyond k that are scored exactly; a quarter of k, at least 64, when left out.",
        HelpName = "n",
    });

    /// <summary>Eligibility.</summary>
    public Option<string?> Filter { get; } = new("--filter")
    {
        Description = "Which items are eligible.",
        HelpName = "\"language = 'eng'\"",
    };

    /// <summary>Items that may not come.</summary>
    public Option<string?> Exclude { get; } = new("--exclude") { Description = "Items that may not come.", HelpName = "ID,ID,..." };

    /// <summary>The only items that may come.</summary>
    public Option<string?> Only { get; } = new("--only") { Description = "The only items that may come.", HelpName = "ID,ID,..." };

    /// <summary>The value formula.</summary>
    public Option<string?> Value { get; } = new("--value")
    {
        Description = "Value formula, as text or JSON; the model's own when left out.",
        HelpName = "\"save + 0.4 * like\"",
    };

    /// <summary>Items to score.</summary>
    public Option<string?> Rank { get; } = new("--rank")
    {
        Description = "Score these items instead of searching; without ids, those of --requests.",
        HelpName = "ID,ID,...",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>The order of scored items.</summary>
    public Option<bool> Sort { get; } = new("--sort")
    {
        Description = "With --rank: the best first, not in the order of the ids; --k, where it is given, does that too.",
    };

    /// <summary>How the list is composed.</summary>
    public Option<string?> Blend { get; } =
        BlendOption.Create("How the list is composed: a JSON file, or the JSON itself; the model's own when left out.");

    /// <summary>Requests of one pass.</summary>
    public Option<int> Batch { get; } = Numbers.AtLeast(1, new Option<int>("--batch")
    {
        Description = "Requests in one forward pass, for files.",
        HelpName = "n",
        DefaultValueFactory = _ => 128,
    });

    /// <summary>All of them, in the order of the help.</summary>
    public IReadOnlyList<Option> All =>
    [
        Model, Memory, User, History, Feature, K, NProbe, Rescore, Filter, Exclude, Only, Value, Blend,
        Rank, Sort, Requests, Vectors, Out, Scores, Batch,
    ];
}
