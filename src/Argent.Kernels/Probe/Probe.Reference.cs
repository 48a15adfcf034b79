using Argent.Tensors;

namespace Argent.Kernels;

static unsafe class ProbeReference
{
    public static void Run(in ProbeArgs args)
    {
        Check(in args);
        int lists = (int)args.Centroids.Shape[0], dim = (int)args.Centroids.Shape[1], kept = (int)args.Lists.Shape[1];
        for (long q = 0; q < args.Queries.Shape[0]; q++)
        {
            float* query = args.Queries.Pointer + q * dim;
            float[] scores = new float[lists];
            for (int l = 0; l < lists; l++)
            {
                float sum = 0;
                for (int d = 0; d < dim; d++) sum += query[d] * args.Centroids.Pointer[(long)l * dim + d];
                if (args.CentroidBias.IsPresent) sum += args.CentroidBias.Pointer[l];
                // What is not a number is the worst; adding 0 turns -0 into 0.
                scores[l] = float.IsNaN(sum) ? float.NegativeInfinity : sum + 0f;
            }
            int[] order = [.. Enumerable.Range(0, lists)];
            Array.Sort(order, (a, b) => scores[a] == scores[b] ? a.CompareTo(b) : scores[b].CompareTo(scores[a]));
            for (int p = 0; p < kept; p++)
            {
                args.Lists.Pointer[q * kept + p] = order[p];
                if (args.Scores.IsPresent) args.Scores.Pointer[q * kept + p] = scores[order[p]];
            }
        }
    }

    public static void Check(in ProbeArgs args)
    {
        Checks.Rank("Probe: Queries", args.Queries, 2);
        Checks.Rank("Probe: Centroids", args.Centroids, 2);
        Checks.Rank("Probe: Lists", args.Lists, 2);
        Shape queries = args.Queries.Shape, centroids = args.Centroids.Shape;
        long lists = centroids[0];
        Checks.Is("Probe: Centroids", args.Centroids, new(lists, queries[1]), "Queries", queries);
        Checks.IsOrMissing("Probe: CentroidBias", args.CentroidBias, new(lists), "Centroids", centroids);
        Checks.IsOrMissing("Probe: CentroidPanels", args.CentroidPanels, RowPanels.ShapeOf(centroids), "Centroids", centroids);
        Checks.Is("Probe: Lists", args.Lists, new(queries[0], args.Lists.Shape[1]), "Queries", queries);
        Checks.IsOrMissing("Probe: Scores", args.Scores, args.Lists.Shape, "Lists", args.Lists.Shape);
        if (args.Lists.Shape[1] > lists)
        {
            throw new ArgumentException($"Probe: Lists {args.Lists.Shape} asks for more lists than Centroids {centroids} has.");
        }
    }
}
