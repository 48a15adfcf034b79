using Argent.Kernels.Tests.Search;
using Argent.Tensors;

namespace Argent.Kernels.Tests.Cuda;

/// <summary>Candidates, gathered rows and nearest rows on a device: the bits of the processor's kernels.</summary>
[Collection(EmulatedDeviceCollection.Name)]
public sealed class RowKernelTests(EmulatedDevice device)
{
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 7, 3, 63)]
    [InlineData(3, 33, 5, 64)]
    [InlineData(1, 65, 1, 65)]
    [InlineData(2, 40, 9, 12)]
    [InlineData(0, 3, 1, 8)]
    [InlineData(1, 0, 2, 8)]
    public void Candidates_have_the_scores_of_the_vector_kernel(int requests, int candidates, int heads, int dim)
    {
        Assert.SkipUnless(Avx2Kernels.IsSupported, "The order of the sums is that of the AVX2 kernel.");
        var random = new Random(dim);
        var embeddings = Tensor.Zeros<BFloat16>(new(70, dim));
        for (long i = 0; i < embeddings.Count; i++) embeddings[i] = (BFloat16)(float)(random.NextDouble() - 0.5);
        var slots = Tensor.Zeros<int>(new(requests, candidates));
        for (long i = 0; i < slots.Count; i++) slots[i] = random.Next(-4, 70);
        var queries = SearchVariants.Floats(random, new(requests * heads, dim));
        foreach (var bias in new[] { default, SearchVariants.Floats(random, new(70)) })
        {
            var expected = new ScoreCandidatesArgs
            {
                Queries = queries,
                Embeddings = embeddings,
                Bias = bias,
                Slots = slots,
                Scores = SearchVariants.Poisoned<float>(new(requests, candidates, heads)),
            };
            new Avx2Kernels(new Workers(1), isVnni: false).ScoreCandidates(expected);
            device.InEveryLaneOrder(name =>
            {
                var own = expected with { Scores = SearchVariants.Poisoned<float>(expected.Scores.Shape) };
                device.Kernels.ScoreCandidates(own);
                Equal(expected.Scores, own.Scores, name);
            });
        }
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 1)]
    [InlineData(9, 64)]
    [InlineData(65, 63)]
    [InlineData(127, 130)]
    public void Gathered_rows_are_widened_without_loss(int count, int columns)
    {
        var random = new Random(count);
        var table = Tensor.Zeros<BFloat16>(new(40, columns));
        for (long i = 0; i < table.Count; i++) table[i] = (BFloat16)(float)(random.NextDouble() - 0.5);
        var indices = Tensor.Zeros<int>(new(count));
        for (int i = 0; i < count; i++) indices[i] = random.Next(-3, 40);
        var expected = new GatherRowsBFloat16Args
        {
            Table = table,
            Indices = indices,
            Rows = SearchVariants.Poisoned<float>(new(count, columns)),
        };
        new ReferenceKernels(new Workers(1)).GatherRowsBFloat16(expected);
        device.InEveryLaneOrder(name =>
        {
            var own = expected with { Rows = SearchVariants.Poisoned<float>(expected.Rows.Shape) };
            device.Kernels.GatherRowsBFloat16(own);
            Equal(expected.Rows, own.Rows, name);
        });
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(63, 65, 7)]
    [InlineData(65, 64, 17)]
    [InlineData(130, 129, 40)]
    public void Nearest_rows_have_the_bits_of_the_definition(int rows, int table, int dim)
    {
        var random = new Random(rows + table);
        foreach (bool ties in new[] { false, true })
        {
            Tensor<float> Draw(Shape shape) =>
                ties ? SearchVariants.Integers(random, shape, 1) : SearchVariants.Floats(random, shape);
            var (values, others, bias) = (Draw(new(rows, dim)), Draw(new(table, dim)), Draw(new(table)));
            values[0] = float.NaN;
            foreach (var given in new[] { bias, default })
            {
                Check(new NearestRowsArgs
                {
                    Rows = values,
                    Table = others,
                    Bias = given,
                    Nearest = SearchVariants.Poisoned<int>(new(rows)),
                    Best = SearchVariants.Poisoned<float>(new(rows)),
                });
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(65)]
    public void A_group_meets_its_own_candidates_only_and_other_rows_stay(int candidates)
    {
        var random = new Random(candidates);
        const int Rows = 200, Table = 90, Groups = 4;
        int[] members = [.. Enumerable.Range(0, Rows).Where(r => r % 5 != 0)];
        random.Shuffle(members);
        // One group is empty, one longer than the tiles that its blocks take at once.
        int[] chosen = [.. Enumerable.Range(0, Groups).SelectMany(g =>
            Enumerable.Range(0, Table).OrderBy(l => (l * 37 + g * 11) % Table).Take(candidates).Order())];
        Check(new NearestRowsArgs
        {
            Rows = SearchVariants.Floats(random, new(Rows, 20)),
            Table = SearchVariants.Floats(random, new(Table, 20)),
            GroupStart = Tensor.From<int>(0, 140, 140, 141, members.Length),
            Members = Tensor.From<int>(members),
            Candidates = Tensor.From<int>(chosen, new(Groups, candidates)),
            Nearest = SearchVariants.Poisoned<int>(new(Rows)),
            Best = SearchVariants.Poisoned<float>(new(Rows)),
        });
    }

    [Fact]
    public void With_little_memory_rows_go_through_the_device_in_runs_and_groups_stay_on_the_host()
    {
        const int Rows = 400, Table = 10, Dim = 17;
        var random = new Random(5);
        using var small = CudaKernels.Open(0, new ReferenceKernels(new Workers(1)), workingBytes: 8 << 10);
        var args = new NearestRowsArgs
        {
            Rows = SearchVariants.Floats(random, new(Rows, Dim)),
            Table = SearchVariants.Floats(random, new(Table, Dim)),
            Bias = SearchVariants.Floats(random, new(Table)),
            Nearest = SearchVariants.Poisoned<int>(new(Rows)),
            Best = SearchVariants.Poisoned<float>(new(Rows)),
        };
        var grouped = args with
        {
            GroupStart = Tensor.From<int>(0, 1, 3),
            Members = Tensor.From<int>(399, 7, 8),
            Candidates = Tensor.From<int>([1, 2, 0, 9], new(2, 2)),
        };
        foreach (var expected in new[] { args, args with { Best = default }, grouped })
        {
            new ReferenceKernels(new Workers(1)).NearestRows(expected);
            var own = expected with
            {
                Nearest = Tensor.From<int>(expected.Nearest.ToArray()),
                Best = expected.Best.IsPresent ? Tensor.From<float>(expected.Best.ToArray()) : default,
            };
            // What is found is found anew.
            for (int r = 0; r < Rows; r++) own.Nearest[r] = -1 - own.Nearest[r];
            small.NearestRows(own);
            bool isGrouped = expected.GroupStart.IsPresent;
            for (int r = 0; r < Rows; r++)
            {
                bool isAsked = !isGrouped || r is 399 or 7 or 8;
                Assert.Equal(isAsked ? expected.Nearest[r] : -1 - expected.Nearest[r], own.Nearest[r]);
            }
            if (expected.Best.IsPresent) Equal(expected.Best, own.Best, "little memory");
        }
    }

    void Check(NearestRowsArgs expected)
    {
        new ReferenceKernels(new Workers(1)).NearestRows(expected);
        device.InEveryLaneOrder(name =>
        {
            var own = expected with
            {
                Nearest = SearchVariants.Poisoned<int>(expected.Nearest.Shape),
                Best = SearchVariants.Poisoned<float>(expected.Best.Shape),
            };
            device.Kernels.NearestRows(own);
            Assert.True(expected.Nearest.Span.SequenceEqual(own.Nearest.Span), name);
            Equal(expected.Best, own.Best, name);
            var withoutBest = own with { Nearest = SearchVariants.Poisoned<int>(expected.Nearest.Shape), Best = default };
            device.Kernels.NearestRows(withoutBest);
            Assert.True(expected.Nearest.Span.SequenceEqual(withoutBest.Nearest.Span), $"{name}, without best scores");
        });
    }

    static void Equal(Tensor<float> expected, Tensor<float> found, string name)
    {
        for (int i = 0; i < expected.Count; i++) Assert.True(expected[i].Equals(found[i]), $"{name}: {i} is {found[i]}, not {expected[i]}");
    }
}
