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

    /// <summary>
    /// Rounds of Lloyd's algorithm over the sample. Two of three are cheap, so twelve take less time than ten whole ones and end
    /// lower; more change little.
    /// </summary>
    public int Rounds { get; init; } = 12;

    /// <summary>
    /// Rows of the training sample per list, at most. Past <see cref="SampleRowsMax"/> rows it falls, down to 64: training
    /// costs rows times lists.
    /// </summary>
    public int SamplePerList { get; init; } = 256;

    /// <summary>Rows of the sample beyond which there are fewer per list.</summary>
    public const int SampleRowsMax = 262_144;

    const int SamplePerListMin = 64;

    /// <summary>Lists from which on two levels are used; below, comparing with every list is cheap.</summary>
    public int TwoLevelsFrom { get; init; } = 4097;

    /// <summary>Rows of the training sample.</summary>
    public int SampleRows() => (int)Math.Min(int.MaxValue, (long)NList * Math.Min(
        SamplePerList, Math.Max(SamplePerListMin, SampleRowsMax / NList)));

    /// <summary>
    /// True divides by direction, weighing each item with its squared length (inner product, cosine); false divides by
    /// Euclidean distance (L2).
    /// </summary>
    /// <remarks>
    /// Why directions for inner products, when lengths matter there: with lengths of their own the items of one direction
    /// fall into lists by length, a query then needs the list of every length, and the list around the origin grows
    /// without bound. Why squared lengths as weights: what counts is by how much a centroid misjudges scores, which is
    /// the length times the angle; so long items, which win most often, get more and smaller lists. Measured on
    /// 200,000 x 128 mixtures at 448 lists and 32 probes, recall@100 of Euclidean / spherical / weighted spherical lists:
    /// equal lengths .914 / .934 / .942, lengths by cluster .910 / .853 / .914, by item .766 / .809 / .806, by both
    /// .872 / .871 / .889. Lengths come back in at probing: see <see cref="ListCentroids"/>.
    /// </remarks>
    public required bool Spherical { get; init; }
}
