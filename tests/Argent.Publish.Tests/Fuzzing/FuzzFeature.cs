using System.Globalization;
using Argent.Model;

namespace Argent.Publish.Tests.Fuzzing;

/// <summary>
/// A feature of a fuzzed catalogue as raw values by item: texts, or at most one long, double or moment; none is missing.
/// </summary>
sealed class FuzzFeature
{
    static readonly int[] _distinctCounts = [0, 1, 2, 3, 5, 20, 63, 64, 65, 200, 700, 4000];
    static readonly int[] _valuesMax = [1, 2, 4, 8, 40];
    static readonly double[] _missing = [0, 0, .05, .3, .9, 1];

    FuzzFeature(FeatureSpec spec, object[][] values) => (Spec, Values) = (spec, values);

    /// <summary>Name and type.</summary>
    public FeatureSpec Spec { get; }

    /// <summary>By item: its distinct values.</summary>
    public object[][] Values { get; }

    /// <summary>A random feature of <paramref name="items"/> items.</summary>
    public static FuzzFeature Draw(string name, int items, Random random)
    {
        var spec = new FeatureSpec(name, (FeatureType)random.Next(6));
        var drawn = Enumerable.Range(0, random.GetItems(_distinctCounts, 1)[0]).Select(i => Value(spec.Type, i, random));
        object[] distinct = [.. drawn.Distinct()];
        int most = spec.Type == FeatureType.Categories ? random.GetItems(_valuesMax, 1)[0] : 1;
        double missing = random.GetItems(_missing, 1)[0], skew = random.Next(3) * 2 + 1;
        object[] Item()
        {
            if (distinct.Length == 0 || random.NextDouble() < missing) return [];
            int count = random.Next(1, most + 1);
            // The cube or fifth power of a uniform number: few values are frequent, many are rare.
            int Which() => (int)(distinct.Length * Math.Pow(random.NextDouble(), skew));
            return [.. Enumerable.Range(0, count).Select(_ => distinct[Which()]).Distinct()];
        }
        return new FuzzFeature(spec, [.. Enumerable.Range(0, items).Select(_ => Item())]);
    }

    /// <summary>The column that publishing reads.</summary>
    public FeatureColumn ToColumn()
    {
        if (Spec.IsOrdered) return FeatureColumn.Ordered(Spec, [.. Values.Select(v => v.Length == 0 ? OrderedKey.Missing : Key(v[0]))]);
        var vocabulary = new Vocabulary(Values.SelectMany(v => v).Cast<string>().Distinct());
        int[] start = new int[Values.Length + 1];
        var ids = new List<int>();
        for (int i = 0; i < Values.Length; i++)
        {
            ids.AddRange(Values[i].Select(v => vocabulary.Find((string)v)).Order());
            start[i + 1] = ids.Count;
        }
        return FeatureColumn.Categorical(Spec, vocabulary, start, [.. ids]);
    }

    static long Key(object value) => value switch
    {
        double number => OrderedKey.FromNumber(number),
        DateTimeOffset moment => moment.ToUnixTimeSeconds(),
        _ => (long)value,
    };

    static object Value(FeatureType type, int i, Random random) => type switch
    {
        FeatureType.Integer => Integer(random),
        FeatureType.Number => Number(random),
        FeatureType.Date => Date(random),
        _ => Text(i, random),
    };

    static string Text(int i, Random random) => random.Next(12) switch
    {
        0 => i.ToString(CultureInfo.InvariantCulture),
        1 => string.Create(CultureInfo.InvariantCulture, $"it's {i}"),
        2 => string.Create(CultureInfo.InvariantCulture, $"Ümläut 𝄞\t{i}"),
        3 => string.Create(CultureInfo.InvariantCulture, $"{i}.50"),
        4 when i < 3 => "",
        _ => string.Create(CultureInfo.InvariantCulture, $"value {i}"),
    };

    static long Integer(Random random) => random.Next(8) switch
    {
        0 => random.NextInt64(long.MinValue + 1, long.MaxValue),
        1 => random.GetItems([long.MaxValue, long.MaxValue - 1, long.MinValue + 1, long.MinValue + 2], 1)[0],
        2 => (1L << random.Next(63)) * (random.Next(2) * 2 - 1) + random.Next(-1, 2),
        3 => random.Next(-100_000, 100_000),
        _ => random.Next(-5, 40),
    };

    static double Number(Random random) => random.Next(8) switch
    {
        0 => random.GetItems(
            [0.0, -0.0, double.Epsilon, -double.Epsilon, 2 * double.Epsilon, double.MaxValue, double.MinValue, 2.225073858507201e-308],
            1)[0],
        1 => BitConverter.Int64BitsToDouble(random.NextInt64(0x7FF0_0000_0000_0000)) * (random.Next(2) * 2 - 1),
        2 => Math.BitIncrement(random.Next(-3, 4)),
        3 => random.NextDouble() * 1000,
        _ => random.Next(-20, 40) / 10.0,
    };

    static DateTimeOffset Date(Random random) => random.Next(6) switch
    {
        0 => DateTimeOffset.FromUnixTimeSeconds(random.NextInt64(-62_135_596_800, 253_402_300_800)),
        1 => DateTimeOffset.FromUnixTimeSeconds(random.GetItems([-62_135_596_800, 253_402_300_799, 0, -1], 1)[0]),
        2 => DateTimeOffset.FromUnixTimeSeconds(random.Next(-10, 10)),
        _ => DateTimeOffset.FromUnixTimeSeconds(random.Next(-3000, 20_000) * 86_400L + random.Next(2) * random.Next(86_400)),
    };
}
