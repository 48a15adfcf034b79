using Argent.Tensors;

namespace Argent.Kernels;

static unsafe class SumNeighboursReference
{
    public static void Run(in SumNeighboursArgs args)
    {
        Check(in args);
        long columns = args.Output.Shape[1];
        for (int b = 0; b + 1 < args.CandidateStart.Count; b++)
        {
            for (int c = args.CandidateStart[b]; c < args.CandidateStart[b + 1]; c++)
            {
                args.Output.Pointer[c * columns + args.Column] = Sum(in args, b, args.Candidates[c]);
            }
        }
    }

    public static void Check(in SumNeighboursArgs args)
    {
        Checks.Rank("SumNeighbours: RowStart", args.RowStart, 1);
        Checks.Rank("SumNeighbours: History", args.History, 1);
        Checks.Rank("SumNeighbours: Candidates", args.Candidates, 1);
        Checks.Rank("SumNeighbours: HistoryStart", args.HistoryStart, 1);
        Checks.Rank("SumNeighbours: Output", args.Output, 2);
        Checks.Is("SumNeighbours: Weights", args.Weights, args.Neighbours.Shape, "Neighbours", args.Neighbours.Shape);
        Checks.Is(
            "SumNeighbours: CandidateStart", args.CandidateStart, args.HistoryStart.Shape, "HistoryStart", args.HistoryStart.Shape);
        long candidates = args.Candidates.Count;
        Checks.Is("SumNeighbours: Output", args.Output, new(candidates, args.Output.Shape[1]), "Candidates", args.Candidates.Shape);
        Checks.Index("SumNeighbours: Column", args.Column, args.Output.Shape[1]);
        Checks.Bounds("SumNeighbours: CandidateStart", args.CandidateStart, candidates);
        CheckHistory(args.HistoryStart, args.History.Count);
        foreach (int row in args.History.Span) Checks.Index("SumNeighbours: a past item", row, args.RowStart.Count - 1);
    }

    /// <summary>One of several histories over the same past items: its bounds need not begin with the first or end with the last.</summary>
    static void CheckHistory(Tensor<int> start, long count)
    {
        int least = 0;
        foreach (int bound in start.Span)
        {
            if (bound < least || bound > count)
            {
                throw new ArgumentException(
                    $"SumNeighbours: HistoryStart holds {bound} after {least}; its bounds rise within [0, {count}].");
            }
            least = bound;
        }
    }

    static float Sum(in SumNeighboursArgs args, int request, int candidate)
    {
        float sum = 0;
        for (int h = args.HistoryStart[request]; h < args.HistoryStart[request + 1]; h++)
        {
            for (long n = args.RowStart[args.History[h]]; n < args.RowStart[args.History[h] + 1]; n++)
            {
                if (args.Neighbours[n] == candidate) sum += (float)args.Weights[n];
            }
        }
        return sum;
    }
}
