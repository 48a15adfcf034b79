using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>What is published: items, and their vectors or the towers that compute them.</summary>
public sealed record PublishSource
{
    /// <summary>The model's name: letters, digits, '-', '_' and '.'.</summary>
    public required string Name { get; init; }

    /// <summary>The items in id order.</summary>
    public required Catalogue Catalogue { get; init; }

    /// <summary>How queries and items are compared; towers are trained for the inner product.</summary>
    public Metric Metric { get; init; }

    /// <summary>[R, D] float32, finite, in catalogue row order; no tensor when <see cref="Trained"/> computes them.</summary>
    public Tensor<float> Embeddings { get; init; }

    /// <summary>[R] float32 added to every score of an item, or no tensor.</summary>
    public Tensor<float> Bias { get; init; }

    /// <summary>The towers, or null for plain vectors.</summary>
    public TrainedModel? Trained { get; init; }

    /// <summary>
    /// [Q, D] float32 queries as users will ask them, for measuring recall and choosing the default probes; see
    /// <see cref="UserQueries"/>. No tensor: items are asked for their neighbours.
    /// </summary>
    public Tensor<float> Queries { get; init; }

    /// <summary>Hash of the data set, for lineage.</summary>
    public string DatasetHash { get; init; } = "";

    /// <summary>The artifact that this one continues, or null.</summary>
    public string? Parent { get; init; }

    /// <summary>Plain vectors and their items.</summary>
    public static PublishSource FromVectors(string name, Catalogue catalogue, Tensor<float> embeddings, Metric metric) =>
        new() { Name = name, Catalogue = catalogue, Embeddings = embeddings, Metric = metric };

    /// <summary>Items that a trained model embeds.</summary>
    public static PublishSource FromTrained(TrainedModel trained, Catalogue catalogue) => new()
    {
        Name = trained.Description.Name,
        Catalogue = catalogue,
        Trained = trained,
        DatasetHash = trained.DatasetHash,
    };
}
