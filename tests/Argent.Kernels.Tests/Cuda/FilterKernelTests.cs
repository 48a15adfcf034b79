using Argent.Kernels.Tests.Search;
using Argent.Tensors;

namespace Argent.Kernels.Tests.Cuda;

/// <summary>The filter index on a device: the bits of the processor's kernels.</summary>
[Collection(EmulatedDeviceCollection.Name)]
public sealed class FilterKernelTests(EmulatedDevice device)
{
    static readonly SearchItems _items = new(3, new([700, 1, 63, 64, 65, 127, 1500], Dim: 1));

    [Fact]
    public void Signatures_of_any_run_of_slots_have_the_bits_of_the_definition()
    {
        var random = new Random(12);
        var runs = Enumerable.Range(0, 4)
            .Select(_ => random.Next(_items.Slots))
            .Select(first => (first, random.Next(_items.Slots - first + 1)));
        foreach (var (first, count) in runs.Append((0, _items.Slots)).Append((511, 2)).Append((64, 1)).Append((3, 0)).ToArray())
        {
            // Bits that were set before must go.
            var expected = _items.EmptyWords();
            expected.Rows.Span.Fill(0x5A5A_F00F_1234_8001);
            var before = expected with { Rows = Tensor.From<ulong>(expected.Rows.ToArray()) };
            var args = _items.Signatures(expected, first, count);
            new ReferenceKernels(new Workers(1)).BuildSignatures(args);
            device.InEveryLaneOrder(name =>
            {
                var own = before with { Rows = Tensor.From<ulong>(before.Rows.ToArray()) };
                device.Kernels.BuildSignatures(args with { Words = own });
                Assert.True(expected.Rows.Span.SequenceEqual(own.Rows.Span), $"{name}: slots {first} + {count}");
            });
        }
    }
}
