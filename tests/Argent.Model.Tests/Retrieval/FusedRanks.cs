namespace Argent.Model.Tests.Retrieval;

/// <summary>A merge of one's own: reciprocal ranks of all heads, added up.</summary>
static class FusedRanks
{
    /// <summary>What a manifest calls it.</summary>
    public const string Name = "fused-ranks";

    /// <summary>Makes it known; again is no harm.</summary>
    // snippet: merge-operator
    public static void Register() => MergeOperators.Register("fused-ranks", _fused);

    static readonly MergeOperator _fused = item => Of(item.Ranks);

    public static float Of(ReadOnlySpan<int> ranks)
    {
        float sum = 0;
        foreach (int rank in ranks) sum += rank < 0 ? 0 : 1f / (60 + rank);
        return sum;
    }
    // end of snippet
}
