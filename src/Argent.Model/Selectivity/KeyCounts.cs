using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// How many items have the keys of an integer, number or date: a histogram in steps of about equal counts (Piatetsky-Shapiro
/// and Connell 1984). A step holds the keys above the end of the step before it, up to its own end, which an item has.
/// </summary>
/// <param name="Ends">[S] int64, the highest key of each step, ascending. The first step is the lowest key alone.</param>
/// <param name="Sums">[S] int64, items of the step and of all before it.</param>
/// <param name="Distinct">[S] int32, different keys of the step; 1 makes its count exact.</param>
public sealed record KeyCounts(Tensor<long> Ends, Tensor<long> Sums, Tensor<int> Distinct) : FeatureCounts
{
    /// <summary>The most different keys that have a step each.</summary>
    public const int ExactMax = 512;

    /// <summary>The most steps: an error of 0.2 % of the items at either end of a range.</summary>
    public const int StepsMax = 1024;

    /// <inheritdoc/>
    public override long Items => Sums.Count == 0 ? 0 : Sums[Sums.Count - 1];

    /// <inheritdoc/>
    public override IEnumerable<(string Name, AnyTensor Tensor)> Tensors =>
    [
        ("step_ends", AnyTensor.From(Ends)),
        ("step_sums", AnyTensor.From(Sums)),
        ("step_distinct", AnyTensor.From(Distinct)),
    ];

    internal static KeyCounts OfKeys(ReadOnlySpan<long> keys)
    {
        var sorted = new long[keys.Length];
        int count = 0;
        foreach (long key in keys)
        {
            if (key != OrderedKey.Missing) sorted[count++] = key;
        }
        Array.Sort(sorted, 0, count);
        return new KeySteps(sorted.AsSpan(0, count)).ToCounts();
    }

    internal static KeyCounts FromTensors(TensorSource source, string path, int slots)
    {
        var ends = source.Get<long>(path + ".step_ends", -1);
        var found = new KeyCounts(
            ends, source.Get<long>(path + ".step_sums", ends.Count), source.Get<int>(path + ".step_distinct", ends.Count));
        if (ends.Count > StepsMax || found.Items > slots)
        {
            throw source.Bad(path + ".step_sums", $"counts {found.Items} items of {slots} slots in {ends.Count} steps");
        }
        for (int s = 0; s < ends.Count; s++)
        {
            bool ascends = s == 0 ? ends[0] > OrderedKey.Missing : ends[s] > ends[s - 1];
            if (!ascends) throw source.Bad(path + ".step_ends", $"does not ascend at step {s}");
            int distinct = found.Distinct[s];
            if (distinct < 1 || distinct > found.Count(s) || (s == 0 && distinct > 1))
            {
                throw source.Bad(path + ".step_distinct", $"has {distinct} keys at step {s} of {found.Count(s)} items");
            }
        }
        return found;
    }

    internal override MatchEstimate Matches(LeafCondition leaf) => leaf.Kind switch
    {
        LeafKind.Exists => MatchEstimate.Exactly(Items),
        LeafKind.Range => Between(leaf.Low, leaf.High),
        _ => AnyOf(leaf.Values),
    };

    /// <summary>Items with a key from low to high, both included.</summary>
    MatchEstimate Between(long low, long high)
    {
        int first = StepOf(low), last = StepOf(high);
        if (first == Ends.Count) return default;
        if (first == last) return Inside(first, low, high);
        var sum = Inside(first, low, Ends[first]);
        long between = Sums[last - 1] - Sums[first];
        sum = new MatchEstimate(sum.Least + between, sum.Most + between, sum.Expected + between);
        if (last == Ends.Count) return sum;
        var tail = Inside(last, Ends[last - 1] + 1, high);
        return new MatchEstimate(sum.Least + tail.Least, sum.Most + tail.Most, sum.Expected + tail.Expected);
    }

    /// <summary>Items of one step with a key from low to high, of which low is in the step and high at most its end.</summary>
    MatchEstimate Inside(int step, long low, long high)
    {
        long count = Count(step);
        int distinct = Distinct[step];
        bool hasEnd = high >= Ends[step];
        if (distinct == 1) return MatchEstimate.Exactly(hasEnd ? count : 0);
        Int128 width = (Int128)Ends[step] - Ends[step - 1], asked = (Int128)Math.Min(high, Ends[step]) - low + 1;
        if (asked == width) return MatchEstimate.Exactly(count);
        // Each key that is certainly not asked for has one item at least; and when the end is not, it is one of them.
        long other = (long)Int128.Max(distinct - asked, hasEnd ? 0 : 1);
        // Keys are as likely as any, but a filter rather names one that an item has.
        double share = Math.Max((double)asked / (double)width, 1.0 / distinct);
        return MatchEstimate.Between(hasEnd ? 1 : 0, count - other, count * share);
    }

    MatchEstimate AnyOf(long[] keys)
    {
        long least = 0, most = 0;
        double expected = 0;
        for (int k = 0; k < keys.Length;)
        {
            int step = StepOf(keys[k]);
            if (step == Ends.Count) break;
            long stepMost = 0, stepLeast = 0;
            double stepExpected = 0;
            for (; k < keys.Length && keys[k] <= Ends[step]; k++)
            {
                var one = Inside(step, keys[k], keys[k]);
                (stepLeast, stepMost) = (stepLeast + one.Least, stepMost + one.Most);
                stepExpected += one.Expected;
            }
            least += stepLeast;
            most += Math.Min(stepMost, Count(step));
            expected += Math.Min(stepExpected, Count(step));
        }
        return MatchEstimate.Between(least, most, expected);
    }

    long Count(int step) => step == 0 ? Sums[0] : Sums[step] - Sums[step - 1];

    /// <summary>The step that a key would be in; as many as there are for one above all.</summary>
    int StepOf(long key)
    {
        int place = Ends.Span.BinarySearch(key);
        return place >= 0 ? place : ~place;
    }
}
