namespace Argent.Model;

/// <summary>What a retrieval model is composed of.</summary>
public sealed record RetrievalParts
{
    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>Sizes, metric, tasks.</summary>
    public required ModelDescription Description { get; init; }

    /// <summary>The inverted file.</summary>
    public required IvfIndex Index { get; init; }

    /// <summary>Embeddings for exact scores.</summary>
    public required EmbeddingCache Cache { get; init; }

    /// <summary>Ids and titles.</summary>
    public required ItemTable Items { get; init; }

    /// <summary>The filter index; null when filters are verified only.</summary>
    public FilterIndex? Filter { get; init; }

    /// <summary>Exact feature values.</summary>
    public ForwardIndex Forward { get; init; } = ForwardIndex.Empty;

    /// <summary>Configuration of the towers; null for plain vectors.</summary>
    public TowerConfig? Towers { get; init; }

    /// <summary>Users to query vectors; null for plain vectors.</summary>
    public UserTower? UserTower { get; init; }

    /// <summary>Items to embeddings, for items that come later; null for plain vectors.</summary>
    public ItemTower? ItemTower { get; init; }

    /// <summary>The learned scorer of candidates; null to order them by their exact scores.</summary>
    public ServedOverArch? OverArch { get; init; }

    /// <summary>Value formula over the tasks.</summary>
    public required string Value { get; init; }

    /// <summary>How the final list is composed.</summary>
    public BlendConfig Blend { get; init; } = new();

    /// <summary>Lists probed when a request does not say.</summary>
    public required int DefaultNProbe { get; init; }

    /// <summary>The largest requests.</summary>
    public ModelLimits Limits { get; init; } = new();

    /// <summary>What deadlines and timings are measured by.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Binds the tensors of an artifact.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or inconsistent, or the manifest asks for something
    /// that this build does not have.</exception>
    public static RetrievalParts FromArtifact(Artifact artifact)
    {
        var manifest = artifact.Manifest;
        string origin = $"'{artifact.Folder}'";
        CheckManifest(manifest, origin);
        var source = new TensorSource(artifact.Find, origin);
        var (lists, dim) = (manifest.Lists, manifest.Model.Dim);
        FeatureSpec[] features = [.. manifest.Features.Select(f => new FeatureSpec(f.Name, f.Type))];
        var forward = ForwardIndex.FromTensors(source, features, lists.Slots);
        var towers = manifest.Model.Towers is { } json
            ? StrictJson.Read<TowerConfig>(System.Text.Encoding.UTF8.GetBytes(json.GetRawText()), "model.towers of " + origin)
            : null;
        if (towers is not null && (towers.Dim != dim || !towers.Tasks.SequenceEqual(manifest.Model.Tasks)))
        {
            throw new InvalidDataException($"The towers of {origin} have other dimensions or tasks than the model.");
        }
        var index = IvfIndex.FromTensors(source, lists.Slots, lists.Items, dim);
        if (index.NList != lists.NList)
        {
            throw new InvalidDataException($"The index of {origin} has {index.NList} lists, its manifest {lists.NList}.");
        }
        var trained = towers is null ? null : UserTower.ItemIdsFrom(artifact.Find, origin);
        if (manifest.Model.OverArch is not null && towers is null)
        {
            throw new InvalidDataException($"The model of {origin} has an OverArch and no towers.");
        }
        return new RetrievalParts
        {
            Name = manifest.Name,
            Description = manifest.Model,
            Index = index,
            Cache = EmbeddingCache.FromTensors(source, lists.Slots, dim),
            Items = ItemTable.FromTensors(source, lists.Items),
            Filter = manifest.Bloom is { } bloom
                ? FilterIndex.FromTensors(
                    source, Layout(manifest, bloom, forward, FilterIndex.CutsFrom(source, features), origin), lists.Slots)
                : null,
            Forward = forward,
            Towers = towers,
            UserTower = towers is null ? null : UserTower.FromTensors(towers, artifact.Find, trained!, origin).Frozen(),
            ItemTower = towers is null ? null : ItemTower.FromTensors(towers, artifact.Find, trained!, origin),
            OverArch = manifest.Model.OverArch is { } overArch
                ? ServedOverArch.FromTensors(overArch, towers!, artifact.Find, (trained!.Count, lists.Slots), origin)
                : null,
            Value = manifest.Value,
            Blend = manifest.Blend,
            DefaultNProbe = lists.DefaultNProbe,
        };
    }

    static FilterIndexLayout Layout(
        Manifest manifest, BloomDescription bloom, ForwardIndex forward, IReadOnlyList<OrderedCuts?> cuts, string origin)
    {
        int[] first = [.. manifest.Features.Select(f => f.FirstExactRow)];
        for (int f = 0; f < first.Length; f++)
        {
            int values = forward.Schema.Vocabularies[f]?.Count ?? cuts[f]!.RowCount;
            if (first[f] < -1 || (first[f] >= 0 && (long)first[f] + values > bloom.ExactRows))
            {
                throw new InvalidDataException(
                    $"The feature '{manifest.Features[f].Name}' of {origin} has bitmap rows " +
                    $"outside the {bloom.ExactRows} of the filter index.");
            }
        }
        if (bloom.HashCount < 1)
        {
            throw new InvalidDataException($"The filter index of {origin} has {bloom.HashCount} hashes.");
        }
        return new FilterIndexLayout(first, bloom.ExactRows, bloom.HashCount) { Cuts = cuts };
    }

    static void CheckManifest(Manifest manifest, string origin)
    {
        var (model, lists) = (manifest.Model, manifest.Lists);
        Require(manifest.Kind == "retrieval", $"is a '{manifest.Kind}' model");
        var quantization = manifest.Quantization;
        Require(quantization.IsValid(), $"has the quantisation '{quantization.Kind}' with the scale '{quantization.Scale}'");
        Require(model.Dim is >= 1 and <= 65_536, $"has {model.Dim} dimensions");
        Require(model.Tasks.Count >= 1, "has no task");
        Require(lists.Items >= 0 && lists.Slots >= 0, $"has {lists.Items} items in {lists.Slots} slots");
        Require(lists.DefaultNProbe >= 1 && lists.DefaultNProbe <= lists.NList, $"probes {lists.DefaultNProbe} of {lists.NList} lists");

        void Require(bool holds, string why)
        {
            if (!holds) throw new InvalidDataException($"The manifest of {origin} {why}, which this build cannot serve.");
        }
    }
}
