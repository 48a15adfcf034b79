using Argent.Kernels;
using Argent.Model;

namespace Argent.Serving.Tests;

public sealed class ReadmeExampleTests(SmallModel small) : IClassFixture<SmallModel>
{
    [Fact]
    public async Task The_example_of_the_readme_prints_eligible_items()
    {
        string modelsFolder = small.Folder;
        float[] query = [.. Enumerable.Range(0, SmallModel.Dim).Select(i => i % 5 - 2f)];
        using var output = new StringWriter();
        var Console = output;

#pragma warning disable xUnit1051 // a reader of the README has no test context
        // snippet: predictor
        var kernels = CpuKernels.Create();
        var snapshot = Snapshot.Load(Artifact.Open(Artifact.Resolve(modelsFolder)));
        await using var predictor = new Predictor(snapshot, kernels);

        var response = await predictor.RetrieveAsync(new RetrievalRequest
        {
            User = new UserInput { Vectors = [query] },
            K = 10,
            Filter = "language IN ('eng', 'ger') AND NOT year < 1950",
        });
        foreach (var item in response.Items) Console.WriteLine($"{item.Id} {item.Title} {item.Score}");
        // end of snippet
#pragma warning restore xUnit1051

        Assert.Equal(10, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.All(response.Items, item =>
        {
            Assert.Contains(SmallModel.Language(item.Row), new[] { "eng", "ger" });
            Assert.True(1900 + item.Row % 120 >= 1950);
        });
    }
}
