namespace Argent.Kernels.Tests.Search;

public sealed class CpuKernelsTests
{
    static readonly Workers _one = new(1);

    [Fact]
    public void The_reference_can_always_be_named()
    {
        Assert.IsType<ReferenceKernels>(CpuKernels.Named("reference", _one));
        Assert.Equal("reference", CpuKernels.All(_one)[0].Variant);
    }

    [Fact]
    public void Without_a_name_the_fastest_is_chosen() =>
        Assert.Equal(CpuKernels.All(_one)[^1].Variant, CpuKernels.Named(null, _one).Variant);

    [Fact]
    public void An_unknown_name_is_an_error_that_lists_the_known()
    {
        var error = Assert.Throws<InvalidOperationException>(() => CpuKernels.Named("avx512", _one));
        Assert.Contains("'avx512'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'reference', 'avx2' and 'avxvnni'", error.Message, StringComparison.Ordinal);
    }
}
