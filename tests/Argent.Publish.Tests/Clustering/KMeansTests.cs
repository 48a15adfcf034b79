using Argent.Data;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish.Tests.Clustering;

public sealed class KMeansTests : IDisposable
{
    readonly Workers _one = new(1), _two = new(2);

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_objective_falls(bool spherical)
    {
        var rows = Mixture.Draw(4000, 24);
        var options = new KMeansOptions { NList = 32, Spherical = spherical, SamplePerList = 64 };
        var clustering = KMeans.Train(rows, options, CpuKernels.Create(_two), Progress.None);
        Assert.Equal(options.Rounds + 1, clustering.Objective.Count);
        Assert.True(clustering.Objective[^1] < 0.99 * clustering.Objective[0], string.Join(", ", clustering.Objective));
        // Moving a centroid may cost something for a round; without moves Lloyd's rounds never lose.
        if (clustering.Reseeded == 0)
        {
            Assert.All(clustering.Objective.Zip(clustering.Objective.Skip(1)), p => Assert.True(p.Second <= p.First * 1.0001));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Equal_seeds_give_equal_lists_at_any_number_of_threads(bool spherical)
    {
        var rows = Mixture.Draw(3001, 17);
        var options = new KMeansOptions { NList = 24, Spherical = spherical, Seed = 5 };
        var (first, firstLists) = Divide(rows, options, _one);
        var (second, secondLists) = Divide(rows, options, _two);
        Assert.Equal(first, second);
        Assert.Equal(firstLists, secondLists);
        var (other, _) = Divide(rows, options with { Seed = 6 }, _one);
        Assert.NotEqual(first, other);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_list_is_larger_than_its_capacity(bool spherical)
    {
        var rows = Mixture.Draw(5000, 16, centres: 60);
        var (_, lists) = Divide(rows, new KMeansOptions { NList = 40, Spherical = spherical }, _two);
        int[] sizes = Sizes(lists, 40);
        Assert.True(sizes.Max() <= Math.Ceiling(KMeansOptions.LargestRatio * 5000 / 40), $"largest {sizes.Max()}");
        Assert.Equal(5000, sizes.Sum());
    }

    [Fact]
    public void Clusters_that_lie_far_apart_become_lists_of_their_own()
    {
        // 8 points of a cube's corners, 50 copies each with tiny noise.
        var random = new SeededRandom(3);
        var rows = Tensor.Zeros<float>(new Shape(400, 3));
        for (int r = 0; r < 400; r++)
        {
            for (int d = 0; d < 3; d++) rows[r * 3 + d] = (((r % 8) >> d) & 1) * 100 + (float)random.Normal();
        }
        var (_, lists) = Divide(rows, new KMeansOptions { NList = 8, Spherical = false }, _two);
        for (int r = 8; r < 400; r++) Assert.Equal(lists[r % 8], lists[r]);
        Assert.Equal(8, lists.Distinct().Count());
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(3f)]
    public void Equal_vectors_are_spread_over_the_lists(float value)
    {
        foreach (bool spherical in new[] { false, true })
        {
            var rows = Tensor.Zeros<float>(new Shape(500, 5));
            rows.Span.Fill(value);
            var (_, lists) = Divide(rows, new KMeansOptions { NList = 10, Spherical = spherical }, _two);
            Assert.True(Sizes(lists, 10).Max() <= 125, $"value {value}, spherical {spherical}");
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(63, 8)]
    [InlineData(64, 64)]
    [InlineData(65, 7)]
    public void Small_catalogues_can_be_divided(int items, int nlist)
    {
        var rows = Mixture.Draw(items, 9, centres: 5);
        foreach (bool spherical in new[] { false, true })
        {
            var (centroids, lists) = Divide(rows, new KMeansOptions { NList = nlist, Spherical = spherical }, _two);
            Assert.All(lists, l => Assert.InRange(l, 0, nlist - 1));
            Assert.All(centroids, c => Assert.True(float.IsFinite(c)));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lists_on_two_levels_are_even_and_equal_at_any_number_of_threads(bool spherical)
    {
        const int Items = 4000, NList = 300;
        var rows = Mixture.Draw(Items, 8, centres: 100);
        var options = new KMeansOptions { NList = NList, Spherical = spherical, Seed = 4, TwoLevelsFrom = NList };
        var (first, firstLists) = Divide(rows, options, _one);
        var (second, secondLists) = Divide(rows, options, _two);
        Assert.Equal(first, second);
        Assert.Equal(firstLists, secondLists);
        int[] sizes = Sizes(firstLists, NList);
        Assert.InRange(sizes.Min(), 1, Items);
        Assert.True(sizes.Max() <= Math.Ceiling(KMeansOptions.LargestRatio * Items / NList), $"largest {sizes.Max()}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Two_levels_come_near_to_what_one_level_finds(bool spherical)
    {
        var rows = Mixture.Draw(5000, 8, centres: 100);
        var kernels = CpuKernels.Create(_two);
        double Objective(int from)
        {
            var options = new KMeansOptions { NList = 256, Spherical = spherical, TwoLevelsFrom = from };
            var clustering = KMeans.Train(rows, options, kernels, Progress.None);
            Assert.Equal(from == 256, clustering.Coarse is not null);
            return clustering.Objective[^1];
        }
        Assert.InRange(Objective(256), 0, 1.1 * Objective(257));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(450)]
    public void Fewer_different_vectors_than_lists_fill_every_list(int different)
    {
        const int Items = 900, NList = 500;
        var some = Mixture.Draw(different, 6);
        var rows = Tensor.Zeros<float>(new Shape(Items, 6));
        for (int r = 0; r < Items; r++) some.Row(r % different).CopyTo(rows.Row(r));
        foreach (bool spherical in new[] { false, true })
        {
            var (centroids, lists) = Divide(rows, new KMeansOptions { NList = NList, Spherical = spherical, TwoLevelsFrom = 400 }, _two);
            int[] sizes = Sizes(lists, NList);
            Assert.InRange(sizes.Min(), 1, Items);
            Assert.InRange(sizes.Max(), 1, (int)Math.Ceiling(KMeansOptions.LargestRatio * Items / NList));
            Assert.All(centroids, c => Assert.True(float.IsFinite(c)));
        }
    }

    [Fact]
    public void Every_item_can_have_a_list_of_its_own_on_two_levels()
    {
        var rows = Mixture.Draw(410, 5);
        var (_, lists) = Divide(rows, new KMeansOptions { NList = 410, Spherical = false, TwoLevelsFrom = 400 }, _two);
        Assert.All(Sizes(lists, 410), size => Assert.Equal(1, size));
    }

    [Fact]
    public void More_lists_than_items_are_refused()
    {
        var rows = Mixture.Draw(5, 4);
        var options = new KMeansOptions { NList = 6, Spherical = false };
        var error = Assert.Throws<ArgumentException>(() => KMeans.Train(rows, options, CpuKernels.Create(_one), Progress.None));
        Assert.Contains("6 lists are asked for 5 items", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(100)]
    public void The_nearest_list_is_the_first_of_the_best(int lists)
    {
        var random = new SeededRandom(9);
        var rows = Mixture.Draw(70, 6);
        var centroids = Mixture.Draw(lists, 6, seed: 8);
        // A repeated centroid: the lower list wins.
        if (lists > 3) centroids.Row(1).CopyTo(centroids.Row(lists - 1));
        var found = Tensor.Zeros<int>(new Shape(70));
        using var nearest = new NearestLists(centroids, default, null, CpuKernels.Create(_two));
        nearest.Find(rows, found, default);
        var scores = nearest.Score(rows);
        for (int r = 0; r < 70; r++)
        {
            float[] row = scores.Row(r).ToArray();
            Assert.Equal(Array.IndexOf(row, row.Max()), found[r]);
        }
    }

    static (float[] Centroids, int[] Lists) Divide(Tensor<float> rows, KMeansOptions options, Workers workers)
    {
        var kernels = CpuKernels.Create(workers);
        var clustering = KMeans.Train(rows, options, kernels, Progress.None);
        var assignment = ListAssignment.Of(rows, clustering, kernels, Progress.None);
        return (clustering.Centroids.ToArray(), assignment.Lists.ToArray());
    }

    static int[] Sizes(int[] lists, int nlist)
    {
        int[] sizes = new int[nlist];
        foreach (int list in lists) sizes[list]++;
        return sizes;
    }
}
