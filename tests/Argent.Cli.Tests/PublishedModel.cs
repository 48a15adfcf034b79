using Argent.Data;

namespace Argent.Cli.Tests;

/// <summary>A small generated data set, trained and published once for all tests that ask it.</summary>
public sealed class PublishedModel : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();

    /// <summary>The data set's folder.</summary>
    public string Data => _folder["data"];

    /// <summary>The trained model.</summary>
    public string Trained => _folder["trained"];

    /// <summary>The folder of models.</summary>
    public string Models => _folder["models"];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        DatasetGenerator.WriteFolder(Data, new GeneratorOptions { Items = 300, Users = 400 }, Progress.None);
        await Shell.DoAsync("train", "--data", Data, "--out", Trained, "--epochs", "2", "--dim", "16", "--threads", "1", "--quiet");
        await Shell.DoAsync("publish", "--data", Data, "--model", Trained, "--out", Models, "--threads", "1", "--quiet");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
