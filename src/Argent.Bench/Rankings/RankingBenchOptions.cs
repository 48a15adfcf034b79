namespace Argent.Bench;

/// <summary>What the benchmark of rankings measures.</summary>
sealed record RankingBenchOptions
{
    /// <summary>Items of the generated catalogue, all of them in one request.</summary>
    public const int CatalogueItems = 183_040;

    /// <summary>An artifact with an item tower, or the folder of its versions.</summary>
    public required string Folder { get; init; }

    /// <summary>Items of a small request.</summary>
    public int ItemsOfRequest { get; init; } = 1000;

    /// <summary>Small requests in a round.</summary>
    public int Requests { get; init; } = 200;
}
