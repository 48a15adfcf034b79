using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish.Tests.Fuzzing;

/// <summary>Scans of every list for all filters of a catalogue in one batch, while items come and go.</summary>
sealed class FuzzScan(FuzzIndex index, IReadOnlyList<FuzzCase> cases, IKernels kernels)
{
    const int Updates = 2;
    const string Repeats = "the scan repeats an item", Others = "the scan finds others";

    int _scans;

    /// <summary>Demands exactly the eligible live items, best first, at any K, with and without a filter index.</summary>
    public void Check(Random random)
    {
        var all = CheckAll(index.Words);
        CheckBest(all, random);
        for (int update = 0; update < Updates; update++)
        {
            var live = index.Lists.Live.Span;
            for (int flips = random.Next(1, live.Length * 32); flips > 0; flips--)
            {
                int slot = random.Next(live.Length * 64);
                if (index.Lists.Rows[slot] >= 0) live[slot / 64] ^= 1UL << (slot % 64);
            }
            all = CheckAll(index.Words);
        }
        CheckBest(all, random);
        CheckAll(null);
    }

    Tensor<int> CheckAll(FilterWords? words)
    {
        var found = Scan(index.Items, words);
        ulong[] live = index.Lists.Live.Span.ToArray(), bits = new ulong[live.Length];
        for (int q = 0; q < cases.Count; q++)
        {
            Array.Clear(bits);
            foreach (int slot in found.Row(q))
            {
                if (slot < 0) continue;
                cases[q].Demand((bits[slot / 64] >> (slot % 64) & 1) == 0, Repeats, slot);
                bits[slot / 64] |= 1UL << (slot % 64);
            }
            for (int word = 0; word < bits.Length; word++)
            {
                cases[q].Demand(bits[word] == (live[word] & cases[q].Slots[word]), Others, word);
            }
        }
        return found;
    }

    /// <summary>A short answer is the beginning of the long one.</summary>
    void CheckBest(Tensor<int> all, Random random)
    {
        int kept = random.Next(1, Math.Min(index.Items, 100) + 1);
        var best = Scan(kept, index.Words);
        for (int q = 0; q < cases.Count; q++)
        {
            cases[q].Demand(all.Row(q)[..kept].SequenceEqual(best.Row(q)), "other items are best", kept);
        }
    }

    /// <summary>[Q, K] slots, best first.</summary>
    Tensor<int> Scan(int kept, FilterWords? words)
    {
        _scans++;
        int queries = cases.Count, nlist = index.Lists.NList;
        var slots = Tensor.Zeros<int>(new Shape(queries, kept));
        var lists = Tensor.Zeros<int>(new Shape(queries, nlist));
        var codes = Tensor.Zeros<sbyte>(new Shape(queries, index.Lists.PaddedDim));
        var scales = Tensor.Zeros<float>(new Shape(queries));
        for (int q = 0; q < queries; q++)
        {
            for (int l = 0; l < nlist; l++) lists.Row(q)[l] = l;
            codes.Row(q)[q * 8 % index.Lists.PaddedDim] = 100;
            scales[q] = .5f;
        }
        kernels.FusedScan(new FusedScanArgs
        {
            Queries = codes,
            QueryScales = scales,
            Lists = lists,
            Index = index.Lists,
            Words = words,
            Forward = index.Forward,
            // Half of them verify before they score; the halves change from scan to scan.
            Filters = [.. cases.Select((c, q) => c.Program is null
                ? null
                : new QueryFilter(c.Program) { VerifyFirst = (q + _scans) % 2 == 0 })],
            Scores = Tensor.Zeros<float>(new Shape(queries, kept)),
            Slots = slots,
            Found = Tensor.Zeros<int>(new Shape(queries)),
            EligibleSeen = Tensor.Zeros<long>(new Shape(queries)),
        });
        return slots;
    }
}
