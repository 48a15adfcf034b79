using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Retrieval;

public sealed class VectorSearchTests : IDisposable
{
    readonly Workers _workers = new(2);
    readonly Scratch _scratch = new();

    public void Dispose()
    {
        _scratch.Dispose();
        _workers.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(5000)]
    public void It_finds_what_a_request_without_filter_finds(int rescore)
    {
        foreach (var kernels in CpuKernels.All(_workers))
        {
            var sample = new SampleModel(new SampleOptions { Metric = Metric.L2 }, kernels);
            var parts = sample.Parts;
            var search = new VectorSearch(parts.Index, parts.Cache);
            var random = new Random(3);
            var user = sample.User(random);
            var queries = Tensor.Zeros<float>(new Shape(1, parts.Index.Dim));
            user.Vectors![0].CopyTo(queries.Row(0));
            var rows = Tensor.Zeros<int>(new Shape(1, 40));
            var scores = Tensor.Zeros<float>(rows.Shape);
            search.Run(
                new VectorSearchArgs { Queries = queries, NProbe = 12, Rescore = rescore, Rows = rows, Scores = scores },
                new ForwardPass(kernels, _scratch));
            var expected = new BruteForce(sample).Search(new RetrievalRequest { User = user, K = 40, NProbe = 12 });
            if (rescore == 5000) Assert.Equal(expected.Take(40).Select(e => e.Row), rows.Row(0).ToArray());
            // Small integers in int8 lose little: most of the best 40 are found by the codes alone.
            Assert.True(expected.Take(40).Select(e => e.Row).Intersect(rows.Row(0).ToArray()).Count() >= 30);
            for (int i = 1; i < 40; i++) Assert.True(scores[i - 1] >= scores[i]);
        }
    }

    [Fact]
    public void Places_without_items_are_marked()
    {
        var kernels = CpuKernels.Create(_workers);
        var parts = new SampleModel(new SampleOptions { Items = 9, NList = 2 }, kernels).Parts;
        var search = new VectorSearch(parts.Index, parts.Cache);
        var rows = Tensor.Zeros<int>(new Shape(2, 20));
        var args = new VectorSearchArgs
        {
            Queries = Tensor.Zeros<float>(new Shape(2, parts.Index.Dim)),
            NProbe = 100,
            Rescore = 3,
            Rows = rows,
            Scores = Tensor.Zeros<float>(rows.Shape),
        };
        search.Run(in args, new ForwardPass(kernels, _scratch));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, -1], rows.Row(1)[..10].ToArray());
        Assert.Equal(float.NegativeInfinity, args.Scores.Row(1)[9]);
    }

    [Fact]
    public void Rescoring_without_a_cache_is_refused()
    {
        var kernels = CpuKernels.Create(_workers);
        var parts = new SampleModel(new SampleOptions { Items = 9, NList = 2 }, kernels).Parts;
        var rows = Tensor.Zeros<int>(new Shape(1, 2));
        Assert.Throws<ArgumentException>(() => new VectorSearch(parts.Index, null).Run(
            new VectorSearchArgs
            {
                Queries = Tensor.Zeros<float>(new Shape(1, parts.Index.Dim)),
                NProbe = 1,
                Rescore = 1,
                Rows = rows,
                Scores = Tensor.Zeros<float>(rows.Shape),
            },
            new ForwardPass(kernels, _scratch)));
    }
}
