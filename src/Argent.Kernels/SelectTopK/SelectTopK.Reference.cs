namespace Argent.Kernels;

static unsafe class SelectTopKReference
{
    public static void Run(in SelectTopKArgs args)
    {
        Check(in args);
        long columns = args.Scores.Shape[1], kept = args.Top.Shape[1];
        for (long b = 0; b < args.Scores.Shape[0]; b++)
        {
            var entries = new List<(float Score, int Tie, int Position)>();
            for (int c = 0; c < columns; c++)
            {
                float score = args.Scores.Pointer[b * columns + c];
                int tie = args.Ties.IsPresent ? args.Ties.Pointer[b * columns + c] : c;
                if (score > float.NegativeInfinity) entries.Add((score, tie, c));
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
        Checks.IsOrMissing("SelectTopK: Ties", args.Ties, scores, "Scores", scores);
        Checks.Is("SelectTopK: Top", args.Top, new(scores[0], args.Top.Shape[1]), "Scores", scores);
        Checks.Is("SelectTopK: Positions", args.Positions, args.Top.Shape, "Top", args.Top.Shape);
    }

    static int Compare((float Score, int Tie, int Position) a, (float Score, int Tie, int Position) b)
    {
        int byScore = b.Score.CompareTo(a.Score);
        if (byScore != 0) return byScore;
        int byTie = a.Tie.CompareTo(b.Tie);
        return byTie != 0 ? byTie : a.Position.CompareTo(b.Position);
    }
}
