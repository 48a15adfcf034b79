using Argent.Kernels.Tests.Search;
using Argent.Tensors;

namespace Argent.Kernels.Tests.Cuda;

/// <summary>The union of heads on a device: the definition's order.</summary>
[Collection(EmulatedDeviceCollection.Name)]
public sealed class MergeCandidatesTests(EmulatedDevice device)
{
    [Theory]
    [InlineData(1, 1, 1, 5)]
    [InlineData(3, 4, 63, 90)]
    [InlineData(2, 3, 86, 40)]
    [InlineData(2, 5, 130, 100_000_000)]
    [InlineData(1, 12, 64, 70)]
    [InlineData(2, 2, 0, 5)]
    [InlineData(0, 2, 3, 5)]
    public void Every_slot_appears_once_in_the_order_of_first_appearance(int requests, int heads, int kept, int slots)
    {
        var random = new Random(heads * kept);
        var found = Tensor.Zeros<int>(new(requests * heads));
        // What lies behind the slots found looks like slots.
        var given = SearchVariants.Poisoned<int>(new(requests * heads, kept));
        for (int q = 0; q < found.Count; q++)
        {
            found[q] = random.Next(3) == 0 ? random.Next(kept + 1) : kept;
            // Of few slots most come again and again; of many hardly one does.
            for (int k = 0; k < kept; k++) given[(long)q * kept + k] = random.Next(slots);
        }
        var expected = Args(given, found, requests, heads * kept);
        MergeCandidatesReference.Run(expected);
        device.InEveryLaneOrder(name =>
        {
            var merged = device.Poisoned<int>(expected.Merged.Shape);
            var counts = device.Poisoned<int>(expected.Counts.Shape);
            var args = new DeviceMergeCandidatesArgs
            {
                Slots = device.Upload(given),
                Found = device.Upload(found),
                Merged = merged,
                Counts = counts,
            };
            MergeCandidatesCuda.Launch(device.Queue, args, MergeCandidatesCuda.Rent(device.Memory, merged.Shape));
            Assert.Equal(expected.Counts.ToArray(), device.Download(counts));
            Assert.True(expected.Merged.Span.SequenceEqual(device.Download(merged)), name);
        });
    }

    [Fact]
    public void The_definition_reads_heads_one_after_the_other()
    {
        var slots = Tensor.From<int>([9, 4, 7, 4, 9, 1, 8, 8, 8, 2, 8, 3], new(4, 3));
        var args = Args(slots, Tensor.From<int>(3, 3, 1, 2), requests: 2, places: 6);
        MergeCandidatesReference.Run(args);
        Assert.Equal([9, 4, 7, 1, -1, -1, 8, 2, -1, -1, -1, -1], args.Merged.ToArray());
        Assert.Equal([4, 2], args.Counts.ToArray());
    }

    [Fact]
    public void Shapes_that_do_not_fit_and_more_found_than_kept_are_refused()
    {
        var slots = Tensor.Zeros<int>(new(4, 3));
        var args = Args(slots, Tensor.From<int>(3, 3, 3, 3), requests: 2, places: 6);
        Assert.Throws<ArgumentException>(() => MergeCandidatesReference.Run(args with { Merged = Tensor.Zeros<int>(new(2, 5)) }));
        Assert.Throws<ArgumentException>(() => MergeCandidatesReference.Run(args with { Counts = Tensor.Zeros<int>(new(3)) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => MergeCandidatesReference.Run(args with { Found = Tensor.From<int>(3, 4, 3, 3) }));
    }

    static MergeCandidatesArgs Args(Tensor<int> slots, Tensor<int> found, int requests, int places) => new()
    {
        Slots = slots,
        Found = found,
        Merged = SearchVariants.Poisoned<int>(new(requests, places)),
        Counts = SearchVariants.Poisoned<int>(new(requests)),
    };
}
