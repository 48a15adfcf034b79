namespace Argent.Publish;

/// <summary>What a publish made, in figures; the same for equal input and seed, so it holds no times.</summary>
public sealed record PublishReport
{
    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>R, items.</summary>
    public required int Items { get; init; }

    /// <summary>D, numbers of an embedding.</summary>
    public required int Dim { get; init; }

    /// <summary>How queries and items are compared: ip, cosine or l2.</summary>
    public required string Metric { get; init; }

    /// <summary>The seed of sampling and clustering.</summary>
    public required ulong Seed { get; init; }

    /// <summary>How the items were divided into lists.</summary>
    public required ListsReport Lists { get; init; }

    /// <summary>What int8 codes cost in precision.</summary>
    public required QuantizationReport Quantization { get; init; }

    /// <summary>Recall against exact search.</summary>
    public required RecallReport Recall { get; init; }

    /// <summary>The filter index; null for items without features.</summary>
    public FilterReport? Filter { get; init; }

    /// <summary>Memory, by part.</summary>
    public required IReadOnlyList<PartReport> Parts { get; init; }
}

/// <summary>Lists and their sizes.</summary>
/// <param name="NList">L.</param>
/// <param name="Slots">S, places for items.</param>
/// <param name="Smallest">Items of the smallest list.</param>
/// <param name="Median">Items of the median list.</param>
/// <param name="Mean">Items per list.</param>
/// <param name="Largest">Items of the largest list.</param>
/// <param name="LargestRatio">Largest over mean.</param>
/// <param name="Moved">Items that are not in their nearest list because it was full.</param>
/// <param name="SampleRows">Items that the centroids were trained on.</param>
/// <param name="Reseeded">Centroids that were moved from empty or tiny lists into large ones while training.</param>
/// <param name="Objective">Mean squared distance of the sample from its centroids, by round.</param>
/// <param name="Sizes">Items of each list, ascending.</param>
public sealed record ListsReport(
    int NList, int Slots, int Smallest, int Median, double Mean, int Largest, double LargestRatio, int Moved,
    int SampleRows, int Reseeded, IReadOnlyList<double> Objective, IReadOnlyList<int> Sizes);

/// <summary>What int8 codes cost in precision.</summary>
/// <param name="RelativeError">Root mean square of code minus vector, over that of the vectors about their mean.</param>
public sealed record QuantizationReport(double RelativeError);

/// <summary>Recall of a sample of queries against exact search.</summary>
/// <param name="Queries">Queries of the sample.</param>
/// <param name="Origin"><c>users</c>, or <c>items</c> that were asked for their neighbours.</param>
/// <param name="DefaultNProbe">Lists probed when a request does not say.</param>
/// <param name="Points">Recall by probes, ascending.</param>
public sealed record RecallReport(int Queries, string Origin, int DefaultNProbe, IReadOnlyList<RecallPoint> Points);

/// <summary>The filter index.</summary>
/// <param name="BitmapFeatures">Features with bitmaps.</param>
/// <param name="CodeFeatures">Ordered features, with codes.</param>
/// <param name="BloomFeatures">Features with Bloom terms.</param>
/// <param name="BitmapRows">Bitmap rows and rows of codes of every block.</param>
/// <param name="MeanBloomRows">Bloom rows of a block, on average: bits per slot.</param>
/// <param name="HashCount">Bloom rows that a term sets.</param>
/// <param name="DeclaredRate">False-positive rate that the width was chosen for.</param>
/// <param name="MeasuredRate">What was measured.</param>
/// <param name="MeasuredTerms">Terms it was measured with.</param>
public sealed record FilterReport(
    IReadOnlyList<string> BitmapFeatures, IReadOnlyList<string> CodeFeatures, IReadOnlyList<string> BloomFeatures,
    int BitmapRows, double MeanBloomRows,
    int HashCount, double DeclaredRate, double MeasuredRate, int MeasuredTerms);

/// <summary>Memory of one part.</summary>
/// <param name="File">The part's file.</param>
/// <param name="Bytes">Bytes of its tensors.</param>
/// <param name="BytesPerItem">The same per item.</param>
public sealed record PartReport(string File, long Bytes, double BytesPerItem);
