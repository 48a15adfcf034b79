using Argent.Data;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training.Tests;

public sealed class NeighbourTests
{
    const int Users = 90, Items = 17;

    // Counts below 180 and a ridge of 5 or more: float32 solves the normal equations to about 1e-6 of weights below 1.
    const double Tolerance = 1e-5;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(33)]
    public void Weights_are_the_ridge_solution_of_float64_over_the_chosen_items(int most)
    {
        Interactions[] histories = [Random("save", 1, 5), Random("like", 2, 3)];
        int[][] rows = Rows(histories);
        var solver = new NeighbourSolver(new EventRows(histories, Items), most, 5);
        // Twice, and in another order: nothing of one item may be left for the next.
        foreach (int item in Enumerable.Range(0, Items).Concat(Enumerable.Range(0, Items).Reverse()))
        {
            solver.Solve(item);
            int[] chosen = solver.Neighbours.ToArray();
            Assert.Equal(Ranked(rows, item).Take(most), chosen);
            double[] known = [.. chosen.Select(c => (double)rows.Count(r => r.Contains(c) && r.Contains(item)))];
            AssertNear(Solve(Gram(rows, chosen, 5), known), solver.Weights.ToArray(), $"item {item}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void With_room_for_all_items_weights_are_those_of_EASE_in_closed_form_over_the_rows_of_all_histories(int count)
    {
        Interactions[] histories = [.. new[] { Random("save", 4, 9), Random("like", 8, 4) }.Take(count)];
        double[,] gram = Gram(Rows(histories), [.. Enumerable.Range(0, Items)], 20);
        var neighbours = Build(histories, most: Items + 3, ridge: 20, threads: 2);
        double[,] dense = Dense(neighbours);
        double largest = 0;
        for (int j = 0; j < Items; j++)
        {
            // Column j of P = gram⁻¹; B = I - P diag(1 / P), which has a zero diagonal.
            double[] p = Solve(gram, [.. Enumerable.Range(0, Items).Select(i => i == j ? 1.0 : 0)]);
            for (int i = 0; i < Items; i++)
            {
                double expected = i == j ? 0 : -p[i] / p[j];
                largest = Math.Max(largest, Math.Abs(expected));
                // Kept in bfloat16, and left out below 1e-4.
                double error = Math.Abs(dense[i, j] - expected);
                Assert.True(error <= (Math.Abs(expected) / 256) + 1.1e-4, $"{i} for {j}: {dense[i, j]:R}, EASE has {expected:R}");
            }
        }
        Assert.True(largest > 0.1, $"The largest weight is {largest}: nothing was compared.");
    }

    [Fact]
    public void An_item_is_never_its_own_neighbour_in_any_history_and_rows_name_an_item_once()
    {
        // Who saves an item also likes it: as a neighbour of itself it would be perfect.
        var events = Random("save", 5, 6);
        var neighbours = Build([events, events with { Task = "like" }], 50, 1, 1);
        Assert.True(neighbours.Items.Count > Items);
        for (int r = 0; r < Items; r++)
        {
            int[] row = Row(neighbours, r);
            Assert.DoesNotContain(r, row);
            Assert.Equal(row.Distinct().Order(), row);
        }
    }

    [Fact]
    public void Histories_that_say_the_same_weigh_as_much_as_one_with_half_the_ridge()
    {
        var events = Random("save", 5, 6);
        var (twice, once) = (Build([events, events with { Task = "like" }], 50, 8, 1), Build([events], 50, 4, 1));
        Assert.Equal(once.Items.ToArray(), twice.Items.ToArray());
        Assert.Equal(Bits(once), Bits(twice));
    }

    [Fact]
    public void Any_number_of_threads_builds_the_same_bits()
    {
        // More items than one step of the build takes.
        const int Many = 300;
        Interactions[] histories = [Random("save", 6, 14, Many), Random("like", 7, 5, Many)];
        string[] built = [.. new[] { 1, 2, 3 }.Select(threads => Build(histories, 7, 3, threads, Many)).Select(
            n => $"{string.Join(' ', n.Start.ToArray())}; {string.Join(' ', n.Items.ToArray())}; {Bits(n)}")];
        Assert.Equal(built[0], built[1]);
        Assert.Equal(built[0], built[2]);
    }

    [Fact]
    public void Items_without_events_have_no_neighbours_and_users_without_events_change_nothing()
    {
        // Users 0 and 2 did nothing; 3 and 4 have no event.
        var events = new Interactions("save", [0, 0, 3, 3, 5], [0, 1, 2, 1, 0], null);
        var neighbours = Build([events], 10, 1, 2, items: 5);
        Assert.Equal([1, 2], Row(neighbours, 0));
        Assert.Equal([0, 2], Row(neighbours, 1));
        Assert.Equal([0, 1], Row(neighbours, 2));
        Assert.Empty(Row(neighbours, 3));
        Assert.Empty(Row(neighbours, 4));
        foreach (var nothing in new[] { new Interactions("save", [0, 0, 0, 0, 0], [], null), new Interactions("save", [0], [], null) })
        {
            var none = Build([nothing], 10, 1, 1, items: 5);
            Assert.Equal((0, 6), (none.Items.Count, none.Start.Count));
        }
    }

    [Fact]
    public void Other_numbers_keep_the_weights_and_leave_out_items_without_a_number()
    {
        BFloat16[] weights = [(BFloat16)1, (BFloat16)2, (BFloat16)3, (BFloat16)4, (BFloat16)5];
        var neighbours = new ItemNeighbours(
            Tensor.From<long>(0, 2, 2, 4, 5), Tensor.From<int>(1, 3, 0, 1, 2), Tensor.From<BFloat16>(weights));

        var renumbered = neighbours.Renumbered(Tensor.From<int>(700, -1, -1, 0));

        Assert.Equal([0L, 1, 1, 2, 2], renumbered.Start.ToArray());
        Assert.Equal([0, 700], renumbered.Items.ToArray());
        Assert.Equal([2f, 3], renumbered.Weights.ToArray().Select(w => (float)w));
        Assert.Equal([1, 3, 0, 1, 2], neighbours.Items.ToArray());
        var none = neighbours.Renumbered(Tensor.From<int>(-1, -1, -1, -1));
        Assert.Equal([0L, 0, 0, 0, 0], none.Start.ToArray());
        Assert.Equal(0, none.Items.Count);
    }

    static ItemNeighbours Build(Interactions[] histories, int most, float ridge, int threads, int items = Items) =>
        NeighbourBuilder.Build(
            histories, items, new OverArchOptions { Kind = "mlp", Neighbours = most, Ridge = ridge }, threads, Progress.None);

    /// <summary>Events where neighbouring items go together; user 0 has none and item 0 is everybody else's.</summary>
    static Interactions Random(string task, int seed, int perUser, int items = Items)
    {
        var random = new Random(seed);
        var start = new int[Users + 1];
        var rows = new List<int>();
        for (int user = 1; user < Users; user++)
        {
            int taste = random.Next(items);
            rows.AddRange(Enumerable.Range(0, perUser).Select(
                _ => random.Next(3) == 0 ? random.Next(items) : (taste + random.Next(4)) % items).Append(0).Distinct().Order());
            start[user + 1] = rows.Count;
        }
        return new Interactions(task, start, [.. rows], null);
    }

    static int[][] Rows(Interactions[] histories) =>
        [.. histories.SelectMany(history => Enumerable.Range(0, Users).Select(u => history.Of(u).ToArray()))];

    /// <summary>Items by rows shared with the item over the root of their own.</summary>
    static IEnumerable<int> Ranked(int[][] rows, int item) =>
        Enumerable.Range(0, Items)
            .Where(other => other != item)
            .Select(other => (
                Item: other, Shared: rows.Count(r => r.Contains(item) && r.Contains(other)), All: rows.Count(r => r.Contains(other))))
            .Where(other => other.Shared > 0)
            .OrderByDescending(other => other.Shared / MathF.Sqrt(other.All))
            .ThenBy(other => other.Item)
            .Select(other => other.Item);

    static double[,] Gram(int[][] rows, int[] items, double ridge)
    {
        var gram = new double[items.Length, items.Length];
        for (int i = 0; i < items.Length; i++)
        {
            for (int j = 0; j < items.Length; j++)
            {
                gram[i, j] = rows.Count(r => r.Contains(items[i]) && r.Contains(items[j])) + (i == j ? ridge : 0);
            }
        }
        return gram;
    }

    /// <summary>Gauss elimination with pivots, in float64.</summary>
    static double[] Solve(double[,] matrix, double[] right)
    {
        int n = right.Length;
        var (a, x) = ((double[,])matrix.Clone(), (double[])right.Clone());
        for (int k = 0; k < n; k++)
        {
            int pivot = Enumerable.Range(k, n - k).MaxBy(i => Math.Abs(a[i, k]));
            for (int j = 0; j < n; j++) (a[k, j], a[pivot, j]) = (a[pivot, j], a[k, j]);
            (x[k], x[pivot]) = (x[pivot], x[k]);
            for (int i = 0; i < n; i++)
            {
                if (i == k) continue;
                double factor = a[i, k] / a[k, k];
                for (int j = k; j < n; j++) a[i, j] -= factor * a[k, j];
                x[i] -= factor * x[k];
            }
        }
        return [.. x.Select((value, k) => value / a[k, k])];
    }

    static void AssertNear(double[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool near = Math.Abs(expected[i] - actual[i]) <= Tolerance;
            Assert.True(near, $"{what}, neighbour {i}: {actual[i]:R}, float64 gives {expected[i]:R}");
        }
    }

    static int[] Row(ItemNeighbours neighbours, int row) =>
        neighbours.Items.Span[(int)neighbours.Start[row]..(int)neighbours.Start[row + 1]].ToArray();

    static string Bits(ItemNeighbours neighbours) =>
        string.Join(' ', neighbours.Weights.ToArray().Select(w => BitConverter.SingleToInt32Bits((float)w)));

    /// <summary>[past item, item] weights.</summary>
    static double[,] Dense(ItemNeighbours neighbours)
    {
        var dense = new double[Items, Items];
        for (int r = 0; r < Items; r++)
        {
            for (long n = neighbours.Start[r]; n < neighbours.Start[r + 1]; n++)
            {
                dense[r, neighbours.Items[n]] = (float)neighbours.Weights[n];
            }
        }
        return dense;
    }
}
