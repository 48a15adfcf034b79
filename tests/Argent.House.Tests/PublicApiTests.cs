using System.Reflection;

namespace Argent.House.Tests;

/// <summary>What applications may rely on, as text files: a change of the public API is seen in review, not by its users.</summary>
public sealed class PublicApiTests
{
    const string UpdateVariable = "ARGENT_UPDATE_API";

    static readonly string[] _libraries =
    [
        "Argent.Tensors", "Argent.Kernels", "Argent.Model", "Argent.Data", "Argent.Training", "Argent.Publish",
        "Argent.Serving", "Argent.Server",
    ];

    public static TheoryData<string> Libraries => [.. _libraries];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_public_api_is_the_recorded_one(string library)
    {
        string path = Path.Combine(Repository.Root, "tests", "Argent.House.Tests", "api", library + ".txt");
        string api = PublicApi.Of(Assembly.Load(library));
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1") File.WriteAllText(path, api);
        Assert.True(File.Exists(path), $"There is no {path}; run the tests with {UpdateVariable}=1.");
        var recorded = File.ReadAllLines(path);
        var lines = api.TrimEnd('\n').Split('\n');
        Breaches.AssertNone(
            $"The public API of {library} has changed; run the tests with {UpdateVariable}=1 and look at the difference.",
            recorded.Except(lines).Select(l => "- " + l).Concat(lines.Except(recorded).Select(l => "+ " + l)));
    }
}
