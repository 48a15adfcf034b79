using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Retrieval;

public sealed class ItemListTests : IDisposable
{
    readonly Workers _workers = new(2);
    readonly Scratch _scratch = new();

    public void Dispose()
    {
        _scratch.Dispose();
        _workers.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Excluded_and_allowed_items_are_exactly_those_of_the_lists(bool hasTextIds)
    {
        var random = new Random(71);
        foreach (var kernels in CpuKernels.All(_workers))
        {
            var sample = new SampleModel(new SampleOptions { HasTextIds = hasTextIds }, kernels);
            var oracle = new BruteForce(sample);
            foreach (int length in (int[])[0, 1, 63, 64, 65, 400, 2000])
            {
                string? filter = random.Next(2) == 0 ? null : "color = 'red' OR NOT EXISTS(tag)";
                // In no order, some twice, some unknown.
                List<string> Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(9) == 0
                    ? "-77" : sample.Catalogue.Ids.Text(random.Next(sample.Catalogue.Count)))];
                foreach (int k in (int[])[5, 700])
                {
                    var request = new RetrievalRequest { User = sample.User(random), K = k, NProbe = 12, Filter = filter };
                    Check(sample, oracle, request with { Exclude = Draw(length) }, kernels);
                    Check(sample, oracle, request with { Only = Draw(length) }, kernels);
                    Check(sample, oracle, request with { Exclude = Draw(length / 2).AsReadOnly(), Only = Draw(length).ToArray() }, kernels);
                }
            }
        }
    }

    [Fact]
    public void A_list_with_an_error_leaves_nothing_behind()
    {
        var sample = new SampleModel(new SampleOptions(), CpuKernels.Create(_workers));
        var request = new RetrievalRequest { User = sample.User(new Random(1)), K = 5, NProbe = 12 };
        Assert.Throws<RequestException>(() => sample.Model.Prepare(request with { Only = ["5", "8", null!] }));
        var query = sample.Model.Prepare(request with { Only = ["11", "11", "2"] });
        Assert.Equal([2], query.Filter!.OnlyRows!);
    }

    void Check(SampleModel sample, BruteForce oracle, RetrievalRequest request, IKernels kernels)
    {
        _scratch.Reset();
        var batch = new RetrievalBatch(1);
        batch.Add(sample.Model.Prepare(request));
        sample.Model.Forward(batch, new ForwardPass(kernels, _scratch));
        var expected = oracle.Search(request).Take(request.K).Select(e => (e.Row, (float)e.Value));
        Assert.Equal(expected, batch.Respond(0, "sample/1", 7).Items.Select(i => (i.Row, i.Score)));
    }
}
