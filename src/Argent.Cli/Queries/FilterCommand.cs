using System.CommandLine;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>What a filter matches: in a published model with how it is answered, or over raw feature and value numbers.</summary>
sealed class FilterCommand : ArgentCommand
{
    readonly Option<string?> _model = new("--model")
    {
        Description = "The model that is asked: an artifact, or a folder of versions.",
        HelpName = "DIR",
    };

    readonly Option<string?> _filter = new("--filter") { Description = "The filter, as text or JSON.", HelpName = "\"language = 'eng'\"" };

    readonly Option<int> _samples = Numbers.AtLeast(0, new Option<int>("--samples")
    {
        Description = "Matching items to print.",
        HelpName = "n",
        DefaultValueFactory = _ => 5,
    });

    readonly Option<bool> _ids = new("--ids")
    {
        Description = "Filter numbers instead, 1:100 AND NOT 2:201; needs the four files below.",
    };

    readonly Option<string?> _offsets = new("--offsets")
    {
        Description = "int64 [items * features + 1]: where the values of each item and feature start.",
        HelpName = "F.i64",
    };

    readonly Option<string?> _values = new("--values")
    {
        Description = "int64 [values]: the values, item by item and feature by feature.",
        HelpName = "F.i64",
    };

    readonly Option<string?> _features = new("--features")
    {
        Description = "int32 [features]: the number of each feature.",
        HelpName = "F.i32",
    };

    readonly Option<string?> _filters = new("--filters")
    {
        Description = "One filter per line; an empty line matches every item.",
        HelpName = "F.txt",
    };

    /// <summary>The command.</summary>
    public FilterCommand()
        : base(
            "filter",
            "Count what a filter matches in a model, leaf by leaf, and say how it is answered; or filter raw numbers.",
            "argent filter --model models/books --filter \"language = 'eng' AND year >= 1990\"")
    {
        Option[] all = [_model, _filter, _samples, _ids, _offsets, _values, _features, _filters];
        foreach (var option in all) Add(option);
    }

    /// <inheritdoc/>
    public override Task<int> RunAsync(CommandRun run)
    {
        Option<string?>[] ofNumbers = [_offsets, _values, _features, _filters], ofModel = [_model, _filter];
        if (run.Get(_ids))
        {
            Refuse(run, ofModel, "--ids");
            Demand(run, ofNumbers, "--ids");
            string PathOf(Option<string?> option) => run.Get(option)!;
            return Task.FromResult(new NumberFilters(run).Answer(PathOf(_features), PathOf(_offsets), PathOf(_values), PathOf(_filters)));
        }
        Refuse(run, ofNumbers, "--model");
        if (run.Get(_model) is null) throw new UsageException("--model and --filter are missing (or --ids, to filter raw numbers).");
        Demand(run, ofModel, "--model");
        Analyze(run);
        return Task.FromResult(ExitCode.Done);
    }

    void Analyze(CommandRun run)
    {
        using var model = OpenModel.Open(run.Get(_model)!, run, FileMemory.Mapped);
        var analysis = FilterAnalysis.Of(model.Model, FilterLanguage.Parse(run.Get(_filter)!), run.Get(_samples), model.Kernels);
        var report = new FilterReport(model.Snapshot.Id, model.Model, analysis);
        run.Print(report.ToJson(), report.Write);
    }

    static void Demand(CommandRun run, IEnumerable<Option<string?>> options, string with)
    {
        string[] missing = [.. options.Where(o => run.Get(o) is null && o.Name != with).Select(o => o.Name)];
        if (missing.Length > 0) throw new UsageException($"{with} needs {string.Join(", ", missing)} too.");
    }

    static void Refuse(CommandRun run, IEnumerable<Option<string?>> options, string with)
    {
        if (options.FirstOrDefault(o => run.Get(o) is not null) is { } one)
        {
            throw new UsageException($"{one.Name} does not go with {with}.");
        }
    }
}
