namespace Argent.Bench;

/// <summary>What every benchmark is told.</summary>
sealed record BenchmarkOptions
{
    /// <summary>Timed rounds, at least <see cref="Bench.Rounds.CountMin"/>.</summary>
    public int Rounds { get; init; } = Bench.Rounds.CountMin;

    /// <summary>Threads of the rows of all cores.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Fewer settings and less data, for a look within a minute or two; no results to be quoted.</summary>
    public bool IsQuick { get; init; }

    /// <summary>True publishes again what the cache has: artifacts of an older build are not found out by themselves.</summary>
    public bool IsFresh { get; init; }

    /// <summary>Seed of generated data.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Where generated vectors, published artifacts and the rivals' indexes are kept from run to run.</summary>
    public string CacheFolder { get; init; } = DefaultCacheFolder;

    /// <summary><c>$XDG_CACHE_HOME/argent/bench</c>, outside every repository.</summary>
    public static string DefaultCacheFolder
    {
        get
        {
            string? root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (string.IsNullOrEmpty(root))
            {
                root = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            }
            return Path.Combine(root, "argent", "bench");
        }
    }
}
