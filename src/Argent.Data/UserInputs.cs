using System.Globalization;
using Argent.Model;

namespace Argent.Data;

/// <summary>Users of a data set as requests describe them: their id, their events by task and their features.</summary>
public static class UserInputs
{
    /// <summary>One user.</summary>
    /// <param name="dataset">Where the user's id and features are.</param>
    /// <param name="histories">The events to tell, by task; of each the last <see cref="UserEncoder.HistoryMax"/>.</param>
    /// <param name="user">The user's number.</param>
    public static UserInput Of(Dataset dataset, IReadOnlyList<Interactions> histories, int user) => new()
    {
        Id = dataset.UserIds[user],
        History = histories.ToDictionary(
            h => h.Task,
            h => (IReadOnlyList<string>)[.. h.Of(user).ToArray().TakeLast(UserEncoder.HistoryMax).Select(dataset.Items.Ids.Text)]),
        Features = dataset.UserColumns
            .Select(column => (column.Spec.Name, Text: Text(column, user)))
            .Where(feature => feature.Text.Length > 0)
            .ToDictionary(feature => feature.Name, feature => feature.Text),
    };

    /// <summary>A feature as a request would write it; empty for missing.</summary>
    static string Text(FeatureColumn column, int row)
    {
        if (!column.Spec.IsOrdered) return string.Join(',', column.Ids(row).ToArray().Select(id => column.Vocabulary![id]));
        long key = column.Keys[row];
        if (key == OrderedKey.Missing) return "";
        return column.Spec.Type switch
        {
            FeatureType.Number => OrderedKey.ToNumber(key).ToString("R", CultureInfo.InvariantCulture),
            FeatureType.Date => DateTimeOffset.FromUnixTimeSeconds(key).ToString("O", CultureInfo.InvariantCulture),
            _ => key.ToString(CultureInfo.InvariantCulture),
        };
    }
}
