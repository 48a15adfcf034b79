namespace Argent.Publish;

/// <summary>How vectors are divided into lists.</summary>
sealed record KMeansOptions
{
    /// <summary>The largest list is at most this many times the mean.</summary>
    public const double LargestRatio = 2.5;

    /// <summary>L, at least 1 and at most the number of rows.</summary>
    public required int NList { get; init; }

    /// <summary>Where chance starts. Equal seeds give equal lists, at any number of threads.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Rounds of Lloyd's algorithm over the sample; more than ten change little.</summary>
    public int Rounds { get; init; } = 10;

    /// <summary>Rows of the training sample per list.</summary>
    public int SamplePerList { get; init; } = 256;

    /// <summary>
    /// True divides by direction (inner product, cosine), false by Euclidean distance (L2).
    /// </summary>
    /// <remarks>
    /// Why directions for inner products, when lengths matter there: with lengths of their own the items of one direction
    /// fall into lists by length, a query then needs the list of every length, and the list around the origin grows
    /// without bound. Measured on 200,000 x 128 mixtures at 448 lists and 32 probes, recall@100 of Euclidean against
    /// spherical lists: lengths that differ by item .784 / .815, by cluster .861 / .836, widely by item .644 / .632 with a
    /// largest list of 25 times the mean against 3.4. Lengths come back in at probing: see <see cref="ListCentroids"/>.
    /// </remarks>
    public required bool Spherical { get; init; }
}
