using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Argent.Cli.Tests;

public sealed partial class ServeTests(PublishedModel model) : IClassFixture<PublishedModel>
{
    [Fact]
    public async Task A_port_in_use_is_a_failure_in_one_sentence()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string port = $"{((IPEndPoint)listener.LocalEndpoint).Port}";
        foreach (string[] words in new[] { new[] { "serve", "--model", model.Models }, ["quickstart", "--data", model.Data] })
        {
            var result = await Shell.RunAsync([.. words, "--port", port]);
            Assert.Equal(ExitCode.Failed, result.Code);
            Assert.Contains($"127.0.0.1:{port} is in use", result.Error, StringComparison.Ordinal);
            Assert.Single(result.Error.Trim().Split('\n'));
        }
    }

    [Fact]
    public async Task Serve_answers_until_it_is_stopped_and_then_ends_well()
    {
        var (stop, running, address) = await StartAsync();
        using var client = new HttpClient();
        using var body = new StringContent("""{"user":{"history":["17"]},"k":4}""", Encoding.UTF8, "application/json");
        var response = await client.PostAsync(
            new Uri(address, "/v1/models/generated:retrieve"), body, TestContext.Current.CancellationToken);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(4, answer["items"]!.AsArray().Count);
        await stop.CancelAsync();
        Assert.Equal(ExitCode.Done, await running);
    }

    [Fact]
    public async Task The_call_of_the_readme_works_as_it_is_printed()
    {
        string readme = File.ReadAllText(Path.Combine(Root(), "README.md"));
        string call = CurlBlock().Match(readme).Groups["call"].Value;
        Assert.Contains(":retrieve", call, StringComparison.Ordinal);
        if (!File.Exists("/usr/bin/curl")) Assert.Skip("There is no curl here.");
        var (stop, running, address) = await StartAsync();
        call = call.Replace("http://127.0.0.1:8000/", address.ToString(), StringComparison.Ordinal);
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", call]) { RedirectStandardOutput = true })!;
        string output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(5, JsonNode.Parse(output)!["items"]!.AsArray().Count);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Quickstart_goes_from_data_to_three_answered_calls()
    {
        using var folder = new TemporaryFolder();
        var json = (await Shell.DoAsync(
            "quickstart", "--once", "--data", model.Data, "--out", folder.Path, "--port", "0", "--epochs", "1", "--format", "json")).Json;
        var calls = json["calls"]!.AsArray();
        Assert.Equal(3, calls.Count);
        Assert.All(calls, c => Assert.NotEmpty(c!["answer"]!["items"]!.AsArray()));
        Assert.All(calls, c => Assert.StartsWith("curl -s http://127.0.0.1:", (string?)c!["command"], StringComparison.Ordinal));
    }

    async Task<(CancellationTokenSource Stop, Task<int> Running, Uri Address)> StartAsync()
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var output = new FirstLine();
        var terminal = new Terminal(TextWriter.Null, output, IsInteractive: false);
        var running = CommandLine.RunAsync(["serve", "--model", model.Models, "--port", "0", "--threads", "1"], terminal, stop.Token);
        var first = await Task.WhenAny(output.Line, running);
        Assert.True(first == output.Line, "The server ended before it served.");
        return (stop, running, new Uri(Address().Match(await output.Line).Value));
    }

    static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Argent.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex("```sh\n(?<call>curl .*?)```", RegexOptions.Singleline)]
    private static partial Regex CurlBlock();

    [GeneratedRegex(@"http://[\d.:]+/")]
    private static partial Regex Address();

    /// <summary>A writer that tells its first line.</summary>
    sealed class FirstLine : StringWriter
    {
        readonly TaskCompletionSource<string> _line = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Line => _line.Task;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            _line.TrySetResult(value ?? "");
        }
    }
}
