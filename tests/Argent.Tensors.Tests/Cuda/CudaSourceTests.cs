namespace Argent.Tensors.Tests;

public sealed class CudaSourceTests
{
    static readonly CudaSource _source = new()
    {
        Name = "a.cu",
        Text = "text",
        Headers = new Dictionary<string, string> { ["h"] = "header", ["i"] = "" },
    };

    static readonly Version _compiler = new(12, 4);
    static readonly ComputeCapability _capability = new(9, 0);

    [Fact]
    public void Equal_inputs_have_one_hash()
    {
        var same = _source with { Headers = new Dictionary<string, string> { ["i"] = "", ["h"] = "header" } };
        Assert.Equal(Hash(_source), Hash(same));
        Assert.Equal(64, Hash(_source).Length);
    }

    [Fact]
    public void Whatever_the_code_depends_on_changes_the_hash()
    {
        string[] hashes =
        [
            Hash(_source),
            Hash(_source with { Name = "b.cu" }),
            Hash(_source with { Text = "text " }),
            Hash(_source with { Headers = new Dictionary<string, string> { ["h"] = "header" } }),
            Hash(_source with { Headers = new Dictionary<string, string> { ["h"] = "headeri", ["i"] = "" } }),
            Hash(_source with { Headers = new Dictionary<string, string> { ["hheader"] = "", ["i"] = "" } }),
            Hash(_source with { Options = ["--std=c++17"] }),
            Hash(_source with { Options = [] }),
            _source.HashFor(new Version(12, 5), _capability),
            _source.HashFor(_compiler, new ComputeCapability(8, 0)),
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    static string Hash(CudaSource source) => source.HashFor(_compiler, _capability);
}
