namespace Argent.Kernels;

static unsafe class SelectTopKReference
{
    public static void Run(in SelectTopKArgs args)
    {
        Check(in args);
        long columns = args.Scores.Shape[1], kept = args.Top.Shape[1];
        for (long b = 0; b < args.Scores.Shape[0]; b++)
        {
            var entries = new List<(float Score, float Second, int Tie, int Position)>();
            for (int c = 0; c < columns; c++)
            {
                float score = args.Scores.Pointer[b * columns + c];
                int tie = args.Ties.IsPresent ? args.Ties.Pointer[b * columns + c] : c;
                float second = args.Seconds.IsPresent ? Second(args.Seconds.Pointer[b * columns + c]) : 0;
                if (score > float.NegativeInfinity) entries.Add((score, second, tie, c));
            }
            entries.Sort(Compare);
            for (int k = 0; k < kept; k++)
            {
                bool filled = k < entries.Count;
                args.Top.Pointer[b * kept + k] = filled ? entries[k].Score : float.NegativeInfinity;
                args.Positions.Pointer[b * kept + k] = filled ? entries[k].Position : -1;
            }
        }
    }

    public static void Check(in SelectTopKArgs args)
    {
        Checks.Rank("SelectTopK: Scores", args.Scores, 2);
        Checks.Rank("SelectTopK: Top", args.Top, 2);
        var scores = args.Scores.Shape;
        Checks.IsOrMissing("SelectTopK: Seconds", args.Seconds, scores, "Scores", scores);
        Checks.IsOrMissing("SelectTopK: Ties", args.Ties, scores, "Scores", scores);
        Checks.Is("SelectTopK: Top", args.Top, new(scores[0], args.Top.Shape[1]), "Scores", scores);
        Checks.Is("SelectTopK: Positions", args.Positions, args.Top.Shape, "Top", args.Top.Shape);
    }

    /// <summary>A second score as it is compared: NaN is the lowest.</summary>
    public static float Second(float score) => float.IsNaN(score) ? float.NegativeInfinity : score;

    static int Compare(
        (float Score, float Second, int Tie, int Position) a, (float Score, float Second, int Tie, int Position) b)
    {
        int byScore = b.Score.CompareTo(a.Score);
        if (byScore != 0) return byScore;
        int bySecond = b.Second.CompareTo(a.Second);
        if (bySecond != 0) return bySecond;
        int byTie = a.Tie.CompareTo(b.Tie);
        return byTie != 0 ? byTie : a.Position.CompareTo(b.Position);
    }
}
