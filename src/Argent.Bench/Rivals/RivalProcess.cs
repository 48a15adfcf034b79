using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Argent.Bench;

/// <summary>A rival that cannot do what it was asked.</summary>
sealed class RivalException(string message) : InvalidOperationException(message);

/// <summary>
/// The process of <c>bench/rivals/rivals.py</c>: it holds the same vectors, builds the rivals' indexes and runs them when
/// it is told to, one JSON object a line each way.
/// </summary>
sealed class RivalProcess : IDisposable
{
    /// <summary>The environment variable that names another Python than the system's.</summary>
    public const string PythonVariable = "ARGENT_PYTHON";

    const int ErrorLinesMax = 20;

    readonly Process _process;
    readonly Queue<string> _errors = [];
    readonly Dictionary<string, bool> _isRebuilt = new(StringComparer.Ordinal);

    RivalProcess(Process process) => _process = process;

    /// <summary>What each rival that is there calls itself.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; private set; } = new Dictionary<string, string>();

    /// <summary>Starts the process.</summary>
    /// <param name="folder">The folder with <c>rivals.py</c>.</param>
    /// <param name="environment">Variables that it gets besides its usual ones: <c>OPENBLAS_NUM_THREADS</c>.</param>
    /// <exception cref="RivalException">There is no Python, no NumPy, or no such script.</exception>
    public static RivalProcess Start(string folder, params IReadOnlyList<(string Name, string Value)> environment)
    {
        string script = Path.Combine(folder, "rivals.py");
        if (!File.Exists(script)) throw new RivalException($"there is no '{script}'");
        var start = new ProcessStartInfo(Python(), ["-u", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The rebuilt libraries stand before the distribution's.
        string faiss = Path.Combine(BuildFolder, "faiss-avx2"), hnswlib = Path.Combine(BuildFolder, "hnswlib-native");
        if (Directory.Exists(faiss)) start.Environment["PYTHONPATH"] = faiss;
        if (Directory.Exists(hnswlib)) start.Environment["ARGENT_HNSWLIB"] = hnswlib;
        // The source stays free of compiled files.
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        // Servers of this engine hold their artifacts in large pages: the rivals' memory asks for them too.
        start.Environment["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new RivalException($"{start.FileName} cannot be started: {e.Message}");
        }
        var rivals = new RivalProcess(process);
        try
        {
            rivals.Greet();
            return rivals;
        }
        catch
        {
            rivals.Dispose();
            throw;
        }
    }

    /// <summary>Where the build scripts leave the rivals' libraries.</summary>
    public static string BuildFolder => Path.GetDirectoryName(BenchmarkOptions.DefaultCacheFolder)!;

    /// <summary>The folder of the scripts above the program or the current folder; null when neither has one.</summary>
    public static string? FindFolder()
    {
        foreach (string start in new[] { AppContext.BaseDirectory, Directory.GetCurrentDirectory() })
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                string candidate = Path.Combine(folder.FullName, "bench", "rivals");
                if (File.Exists(Path.Combine(candidate, "rivals.py"))) return candidate;
            }
        }
        return null;
    }

    /// <summary>True when the rival is there.</summary>
    public bool Has(string engine) => _isRebuilt.ContainsKey(engine);

    /// <summary>True when the rival was compiled with this machine's vector instructions.</summary>
    public bool IsRebuilt(string engine) => _isRebuilt.GetValueOrDefault(engine);

    /// <summary>Asks and waits for the answer.</summary>
    /// <exception cref="RivalException">The rival says why it cannot, or has ended.</exception>
    public JsonObject Ask(JsonObject request)
    {
        string? line;
        try
        {
            _process.StandardInput.WriteLine(request.ToJsonString());
            _process.StandardInput.Flush();
            line = _process.StandardOutput.ReadLine();
        }
        catch (IOException)
        {
            line = null;
        }
        if (line is null) throw new RivalException($"the rivals' process has ended: {LastErrors()}");
        JsonObject answer;
        try
        {
            answer = JsonNode.Parse(line)!.AsObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new RivalException($"the rivals' process answered '{line}', which is no JSON object");
        }
        return (bool)answer["ok"]! ? answer : throw new RivalException((string)answer["error"]!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            if (!_process.HasExited)
            {
                _process.StandardInput.Close();
                if (!_process.WaitForExit(TimeSpan.FromSeconds(2))) _process.Kill();
            }
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            // It ended by itself in between.
        }
        _process.Dispose();
    }

    void Greet()
    {
        _process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is null) return;
            lock (_errors)
            {
                _errors.Enqueue(e.Data);
                if (_errors.Count > ErrorLinesMax) _errors.Dequeue();
            }
        };
        _process.BeginErrorReadLine();
        var versions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (engine, description) in Ask(new JsonObject { ["do"] = "hello" })["engines"]!.AsObject())
        {
            _isRebuilt[engine] = (bool)description!["rebuilt"]!;
            versions[engine] = (string)description["version"]!;
        }
        Versions = versions;
    }

    string LastErrors()
    {
        // Without a limit it also waits for the last line of the standard error.
        if (_process.WaitForExit(TimeSpan.FromSeconds(2))) _process.WaitForExit();
        lock (_errors)
        {
            return _errors.Count == 0 ? "it said nothing" : string.Join(" / ", _errors.TakeLast(3));
        }
    }

    // The distribution's packages belong to the system's Python, which need not be the first one on the path.
    static string Python()
    {
        const string System = "/usr/bin/python3";
        string? named = Environment.GetEnvironmentVariable(PythonVariable);
        if (!string.IsNullOrEmpty(named)) return named;
        return File.Exists(System) ? System : "python3";
    }
}
