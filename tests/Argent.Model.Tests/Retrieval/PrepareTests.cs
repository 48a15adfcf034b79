using Argent.Kernels;

namespace Argent.Model.Tests.Retrieval;

public sealed class PrepareTests : IDisposable
{
    readonly Workers _workers = new(1);
    readonly SampleModel _sample;

    public PrepareTests() => _sample = new SampleModel(
        new SampleOptions { Limits = new ModelLimits { KMax = 1000, ExcludeMax = 3, OnlyMax = 3, IdTextMax = 20, CachedPrograms = 4 } },
        CpuKernels.Create(_workers));

    public void Dispose() => _workers.Dispose();

    RequestException Refused(RetrievalRequest request) => Assert.Throws<RequestException>(() => _sample.Model.Prepare(request));

    RetrievalRequest Good => new() { User = _sample.User(new Random(1)) };

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void K_outside_its_limits_is_refused(int k)
    {
        var e = Refused(Good with { K = k });
        Assert.Equal(RequestErrorKind.BadRequest, e.Kind);
        Assert.Contains("1 to 1000", e.Message);
    }

    [Fact]
    public void Probes_are_the_default_for_0_all_lists_at_most_and_never_negative()
    {
        Assert.Equal(3, _sample.Model.Prepare(Good).NProbe);
        Assert.Equal(12, _sample.Model.Prepare(Good with { NProbe = 100_000 }).NProbe);
        Assert.Equal(RequestErrorKind.BadRequest, Refused(Good with { NProbe = -1 }).Kind);
    }

    [Fact]
    public void Rescore_sets_how_many_are_kept_within_its_limits()
    {
        int Kept(int k, int? rescore) => _sample.Model.Prepare(Good with { K = k, Rescore = rescore }).Kept;
        Assert.Equal(10, Kept(10, 0));
        Assert.Equal(17, Kept(10, 7));
        Assert.Equal(Kept(10, null), Kept(10, 70));
        int all = Math.Max(64, _sample.Model.Index.Slots);
        Assert.Equal(all, Kept(1000, 4096));
        foreach (int wrong in new[] { -1, 4097, int.MinValue, int.MaxValue })
        {
            var e = Refused(Good with { Rescore = wrong });
            Assert.Equal(RequestErrorKind.BadRequest, e.Kind);
            Assert.Contains("0 to 4096", e.Message);
        }
    }

    [Fact]
    public void Vectors_must_fit_the_model()
    {
        RequestException With(params float[][] vectors) => Refused(new RetrievalRequest { User = new UserInput { Vectors = vectors } });
        Assert.Contains("0 vectors", With().Message);
        Assert.Contains("2 vectors", With(new float[20], new float[20]).Message);
        Assert.Contains("19 numbers", With(new float[19]).Message);
        Assert.Contains("20 dimensions", With(new float[21]).Message);
        Assert.Contains("[0][3] is NaN", With([1, 2, 3, float.NaN, .. new float[16]]).Message);
        Assert.Contains("null", With([null!]).Message);
        Assert.Contains("user.vectors", Refused(new RetrievalRequest()).Message);
        Assert.Contains("user", Refused(new RetrievalRequest { User = null! }).Message);
    }

    [Fact]
    public void A_wrong_filter_is_refused_with_its_place()
    {
        var e = Refused(Good with { Filter = "color = 'red' AND\n tagg = 't1'" });
        Assert.Equal((RequestErrorKind.UnprocessableFilter, 2, 2), (e.Kind, e.Line, e.Column));
        Assert.Contains("'tag'", e.Message);
        Assert.Equal(RequestErrorKind.UnprocessableFilter, Refused(Good with { Filter = "color = " }).Kind);
        Assert.Equal(RequestErrorKind.TooLarge, Refused(Good with { Filter = new string(' ', 20_000) + "x" }).Kind);
    }

    [Fact]
    public void A_filter_written_otherwise_is_the_same_program()
    {
        FilterProgram Program(string filter) => _sample.Model.Prepare(Good with { Filter = filter }).Filter!.Program!;
        var program = Program("color = 'red' AND NOT tag IN ('t1', 't2')");
        Assert.Same(program, Program("color='red' and\n(tag not in ('t1','t2'))"));
        Assert.Same(program, Program("""{"color":"red","tag":{"not_in":["t1","t2"]}}"""));
        Assert.NotSame(program, Program("color = 'red' AND NOT tag IN ('t1', 't3')"));
    }

    [Fact]
    public void A_wrong_formula_is_refused_with_its_place()
    {
        var e = Refused(Good with { Value = "score * scrore" });
        Assert.Equal((RequestErrorKind.UnprocessableValue, 1, 9), (e.Kind, e.Line, e.Column));
        Assert.Equal(RequestErrorKind.TooLarge, Refused(Good with { Value = new string(' ', 20_000) + "x" }).Kind);
    }

    [Fact]
    public void Lists_of_ids_have_limits_and_hold_no_null()
    {
        Assert.Equal(RequestErrorKind.TooLarge, Refused(Good with { Exclude = ["1", "2", "3", "4"] }).Kind);
        Assert.Equal(RequestErrorKind.TooLarge, Refused(Good with { Only = ["1", "2", "3", "4"] }).Kind);
        Assert.Equal(RequestErrorKind.TooLarge, Refused(Good with { Only = [new string('1', 21)] }).Kind);
        Assert.Equal(RequestErrorKind.BadRequest, Refused(Good with { Exclude = [null!] }).Kind);
        _sample.Model.Prepare(Good with { Exclude = ["1", "abc", ""], Only = ["5", "5", "-9"] });
    }

    [Fact]
    public void One_bad_request_leaves_the_others_alone()
    {
        Refused(Good with { Filter = "nonsense" });
        _sample.Model.Prepare(Good with { Filter = "color = 'red'" });
        Refused(Good with { Filter = "nonsense" });
    }

    [Fact]
    public void Compiled_programs_are_remembered_up_to_a_number_and_the_oldest_leave()
    {
        var cache = new BoundedCache<string>(3);
        int made = 0;
        string Get(string text) => cache.Get(text, t => { made++; return t + "!"; });
        Assert.Equal("a!", Get("a"));
        Get("b");
        Get("c");
        Get("a");
        Assert.Equal(3, made);
        Get("d"); // b leaves
        Assert.Equal((4, 3), (made, cache.Count));
        Get("a");
        Get("c");
        Assert.Equal(4, made);
        Get("b");
        Assert.Equal((5, 3), (made, cache.Count));
        Assert.Throws<FormatException>(() => cache.Get("e", _ => throw new FormatException()));
        Assert.Equal(3, cache.Count);
        Assert.Equal("x", new BoundedCache<string>(0).Get("x", t => t));
    }
}
