using Argent.Kernels.Tests.Search;

namespace Argent.Kernels.Tests.Cuda;

/// <summary>Attention on a device beside the vector kernel.</summary>
[Collection(EmulatedDeviceCollection.Name)]
public sealed class AttentionKernelTests(EmulatedDevice device)
{
    static readonly (string Name, (int Queries, int Keys)[] Segments)[] _batches =
    [
        ("nothing", []),
        ("one", [(1, 1)]),
        ("empty sides", [(0, 3), (2, 0), (0, 0), (3, 5)]),
        ("several", [(7, 7), (1, 130), (33, 17), (2, 2)]),
        ("long", [(2, 1100)]),
    ];

    [Theory]
    [InlineData(1, 1, 1, 0)]
    [InlineData(2, 16, 5, 4)]
    [InlineData(3, 7, 130, 1)]
    public void Softmax_attention_equals_the_vector_kernel(int heads, int depth, int valueDepth, int biasRows)
    {
        foreach (bool isCausal in new[] { false, true })
        {
            // Equal as numbers: keys that are not seen add zeros on the processor, which turn -0 into 0.
            Check((heads, depth, valueDepth), biasRows, a => a with { IsCausal = isCausal }, _ => 0);
        }
    }

    [Fact]
    public void Silu_attention_equals_the_vector_kernel_within_its_tolerance() => Check(
        (2, 16, 5),
        3,
        a => a with { IsCausal = true, Weighting = AttentionWeighting.Silu },
        a => 2 * 2e-6 * (2 + (a.Scale * a.Queries.Shape[1] / a.Heads)));

    void Check(
        (int Heads, int Depth, int ValueDepth) extents, int biasRows, Func<AttentionArgs, AttentionArgs> change,
        Func<AttentionArgs, double> tolerance)
    {
        Assert.SkipUnless(Avx2Kernels.IsSupported, "The order of the sums is that of the AVX2 kernel.");
        foreach (var (batch, segments) in _batches)
        {
            var args = change(AttentionTests.Arguments(segments, extents, biasRows, 5));
            new Avx2Kernels(new Workers(1), isVnni: false).Attention(args);
            double most = tolerance(args);
            device.InEveryLaneOrder(name =>
            {
                var own = args with { Output = SearchVariants.Poisoned<float>(args.Output.Shape) };
                device.Kernels.Attention(own);
                for (int i = 0; i < own.Output.Count; i++)
                {
                    bool isNear = Math.Abs((double)own.Output[i] - args.Output[i]) <= most;
                    Assert.True(isNear, $"{batch}, {extents}, {name}: [{i}] is {own.Output[i]:R}, not {args.Output[i]:R}");
                }
            });
        }
    }
}
