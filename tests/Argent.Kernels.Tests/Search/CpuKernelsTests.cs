namespace Argent.Kernels.Tests.Search;

public sealed class CpuKernelsTests
{
    static readonly Workers One = new(1);

    [Fact]
    public void The_reference_can_always_be_named()
    {
        Assert.IsType<ReferenceKernels>(CpuKernels.Named("reference", One));
        Assert.Equal("reference", CpuKernels.All(One)[0].Variant);
    }

    [Fact]
    public void Without_a_name_the_fastest_is_chosen() =>
        Assert.Equal(CpuKernels.All(One)[^1].Variant, CpuKernels.Named(null, One).Variant);

    [Fact]
    public void An_unknown_name_is_an_error_that_lists_the_known()
    {
        var error = Assert.Throws<InvalidOperationException>(() => CpuKernels.Named("avx512", One));
        Assert.Contains("'avx512'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'reference' and 'avx2'", error.Message, StringComparison.Ordinal);
    }
}
