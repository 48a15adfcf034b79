using System.Diagnostics;

namespace Argent.Cli.Tests;

/// <summary>Runs scripts of the project with the system's Python, which has NumPy.</summary>
static class Python
{
    const string System = "/usr/bin/python3";

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Runs a script that must succeed.</summary>
    /// <param name="script">Its path from the root.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task RunAsync(string script, params string[] arguments)
    {
        string python = Environment.GetEnvironmentVariable("ARGENT_PYTHON") ?? (File.Exists(System) ? System : "python3");
        var start = new ProcessStartInfo(python, [Path.Combine(Root, script), .. arguments]) { RedirectStandardError = true };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{python} {script} returned {process.ExitCode}: {error}");
    }

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Argent.slnx"))) return folder.FullName;
        }
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Argent.slnx.");
    }
}
