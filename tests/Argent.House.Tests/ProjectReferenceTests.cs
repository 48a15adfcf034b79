using System.Xml.Linq;

namespace Argent.House.Tests;

public sealed class ProjectReferenceTests
{
    /// <summary>What each project may reference, itself or through others. References only point down.</summary>
    static readonly Dictionary<string, string[]> _allowed = new(StringComparer.Ordinal)
    {
        ["Argent.Tensors"] = [],
        ["Argent.Kernels"] = ["Argent.Tensors"],
        ["Argent.Model"] = ["Argent.Kernels"],
        ["Argent.Data"] = ["Argent.Model"],
        ["Argent.Training"] = ["Argent.Data"],
        ["Argent.Publish"] = ["Argent.Data"],
        ["Argent.Serving"] = ["Argent.Model"],
        ["Argent.Server"] = ["Argent.Serving"],
        ["Argent.Bench"] = ["Argent.Publish"],
        ["Argent.Cli"] = ["Argent.Bench", "Argent.Training", "Argent.Publish", "Argent.Server"],
    };

    [Fact]
    public void Every_project_references_only_what_the_layers_allow() => Breaches.AssertNone(
        "A project may reference only the layers below it (docs/architecture.md).",
        Repository.ProjectFiles("src").SelectMany(file =>
        {
            string project = Path.GetFileNameWithoutExtension(file);
            var allowed = _allowed.TryGetValue(project, out var own) ? own : ["(no line in this test's table)"];
            return References(file).Where(r => !allowed.Contains(r)).Select(r => $"{project} references {r}");
        }));

    [Fact]
    public void Every_project_of_the_table_exists() => Assert.Equal(
        _allowed.Keys.Order(StringComparer.Ordinal),
        Repository.ProjectFiles("src").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal));

    [Fact]
    public void Publish_and_Serving_never_see_each_other()
    {
        var references = Repository.ProjectFiles("src")
            .ToDictionary(f => Path.GetFileNameWithoutExtension(f)!, References, StringComparer.Ordinal);
        Assert.DoesNotContain("Argent.Serving", Below("Argent.Publish", references));
        Assert.DoesNotContain("Argent.Publish", Below("Argent.Server", references));
    }

    [Fact]
    public void Every_library_has_a_project_of_tests() => Breaches.AssertNone(
        "A project of src has tests in tests/<name>.Tests.",
        _allowed.Keys.Where(p => !File.Exists(Path.Combine(Repository.Root, "tests", p + ".Tests", p + ".Tests.csproj"))));

    static List<string> References(string file) =>
        [.. XDocument.Load(file).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))];

    static HashSet<string> Below(string project, Dictionary<string, List<string>> references)
    {
        var below = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>([project]);
        while (open.TryDequeue(out string? next))
        {
            foreach (string reference in references[next])
            {
                if (below.Add(reference)) open.Enqueue(reference);
            }
        }
        return below;
    }
}
