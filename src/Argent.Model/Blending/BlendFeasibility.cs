namespace Argent.Model;

/// <summary>Whether the rules of a blend can hold for the items of a catalogue, by the counts of their values.</summary>
public static class BlendFeasibility
{
    /// <summary>Demands that a blend names what there is, and that lists which keep its rules exist.</summary>
    /// <param name="config">The blend.</param>
    /// <param name="forward">Features and counts.</param>
    /// <param name="items">Items of the catalogue.</param>
    /// <exception cref="ArgumentException">It does not, or they do not; the message says which and why.</exception>
    public static void Check(BlendConfig config, ForwardIndex forward, long items)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(forward);
        new BlendCompiler(forward.Schema, new FilterCompiler(forward.Schema, null)).Compile(config);
        var selectivity = new Selectivity(forward.Schema, forward.Counts, items);
        foreach (var rule in config.Rules)
        {
            if (rule.Filter is { } filter && selectivity.Of(FilterLanguage.Parse(filter)).Most == 0)
            {
                throw new ArgumentException(
                    $"The blend's rule '{rule.Label}' wants an item that matches {Quotation.Shown(filter)}, and no item does.");
            }
            if (rule.Window is { } window) CheckWindow(rule, window, forward, items);
        }
    }

    /// <summary>
    /// In any w places stand at most n items of each class and those without a class that counts; when that is fewer than w
    /// items, no list has w places.
    /// </summary>
    static void CheckWindow(BlendRule rule, int window, ForwardIndex forward, long items)
    {
        int feature = forward.Schema.Find(rule.Feature!);
        var counts = forward.Counts[feature];
        long[]? values = rule.Values is null ? null : BlendCompiler.Values(forward.Schema, feature, rule.Values);
        var leaf = values is null
            ? new LeafCondition(Kernels.LeafKind.Exists, feature, [])
            : new LeafCondition(Kernels.LeafKind.HasAny, feature, values);
        long classes = 0, placed = items - counts.Matches(leaf).Least;
        if (counts is ValueCounts byValue)
        {
            for (int v = 0; v < byValue.Counts.Count; v++)
            {
                bool isOne = byValue.Counts[v] > 0 && (values is null || Array.BinarySearch(values, v) >= 0);
                if (!isOne) continue;
                classes++;
                placed += Math.Min(rule.Count, byValue.Counts[v]);
            }
        }
        else
        {
            foreach (int distinct in ((KeyCounts)counts).Distinct.Span) classes += distinct;
            if (values is not null) classes = Math.Min(classes, values.Length);
            placed += rule.Count * classes;
        }
        if (placed >= Math.Min(window, items)) return;
        throw new ArgumentException(
            $"The blend's rule '{rule.Label}' cannot hold: with {classes} values of '{rule.Feature}' " +
            $"no more than {placed} items may stand in {window} places.");
    }
}
