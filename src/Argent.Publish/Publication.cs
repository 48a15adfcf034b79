using System.Reflection;
using System.Text;
using System.Text.Json;
using Argent.Kernels;
using Argent.Model;

namespace Argent.Publish;

/// <summary>The item's way, step by step: embed, cluster, place, code, filter, forward, compose, verify, write.</summary>
sealed class Publication(PublishSource source, PublishOptions options, IKernels kernels, StepLog log)
{
    // Streams of chance that must not be the same.
    const ulong QuerySeed = 0x51, ClusterSeed = 0xC1;

    Catalogue Catalogue => source.Catalogue;

    Metric Metric => source.Trained is null ? source.Metric : Metric.InnerProduct;

    /// <summary>Runs all steps.</summary>
    public PublishResult Run(string modelsFolder)
    {
        int count = Catalogue.Count;
        using var items = log.Run(
            "embed", count, "items", () => EmbeddedItems.Of(source, kernels, log.Progress), e => $"{count:N0} x {e.Dim}");
        var lists = Divide(items);
        var index = log.Run(
            "quantise", count, "items", () => ItemIndex.Of(items, lists.Layout, (Metric, options.Quantization), kernels, log.Progress),
            i => $"int8, off by {i.RelativeError:P2}");
        var filter = Filter(lists.Layout);
        var forward = log.Run(
            "forward index", Catalogue.Columns.Count, "features", () => Forward(lists.Layout), f => $"{f.Schema.Features.Count} features");
        var recall = Verify(items, index, lists.Centroids);
        var parts = Compose(index, lists.Centroids, filter, forward, recall.DefaultNProbe);
        var files = new RetrievalModel(parts).Parts();
        var report = Report(items.Dim, lists, index, filter, files) with { Recall = recall };
        return Write(modelsFolder, parts, files, report, (lists.Layout.Slots, index.Range.Scale));
    }

    ItemLists Divide(EmbeddedItems items)
    {
        int nlist = options.NList > 0 ? options.NList : ListDefaults.NList(Catalogue.Count);
        var how = new KMeansOptions { NList = nlist, Seed = options.Seed ^ ClusterSeed, Spherical = Metric != Metric.L2 };
        var clustering = log.Run(
            "cluster", how.Rounds, "rounds", () => KMeans.Train(items.Rows, how, kernels, log.Progress),
            c => $"{nlist:N0} lists, mean squared distance {c.Objective[0]:G4} to {c.Objective[^1]:G4}");
        return log.Run(
            "assign", Catalogue.Count, "items",
            () => ItemLists.Of(
                items, clustering, ListAssignment.Of(items.Rows, clustering, kernels, log.Progress), options.SpareShare,
                kernels.Workers),
            l => $"largest list {l.Report().LargestRatio:0.00}x the mean, {l.Assignment.Moved:N0} items moved");
    }

    ItemFilter? Filter(ListLayout layout)
    {
        if (Catalogue.Columns.Count == 0) return null;
        return log.Run(
            "filter index", layout.Slots, "slots",
            () => ItemFilter.Of(Catalogue, layout.Rows, options, kernels, log.Progress),
            f => $"{f.Index.Layout.ExactRows} bitmap rows, false-positive rate {f.Measured.Rate:0.00000}");
    }

    ForwardIndex Forward(ListLayout layout)
    {
        var columns = new List<ForwardColumn>();
        foreach (var column in Catalogue.Columns)
        {
            columns.Add(ForwardEncoder.Encode(column, layout.Rows));
            log.Progress.Advance(1);
        }
        return columns.Count == 0 ? ForwardIndex.Empty : new ForwardIndex(Catalogue.Schema, new ForwardValues([.. columns]));
    }

    RecallReport Verify(EmbeddedItems items, ItemIndex index, ListCentroids centroids)
    {
        int nlist = index.Lists.NList;
        return log.Run(
            "verify", ProbeChoice.Ladder(nlist).Length, "settings",
            () =>
            {
                var queries = SampleQueries.Of(source, items, options.Seed ^ QuerySeed, kernels);
                var search = new IndexSearch(index.Lists, centroids, index.Cache);
                using var measure = new RecallMeasure(items, Metric, queries, search, kernels);
                var choice = ProbeChoice.Of(measure, nlist, Catalogue.Count, options.NProbe, log.Progress);
                return new RecallReport((int)queries.Vectors.Shape[0], queries.Origin, choice.NProbe, choice.Points);
            },
            r => $"recall@100 {r.Points.First(p => p.NProbe == r.DefaultNProbe).At100:0.0000} at {r.DefaultNProbe} probes");
    }

    RetrievalParts Compose(
        ItemIndex index, ListCentroids centroids, ItemFilter? filter, ForwardIndex forward, int defaultNProbe)
    {
        var towers = source.Trained?.Config;
        var overArch = OverArch(index);
        IReadOnlyList<string> tasks = towers?.Tasks ?? ["score"];
        var activation = towers is null ? TaskActivation.None : TaskActivation.Sigmoid;
        return new RetrievalParts
        {
            Name = source.Name,
            Description = new ModelDescription
            {
                Dim = (int)index.Cache.Shape[1],
                Metric = Metric,
                Tasks = tasks,
                TaskActivation = options.TaskActivation ?? activation,
                Merge = options.Merge.Kind,
                MergeWeights = options.Merge.Weights,
                MergeOperator = options.Merge.Operator,
                Towers = towers is null ? null : JsonSerializer.SerializeToElement(towers, StrictJson.Options),
                OverArch = overArch?.Config,
            },
            Index = new IvfIndex(index.Lists, centroids.Centroids, centroids.Bias, index.Range.Center),
            Cache = new EmbeddingCache(index.Cache),
            Items = ItemTable.From(Catalogue),
            Filter = filter?.Index,
            Forward = forward,
            Towers = towers,
            UserTower = source.Trained?.UserTower,
            ItemTower = source.Trained?.ItemTower,
            OverArch = overArch,
            Value = options.Value ?? tasks[0],
            Blend = options.Blend,
            DefaultNProbe = defaultNProbe,
        };
    }

    ServedOverArch? OverArch(ItemIndex index)
    {
        if (source.Trained is not { OverArch: { } trained } model) return null;
        return log.Run(
            "over arch", Catalogue.Count, "items",
            () =>
            {
                var slots = ServedOverArch.SlotsOf(model.Items, Catalogue.Ids, index.Lists.SlotOfRow);
                var served = ServedOverArch.Of(trained, model.Config, index.Cache, slots, kernels);
                log.Progress.Advance(Catalogue.Count);
                return served;
            },
            s => $"{trained.Config.Kind}, {trained.Config.Features.Count} cross features, {s.SideWidth} numbers an item");
    }

    PublishReport Report(
        int dim, ItemLists lists, ItemIndex index, ItemFilter? filter, IReadOnlyList<ArtifactPart> files) => new()
        {
            Name = source.Name,
            Items = Catalogue.Count,
            Dim = dim,
            Metric = Metric switch { Metric.InnerProduct => "ip", Metric.Cosine => "cosine", _ => "l2" },
            Seed = options.Seed,
            Lists = lists.Report(),
            Quantization = new QuantizationReport(index.RelativeError),
            Recall = new RecallReport(0, "", 0, []),
            Filter = filter?.Report(Catalogue.Schema),
            Parts = [.. files.Select(part =>
            {
                long bytes = part.Tensors.Sum(t => t.Tensor.ByteLength);
                return new PartReport(part.File, bytes, (double)bytes / Catalogue.Count);
            })],
        };

    PublishResult Write(
        string modelsFolder, RetrievalParts parts, IReadOnlyList<ArtifactPart> files, PublishReport report, (int Slots, float? Scale) index)
    {
        var lists = report.Lists;
        var draft = new Manifest
        {
            Name = source.Name,
            Model = parts.Description,
            Features = parts.Filter is null ? [] : ItemFilter.Features(Catalogue.Schema, parts.Filter.Layout),
            Lists = new ListsDescription(lists.NList, index.Slots, Catalogue.Count, parts.DefaultNProbe),
            Quantization = new QuantizationDescription
            {
                Kind = index.Scale is null ? QuantizationDescription.PerItem : QuantizationDescription.Global,
                Scale = index.Scale,
            },
            Bloom = report.Filter is { } f
                ? new BloomDescription(f.BitmapRows, f.HashCount, f.DeclaredRate, f.MeasuredRate)
                : null,
            Value = parts.Value,
            Blend = parts.Blend,
            Lineage = new Lineage
            {
                DatasetHash = source.DatasetHash,
                ConfigHash = source.Trained?.ConfigHash ?? "",
                Seed = options.Seed,
                CodeVersion = CodeVersion,
                Parent = source.Parent,
            },
            // The size of every list is in report.json; here it would make up most of the manifest.
            Report = JsonSerializer.SerializeToElement(report with { Lists = lists with { Sizes = [] } }, StrictJson.Options),
        };
        ArtifactDocument[] documents =
        [
            new("report.json", StrictJson.Write(report)),
            new("report.html", Encoding.UTF8.GetBytes(ReportPage.Of(report))),
        ];
        long bytes = report.Parts.Sum(p => p.Bytes);
        string folder = log.Run(
            "write", bytes, "bytes",
            () =>
            {
                string written = ArtifactWriter.Write(modelsFolder, draft, files, documents);
                log.Progress.Advance(bytes);
                return written;
            },
            written => $"{ReportText.Bytes(bytes)} in {written}");
        return new PublishResult(folder, report, log.Steps);
    }

    static string CodeVersion =>
        typeof(Publication).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
}
