using System.CommandLine;
using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Publish;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>The options that say what is published: a data set and a trained model, or vectors with ids and attributes.</summary>
sealed class SourceOptions
{
    readonly Option<string?> _data = new("--data")
    {
        Description = "The data set of a trained model; beside --embeddings, the description of the attributes.",
        HelpName = "DATASET.json|DIR",
    };

    readonly Option<string?> _model = new("--model") { Description = "The trained model.", HelpName = "TRAINED" };

    readonly Option<string?> _embeddings = new("--embeddings")
    {
        Description = "Vectors that were made elsewhere (npy, fvecs, bvecs, fbin, safetensors), one per item.",
        HelpName = "X.npy",
    };

    readonly Option<string?> _ids = new("--ids")
    {
        Description = "Item ids, one per line, in the order of the vectors; row numbers when left out.",
        HelpName = "F.txt",
    };

    readonly Option<string?> _attributes = new("--attributes")
    {
        Description = "Item features, one row per item; the dataset.json beside it, or --data, says what the columns are.",
        HelpName = "F.csv",
    };

    readonly Option<string> _metric = new Option<string>("--metric")
    {
        Description = "How vectors are compared.",
        HelpName = "ip|cosine|l2",
        DefaultValueFactory = _ => "ip",
    }.AcceptOnlyFromAmong("ip", "cosine", "l2");

    readonly Option<string?> _name = new("--name")
    {
        Description = "The model's name; the data set's, or the vectors' file's, when left out.",
        HelpName = "NAME",
    };

    readonly Option<double> _maxBadRows = DataOptions.CreateMaxBadRows();

    /// <summary>All of them, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [_data, _model, _embeddings, _ids, _attributes, _metric, _name, _maxBadRows];

    /// <summary>Reads what is published.</summary>
    public OpenSource Read(CommandRun run, IKernels kernels, ulong seed)
    {
        if (run.Get(_embeddings) is { } embeddings)
        {
            if (run.Get(_model) is not null) throw new UsageException("--model and --embeddings do not go together.");
            return FromVectors(run, kernels, embeddings);
        }
        if (run.Get(_data) is not { } data || run.Get(_model) is not { } model)
        {
            throw new UsageException("name --data and --model (a trained model), or --embeddings (plain vectors).");
        }
        if (run.Has(_ids) || run.Has(_attributes) || run.Has(_metric))
        {
            throw new UsageException("--ids, --attributes and --metric go with --embeddings.");
        }
        var dataset = DatasetReader.Read(data, DataOptions.Of(run, _maxBadRows), run.Progress);
        return FromTrained(dataset, model, kernels, seed, run.Get(_name));
    }

    /// <summary>A trained model and the items of its data set.</summary>
    public static OpenSource FromTrained(Dataset dataset, string folder, IKernels kernels, ulong seed, string? name) =>
        FromTrained(dataset, TrainedModel.Load(folder), kernels, seed, name);

    /// <summary>A model that is open, which the source closes, and the items of its data set.</summary>
    public static OpenSource FromTrained(Dataset dataset, TrainedModel trained, IKernels kernels, ulong seed, string? name)
    {
        // Recall is measured by queries of real users; the held-out events stay unseen here too.
        var known = dataset.Split is null ? dataset : dataset with { Events = DatasetSplitter.Split(dataset).Train };
        var source = PublishSource.FromTrained(trained, dataset.Items) with
        {
            Queries = UserQueries.Sample(trained, known, seed, kernels),
            DatasetHash = dataset.ContentHash,
        };
        return new OpenSource(name is null ? source : source with { Name = name }, trained);
    }

    OpenSource FromVectors(CommandRun run, IKernels kernels, string path)
    {
        var vectors = VectorReader.Read(path);
        if (vectors.Shape[0] > int.MaxValue)
        {
            throw new InvalidDataException($"'{path}' has {vectors.Shape[0]} rows; at most {int.MaxValue} items are taken.");
        }
        var attributes = new AttributeSource
        {
            Count = (int)vectors.Shape[0],
            Ids = run.Get(_ids) is { } ids ? IdFile.Read(ids) : null,
            Attributes = run.Get(_attributes),
            Description = run.Get(_data),
        };
        var aligned = AttributeReader.Read(attributes, DataOptions.Of(run, _maxBadRows), run.Progress);
        var metric = run.Get(_metric) switch
        {
            "cosine" => Metric.Cosine,
            "l2" => Metric.L2,
            _ => Metric.InnerProduct,
        };
        var ordered = InOrder(vectors, aligned.SourceRows, kernels);
        var source = PublishSource.FromVectors(run.Get(_name) ?? FileName(path), aligned.Items, ordered, metric);
        return new OpenSource(source with { DatasetHash = aligned.ContentHash }, null);
    }

    /// <summary>The vectors in the order of the catalogue; themselves when they are already.</summary>
    static Tensor<float> InOrder(Tensor<float> vectors, int[] sourceRows, IKernels kernels)
    {
        bool isOrdered = true;
        for (int i = 0; i < sourceRows.Length && isOrdered; i++) isOrdered = sourceRows[i] == i;
        if (isOrdered) return vectors;
        var ordered = Tensor.Zeros<float>(vectors.Shape);
        kernels.GatherRows(new GatherRowsArgs { Table = vectors, Indices = Tensor.From<int>(sourceRows), Rows = ordered });
        return ordered;
    }

    static string FileName(string path)
    {
        string name = Path.GetFileName(path).Split('.')[0];
        return string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-'));
    }
}

/// <summary>What is published, and the files that are open meanwhile.</summary>
/// <param name="Source">The items.</param>
/// <param name="Trained">The trained model, or null.</param>
sealed record OpenSource(PublishSource Source, TrainedModel? Trained) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Trained?.Dispose();
}
