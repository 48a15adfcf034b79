using System.Globalization;

namespace Argent.Model;

/// <summary>Turns a user of a request into table rows. Item ids and feature values that training never saw are skipped.</summary>
public sealed class UserEncoder
{
    /// <summary>The most events of one history that a request may carry.</summary>
    public const int HistoryMax = 10_000;

    const string IdTerm = "user.id";

    readonly TowerConfig _config;
    readonly ItemIds _items;
    readonly IReadOnlyList<FeatureTable> _features;

    internal UserEncoder(TowerConfig config, ItemIds items, IReadOnlyList<FeatureTable> features) =>
        (_config, _items, _features) = (config, items, features);

    /// <summary>Checks what <see cref="Encode"/> would refuse.</summary>
    /// <exception cref="ArgumentException">A history is of no task of the tower or too long, or a feature's value does
    /// not fit its type; the message says which and what would be right.</exception>
    public void Check(UserInput user)
    {
        ArgumentNullException.ThrowIfNull(user);
        foreach (var (task, events) in user.History ?? new Dictionary<string, IReadOnlyList<string>>())
        {
            if (!_config.Histories.Contains(task, StringComparer.Ordinal))
            {
                throw new ArgumentException(
                    $"The model reads no history '{task}'; it reads {string.Join(", ", _config.Histories)}." +
                    Suggestion.Offer(task, _config.Histories));
            }
            if (events.Count > HistoryMax)
            {
                throw new ArgumentException($"The history '{task}' has {events.Count} items; at most {HistoryMax} are read.");
            }
        }
        foreach (var table in _features)
        {
            if (table.Feature.IsOrdered() && Text(user, table) is { } text) _ = Key(table.Feature, text);
        }
    }

    /// <summary>Adds a user to a batch.</summary>
    /// <exception cref="ArgumentException">As <see cref="Check"/>; the batch is unchanged.</exception>
    public void Encode(UserInput user, UserBatchBuilder batch)
    {
        Check(user);
        int bag = 0;
        foreach (string task in _config.Histories)
        {
            var bags = batch[bag++];
            if (user.History is not null && user.History.TryGetValue(task, out var events))
            {
                for (int i = 0; i < events.Count; i++) AddKnown(bags, _items.Find(events[i]));
            }
            bags.Close();
        }
        if (_config.UserIdBuckets > 0)
        {
            if (user.Id is not null) batch[bag].Add(Bucket(user.Id, _config.UserIdBuckets));
            batch[bag++].Close();
        }
        foreach (var table in _features) AddFeature(user, table, batch[bag++]);
    }

    /// <summary>The row of a user id in a table of <paramref name="buckets"/> rows; ids may share one.</summary>
    public static int Bucket(string id, int buckets) =>
        (int)Math.BigMul(Terms.Hash(IdTerm, id), (ulong)buckets, out _);

    static void AddFeature(UserInput user, FeatureTable table, IdBagsBuilder bags)
    {
        if (Text(user, table) is { } text)
        {
            if (table.Feature.IsOrdered())
            {
                AddKnown(bags, table.Row(Key(table.Feature, text)));
            }
            else if (table.Feature.Type == FeatureType.Categories)
            {
                foreach (string value in text.Split(',', StringSplitOptions.TrimEntries)) AddKnown(bags, table.Row(value));
            }
            else
            {
                AddKnown(bags, table.Row(text));
            }
        }
        bags.Close();
    }

    static void AddKnown(IdBagsBuilder bags, int row)
    {
        if (row >= 0) bags.Add(row);
    }

    static string? Text(UserInput user, FeatureTable table) =>
        user.Features is not null && user.Features.TryGetValue(table.Feature.Name, out string? text) ? text : null;

    static long Key(TowerFeature feature, string text)
    {
        var culture = CultureInfo.InvariantCulture;
        switch (feature.Type)
        {
            case FeatureType.Integer when long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out long number):
                return number;
            case FeatureType.Number when double.TryParse(text, NumberStyles.Float, culture, out double number) && !double.IsNaN(number):
                return OrderedKey.FromNumber(number);
            case FeatureType.Date when DateTimeOffset.TryParse(text, culture, DateTimeStyles.AssumeUniversal, out var date):
                return date.ToUnixTimeSeconds();
            default:
                throw new ArgumentException($"The user feature '{feature.Name}' is '{text}', which is no {feature.Type}.");
        }
    }
}
