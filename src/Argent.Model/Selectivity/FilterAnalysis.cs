using Argent.Kernels;

namespace Argent.Model;

/// <summary>How the filter index answers a comparison.</summary>
public enum LeafAnswer
{
    /// <summary>It is decided without looking: no item has the value.</summary>
    Constant,

    /// <summary>By bitmap rows: exact.</summary>
    Bitmaps,

    /// <summary>By the rows of an ordered feature's codes: exact but for the ends of a range.</summary>
    Codes,

    /// <summary>By rows of Bloom bits: some items pass that do not match.</summary>
    Bloom,

    /// <summary>Not at all: every item that passes the rest is verified.</summary>
    Verification,
}

/// <summary>One comparison of a filter, or its NOT where a NOT stands before it.</summary>
/// <param name="Text">In the filter language.</param>
/// <param name="Counts">What it lets pass by itself.</param>
/// <param name="Estimate">What the counts of publishing say of it.</param>
/// <param name="Answer">How the filter index answers it.</param>
/// <param name="Rows">Rows that its mask reads of a block of 512 slots, at most.</param>
public sealed record LeafAnalysis(string Text, ScanCounts Counts, MatchEstimate Estimate, LeafAnswer Answer, int Rows);

/// <summary>What a filter matches in a model, how it is answered and what that costs: counted over all live items.</summary>
public sealed record FilterAnalysis
{
    /// <summary>The filter in its canonical form.</summary>
    public required FilterExpression Filter { get; init; }

    /// <summary>What it lets pass.</summary>
    public required ScanCounts Counts { get; init; }

    /// <summary>What the counts of publishing say of it.</summary>
    public required MatchEstimate Estimate { get; init; }

    /// <summary>Its comparisons in the order of the text, each once.</summary>
    public required IReadOnlyList<LeafAnalysis> Leaves { get; init; }

    /// <summary>Rows that the mask reads of a block of 512 slots, at most: a block without survivors is left early.</summary>
    public required int Rows { get; init; }

    /// <summary>The programs for people.</summary>
    public required FilterListing Listing { get; init; }

    /// <summary>How long the count of the whole filter took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Slots of the first matching items.</summary>
    public required IReadOnlyList<int> Samples { get; init; }

    /// <summary>Items that pass the mask and do not match, of all that do not match.</summary>
    public double FalsePositiveRate => Counts.Items == Counts.Matched
        ? 0
        : (double)(Counts.Passed - Counts.Matched) / (Counts.Items - Counts.Matched);

    /// <summary>Analyses a filter.</summary>
    /// <param name="model">The model that it is asked of.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="samples">Matching items to name.</param>
    /// <param name="kernels">Arithmetic.</param>
    /// <exception cref="FilterException">A feature is unknown or a value has the wrong type.</exception>
    public static FilterAnalysis Of(RetrievalModel model, FilterExpression filter, int samples, IKernels kernels)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(filter);
        var (forward, words) = (model.ForwardIndex, model.FilterIndex?.Words);
        var compiler = new FilterCompiler(model.Schema, model.FilterIndex?.Layout);
        var selectivity = new Selectivity(model.Schema, forward.Counts, model.Items.Count);
        var scan = new CatalogueScan(model.Index.Lists, words, forward.Values, kernels);
        var program = compiler.Compile(filter);
        int[] first = new int[samples];
        // Once before it counts: a plan is made and memory is read.
        scan.Count(program, first, out _);
        long start = model.Clock.GetTimestamp();
        var counts = scan.Count(program, first, out int found);
        var duration = model.Clock.GetElapsedTime(start);
        return new FilterAnalysis
        {
            Filter = filter,
            Counts = counts,
            Estimate = selectivity.Of(filter),
            Leaves = [.. Literals(filter, isNegated: false).Distinct().Select(Leaf)],
            Rows = RowsOf(program, words),
            Listing = FilterListing.Of(model.Schema, model.FilterIndex?.Layout, filter, program),
            Duration = duration,
            Samples = first[..found],
        };

        LeafAnalysis Leaf(FilterExpression literal)
        {
            var own = compiler.Compile(literal);
            return new LeafAnalysis(
                literal.ToString(), scan.Count(own, [], out _), selectivity.Of(literal), AnswerOf(own), RowsOf(own, words));
        }
    }

    static IEnumerable<FilterExpression> Literals(FilterExpression filter, bool isNegated) => filter switch
    {
        FilterNot not => Literals(not.Operand, !isNegated),
        FilterGroup group => group.Operands.SelectMany(o => Literals(o, isNegated)),
        FilterLeaf => [isNegated ? new FilterNot(filter) : filter],
        _ => [],
    };

    static LeafAnswer AnswerOf(FilterProgram? program)
    {
        if (program is null) return LeafAnswer.Constant;
        if (program.MaskLeaves.Length == 0) return program.NeedsVerification ? LeafAnswer.Verification : LeafAnswer.Constant;
        return program.MaskLeaves[0].Kind switch
        {
            MaskLeafKind.Bitmap => LeafAnswer.Bitmaps,
            MaskLeafKind.Codes => LeafAnswer.Codes,
            _ => LeafAnswer.Bloom,
        };
    }

    static int RowsOf(FilterProgram? program, FilterWords? words)
    {
        if (program is null || words is null) return 0;
        return program.MaskLeaves.Distinct().Sum(leaf => leaf.Kind == MaskLeafKind.Bloom ? words.HashCount : leaf.RowCount);
    }
}
