using Argent.Model;

namespace Argent.Publish.Tests.Publishing;

/// <summary>Small sources with features of every kind, some values missing.</summary>
static class SampleSource
{
    public static PublishSource Create(int items, Metric metric, int dim = 20, bool features = true) =>
        PublishSource.FromVectors("sample", Catalogue(items, features), Mixture.Draw(items, dim), metric);

    public static Catalogue Catalogue(int items, bool features)
    {
        long[] ids = [.. Enumerable.Range(0, items).Select(i => i * 3L + 10)];
        string[] titles = [.. ids.Select(id => $"title {id}")];
        if (!features) return new Catalogue(ItemIds.FromSorted(ids), titles, []);
        var random = new SeededRandom(21);
        return new Catalogue(ItemIds.FromSorted(ids), titles,
        [
            Categorical("color", FeatureType.Category, items, 6, 1, ref random),
            Categorical("tag", FeatureType.Categories, items, 300, 5, ref random),
            Ordered("year", FeatureType.Integer, items, ref random),
            Categorical("label", FeatureType.Text, items, 90, 1, ref random),
        ]);
    }

    static FeatureColumn Categorical(
        string name, FeatureType type, int items, int vocabulary, int valuesMax, ref SeededRandom random)
    {
        int[] start = new int[items + 1];
        var values = new List<int>();
        for (int i = 0; i < items; i++)
        {
            var ids = new SortedSet<int>();
            for (int count = random.Below(valuesMax + 1); count > 0; count--) ids.Add(random.Below(vocabulary));
            values.AddRange(ids);
            start[i + 1] = values.Count;
        }
        var texts = new Vocabulary(Enumerable.Range(0, vocabulary).Select(v => $"{name}{v:000}"));
        return FeatureColumn.Categorical(new FeatureSpec(name, type), texts, start, [.. values]);
    }

    static FeatureColumn Ordered(string name, FeatureType type, int items, ref SeededRandom random)
    {
        long[] keys = new long[items];
        for (int i = 0; i < items; i++) keys[i] = random.Below(10) == 0 ? OrderedKey.Missing : 1950 + random.Below(70);
        return FeatureColumn.Ordered(new FeatureSpec(name, type), keys);
    }
}
