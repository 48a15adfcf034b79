using Argent.Kernels.Tests.Search;
using Argent.Tensors;

namespace Argent.Kernels.Tests.Cuda;

/// <summary>Sums of neighbours on a device: the bits of the definition.</summary>
[Collection(EmulatedDeviceCollection.Name)]
public sealed class SumNeighboursKernelTests(EmulatedDevice device)
{
    // More candidates than a table in shared memory takes are among them.
    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 1)]
    [InlineData(63, 7)]
    [InlineData(64, 10)]
    [InlineData(65, 4)]
    [InlineData(4095, 1)]
    [InlineData(6000, 2)]
    public void Sums_have_the_bits_of_the_definition_and_other_columns_stay(int candidates, int requests)
    {
        int seed = FloatCase.Seed + candidates;
        var args = SumNeighboursTests.Random(new Random(seed), requests, candidates);
        var expected = args with { Output = SearchVariants.Poisoned<float>(new(candidates, 3)), Column = 1 };
        new ReferenceKernels(new Workers(1)).SumNeighbours(expected);
        device.InEveryLaneOrder(name =>
        {
            var own = args with { Output = SearchVariants.Poisoned<float>(new(candidates, 3)), Column = 1 };
            device.Kernels.SumNeighbours(own);
            FloatCase.AssertEqualBits(expected.Output.ToArray(), own.Output.ToArray(), $"{name}, seed {seed}");
        });
    }

    [Fact]
    public void Past_items_are_added_in_their_order()
    {
        // In float32, 2^24 + 1 + 1 - 2^24 is 0, and 1 + 1 + 2^24 - 2^24 is 2.
        var args = new SumNeighboursArgs
        {
            RowStart = Tensor.From<long>(0, 1, 2, 3),
            Neighbours = Tensor.From<int>(int.MaxValue, int.MaxValue, int.MaxValue),
            Weights = Tensor.From([(BFloat16)16777216f, (BFloat16)1f, (BFloat16)(-16777216f)]),
            History = Tensor.From<int>(0, 1, 1, 2),
            HistoryStart = Tensor.From<int>(0, 4),
            Candidates = Tensor.From<int>(5, int.MaxValue, 0),
            CandidateStart = Tensor.From<int>(0, 3),
            Output = Tensor.Zeros<float>(new(3, 1)),
            Column = 0,
        };
        device.InEveryLaneOrder(name =>
        {
            device.Kernels.SumNeighbours(args);
            Assert.Equal([0, 0, 0], args.Output.ToArray());
            device.Kernels.SumNeighbours(args with { History = Tensor.From<int>(1, 1, 0, 2) });
            Assert.Equal([0, 2, 0], args.Output.ToArray());
        });
    }
}
