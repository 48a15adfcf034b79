using System.Runtime.Intrinsics;
using Argent.Tensors;

namespace Argent.Kernels.Tests.Search;

public sealed unsafe class RankKeyTests
{
    [Fact]
    public void Keys_order_as_scores_fall_and_ties_rise()
    {
        float[] falling =
            [float.PositiveInfinity, float.MaxValue, 2, 1e-40f, 0, -1e-40f, -1, float.MinValue, float.NegativeInfinity];
        uint[] ties = [0, 7, uint.MaxValue];
        long[] keys = [.. falling.SelectMany(s => ties.Select(t => RankKey.Of(s, t)))];
        Assert.Equal(keys.Order(), keys);
        Assert.Equal(falling, keys.Where((_, i) => i % 3 == 0).Select(RankKey.Score));
        Assert.Equal(7u, RankKey.Tie(keys[1]));
    }

    [Fact]
    public void Eight_keys_equal_single_keys()
    {
        if (!Avx2Kernels.IsSupported) Assert.Skip("This processor has no AVX2.");
        var scores = Vector256.Create(0f, -1f, 3f, float.NegativeInfinity, 1e-40f, -5e8f, float.MaxValue, 7f);
        long* keys = stackalloc long[8];
        RankKey.Store(keys, RankKey.Upper(scores), Vector256<int>.Indices);
        for (int i = 0; i < 8; i++) Assert.Equal(RankKey.Of(scores[i], (uint)i), keys[i]);
    }

    [Fact]
    public void Partition_and_sort_equal_a_full_sort_for_hostile_sizes_and_many_equal_keys()
    {
        if (!Avx2Kernels.IsSupported) Assert.Skip("This processor has no AVX2.");
        foreach (int count in new[] { 0, 1, 2, 48, 49, 63, 64, 65, 127, 193, 1000, 4095, 4096, 50_000 })
        {
            foreach (long range in new[] { 1L, 3L, 1000L, long.MaxValue })
            {
                var random = new Random(count);
                long[] values = [.. Enumerable.Range(0, count).Select(_ => random.NextInt64(-range, range))];
                if (range == long.MaxValue && count > 5) (values[0], values[5]) = (long.MaxValue, long.MinValue);
                int[] parts = [0, 1, count / 7, count / 2, count - 1, count];
                foreach (int kept in parts.Where(k => k >= 0 && k <= count)) CheckPartition(values, kept);
            }
        }
    }

    [Fact]
    public void Partition_of_equal_extremes_ends()
    {
        if (!Avx2Kernels.IsSupported) Assert.Skip("This processor has no AVX2.");
        CheckPartition([.. Enumerable.Repeat(long.MaxValue, 500)], 100);
        CheckPartition([.. Enumerable.Repeat(long.MinValue, 500)], 100);
        CheckPartition([.. Enumerable.Range(0, 500).Select(i => i % 2 == 0 ? long.MaxValue : long.MinValue)], 300);
    }

    static void CheckPartition(long[] values, int kept)
    {
        var (keys, spare) = (Tensor.From<long>(values), SearchVariants.Poisoned<long>(new(values.Length)));
        KeySelection.Partition(keys.Pointer, values.Length, kept, spare.Pointer);
        long[] sorted = [.. values.Order()];
        Assert.Equal(sorted, keys.ToArray().Order());
        Assert.Equal(sorted[..kept], keys.ToArray()[..kept].Order());
        if (kept > 0) Assert.Equal(sorted[kept - 1], KeySelection.Largest(keys.Pointer, kept));
        KeySort.Sort(keys.Pointer, values.Length, spare.Pointer);
        Assert.Equal(sorted, keys.ToArray());
    }
}
