namespace Argent.Kernels;

static unsafe class AttentionReference
{
    public static void Run(in AttentionArgs args)
    {
        Check(args);
        var view = new AttentionView(args);
        args.Output.Clear();
        for (int b = 0; b < view.Segments; b++)
        {
            for (int i = view.QueryStart[b]; i < view.QueryStart[b + 1]; i++)
            {
                for (int h = 0; h < view.Heads; h++) Attend(view, b, i, h);
            }
        }
    }

    public static void Check(in AttentionArgs args)
    {
        Checks.Rank("Attention: Queries", args.Queries, 2);
        Checks.Rank("Attention: Keys", args.Keys, 2);
        Checks.Rank("Attention: Values", args.Values, 2);
        Checks.Rank("Attention: QueryStart", args.QueryStart, 1);
        var (queries, keys, values) = (args.Queries.Shape, args.Keys.Shape, args.Values.Shape);
        Checks.Is("Attention: Keys", args.Keys, new(keys[0], queries[1]), "Queries", queries);
        Checks.Is("Attention: Values", args.Values, new(keys[0], values[1]), "Keys", keys);
        Checks.Is("Attention: Output", args.Output, new(queries[0], values[1]), "Values", values);
        Checks.Bounds("Attention: QueryStart", args.QueryStart, queries[0]);
        Checks.Is("Attention: KeyStart", args.KeyStart, args.QueryStart.Shape, "QueryStart", args.QueryStart.Shape);
        Checks.Bounds("Attention: KeyStart", args.KeyStart, keys[0]);
        if (args.Heads < 1 || queries[1] % args.Heads != 0 || values[1] % args.Heads != 0)
        {
            throw new ArgumentException($"Attention: {args.Heads} heads do not divide Queries {queries} and Values {values}.");
        }
        if (!float.IsFinite(args.Scale)) throw new ArgumentException($"Attention: Scale is {args.Scale}; it must be finite.");
        if (!Enum.IsDefined(args.Weighting)) throw new ArgumentException($"Attention: unknown weighting {args.Weighting}.");
        Checks.Apart("Attention: Output", args.Output, "Queries", args.Queries);
        Checks.Apart("Attention: Output", args.Output, "Keys", args.Keys);
        Checks.Apart("Attention: Output", args.Output, "Values", args.Values);
        CheckBias(args);
    }

    static void CheckBias(in AttentionArgs args)
    {
        if (!args.Bias.IsPresent)
        {
            if (!args.BiasBounds.IsPresent && !args.QueryPlaces.IsPresent && !args.KeyPlaces.IsPresent) return;
            throw new ArgumentException("Attention: there are bounds or places, but no Bias.");
        }
        Checks.Rank("Attention: Bias", args.Bias, 2);
        var bias = args.Bias.Shape;
        Checks.Is("Attention: Bias", args.Bias, new(Math.Max(1, bias[0]), args.Heads), "Heads", new(args.Heads));
        Checks.Is("Attention: BiasBounds", args.BiasBounds, new(bias[0] - 1), "Bias", bias);
        Checks.Is("Attention: QueryPlaces", args.QueryPlaces, new(args.Queries.Shape[0]), "Queries", args.Queries.Shape);
        Checks.Is("Attention: KeyPlaces", args.KeyPlaces, new(args.Keys.Shape[0]), "Keys", args.Keys.Shape);
        for (long i = 1; i < args.BiasBounds.Count; i++)
        {
            if (args.BiasBounds.Pointer[i - 1] >= args.BiasBounds.Pointer[i])
            {
                throw new ArgumentException($"Attention: BiasBounds do not ascend at entry {i}.");
            }
        }
    }

    static void Attend(in AttentionView view, int segment, int query, int head)
    {
        int first = view.KeyStart[segment], count = view.VisibleKeys(segment, query);
        double* weights = (double*)CallerMemory.Rent(count * (long)sizeof(double));
        for (int j = 0; j < count; j++) weights[j] = Logit(view, query, first + j, head);
        if (view.Weighting == AttentionWeighting.Softmax) Softmax(weights, count);
        else for (int j = 0; j < count; j++) weights[j] = weights[j] / (1 + Math.Exp(-weights[j])) / count;
        float* output = view.Output + (query * view.ValueWidth) + (head * view.ValueDepth);
        float* values = view.Values + (first * view.ValueWidth) + (head * view.ValueDepth);
        for (int v = 0; v < view.ValueDepth; v++)
        {
            double sum = 0;
            for (int j = 0; j < count; j++) sum += weights[j] * values[(j * view.ValueWidth) + v];
            output[v] = (float)sum;
        }
    }

    static void Softmax(double* logits, int count)
    {
        double max = double.NegativeInfinity, sum = 0;
        for (int j = 0; j < count; j++) max = Math.Max(max, logits[j]);
        for (int j = 0; j < count; j++) sum += Math.Exp(logits[j] - max);
        for (int j = 0; j < count; j++) logits[j] = Math.Exp(logits[j] - max) / sum;
    }

    static double Logit(in AttentionView view, int query, int key, int head)
    {
        float* q = view.Queries + (query * view.Width) + (head * view.Depth);
        float* k = view.Keys + (key * view.Width) + (head * view.Depth);
        double dot = 0;
        for (long d = 0; d < view.Depth; d++) dot += (double)q[d] * k[d];
        return (dot * view.Scale) + (view.Bias == null ? 0 : view.Bias[view.BiasRow(query, key) * view.Heads + head]);
    }
}
