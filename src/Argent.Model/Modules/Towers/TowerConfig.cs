using Argent.Kernels;

namespace Argent.Model;

/// <summary>The shape of a user tower and an item tower: what <c>model.json</c> of a trained model holds.</summary>
public sealed record TowerConfig
{
    /// <summary>The format that this build reads and writes.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Format of the configuration.</summary>
    public int FormatVersion { get; init; } = CurrentFormat;

    /// <summary>D, numbers in an embedding.</summary>
    public required int Dim { get; init; }

    /// <summary>Tasks in head order: the user tower gives one query vector for each.</summary>
    public required IReadOnlyList<string> Tasks { get; init; }

    /// <summary>Tasks whose past events describe a user; each has an embedding table of its own.</summary>
    public required IReadOnlyList<string> Histories { get; init; }

    /// <summary>How the embeddings of one history become one row.</summary>
    public Pooling HistoryPooling { get; init; } = Pooling.SqrtCount;

    /// <summary>Rows of the table of hashed user ids; 0 for a tower without user ids.</summary>
    public int UserIdBuckets { get; init; }

    /// <summary>User features with an embedding table each.</summary>
    public IReadOnlyList<TowerFeature> UserFeatures { get; init; } = [];

    /// <summary>Widths of the user tower's hidden layers; empty for a linear tower.</summary>
    public IReadOnlyList<int> UserHidden { get; init; } = [];

    /// <summary>What reads a history in its order, beside the pooled ones; null for none.</summary>
    public SequenceConfig? Sequence { get; init; }

    /// <summary>Item features with an embedding table each.</summary>
    public IReadOnlyList<TowerFeature> ItemFeatures { get; init; } = [];

    /// <summary>Widths of the item tower's hidden layers; empty for a linear tower.</summary>
    public IReadOnlyList<int> ItemHidden { get; init; } = [];

    /// <summary>Bags of ids that describe a user: histories, then the hashed id, then the features.</summary>
    public int UserBags() => Histories.Count + (UserIdBuckets > 0 ? 1 : 0) + UserFeatures.Count;

    /// <summary>Parts of D numbers that describe a user, side by side: the bags, then the sequence.</summary>
    public int UserParts() => UserBags() + (Sequence is null ? 0 : 1);

    /// <summary>Checks sizes and names.</summary>
    /// <exception cref="InvalidDataException">Something is out of range or twice there; the message says what.</exception>
    public void Check()
    {
        if (FormatVersion != CurrentFormat)
        {
            throw new InvalidDataException($"The towers have format {FormatVersion}; this build reads format {CurrentFormat}.");
        }
        if (Dim is < 1 or > 4096) throw new InvalidDataException($"dim is {Dim}; an embedding has 1 to 4096 numbers.");
        if (Tasks.Count == 0) throw new InvalidDataException("A model needs at least one task.");
        if (UserBags() == 0)
        {
            throw new InvalidDataException("The user tower has no input: name a history, a user feature or user id buckets.");
        }
        if (UserIdBuckets < 0) throw new InvalidDataException($"userIdBuckets is {UserIdBuckets}; it is 0 or more.");
        if (UserHidden.Concat(ItemHidden).Any(width => width < 1))
        {
            throw new InvalidDataException("A hidden layer has a width of 1 or more.");
        }
        Sequence?.Check(Dim, Histories);
        CheckDistinct("tasks", Tasks);
        CheckDistinct("histories", Histories);
        CheckDistinct("userFeatures", UserFeatures.Select(f => f.Name));
        CheckDistinct("itemFeatures", ItemFeatures.Select(f => f.Name));
    }

    static void CheckDistinct(string key, IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (!seen.Add(name)) throw new InvalidDataException($"{key} names '{name}' twice.");
        }
    }
}

/// <summary>One feature of a tower.</summary>
/// <param name="Name">The feature's name.</param>
/// <param name="Type">Its type; <see cref="FeatureType.Text"/> has no table.</param>
public sealed record TowerFeature(string Name, FeatureType Type)
{
    /// <summary>True when values are keys with an order; false when they are texts.</summary>
    public bool IsOrdered() => Type is FeatureType.Integer or FeatureType.Number or FeatureType.Date;
}
