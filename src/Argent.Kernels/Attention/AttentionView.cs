namespace Argent.Kernels;

/// <summary>The arguments of an attention as pointers and extents.</summary>
readonly unsafe struct AttentionView
{
    public AttentionView(in AttentionArgs args)
    {
        Queries = args.Queries.Pointer;
        Keys = args.Keys.Pointer;
        Values = args.Values.Pointer;
        Output = args.Output.Pointer;
        QueryStart = args.QueryStart.Pointer;
        KeyStart = args.KeyStart.Pointer;
        Bias = args.Bias.Pointer;
        Bounds = args.BiasBounds.Pointer;
        QueryPlaces = args.QueryPlaces.Pointer;
        KeyPlaces = args.KeyPlaces.Pointer;
        (Width, ValueWidth) = (args.Queries.Shape[1], args.Values.Shape[1]);
        (Depth, ValueDepth) = ((int)(Width / args.Heads), (int)(ValueWidth / args.Heads));
        (Segments, Heads, Scale) = (checked((int)args.QueryStart.Count - 1), args.Heads, args.Scale);
        (Weighting, IsCausal) = (args.Weighting, args.IsCausal);
        BiasRows = args.Bias.IsPresent ? checked((int)args.Bias.Shape[0]) : 0;
    }

    public float* Queries { get; }

    public float* Keys { get; }

    public float* Values { get; }

    public float* Output { get; }

    public int* QueryStart { get; }

    public int* KeyStart { get; }

    /// <summary>[P, H], or null.</summary>
    public float* Bias { get; }

    public int* Bounds { get; }

    public int* QueryPlaces { get; }

    public int* KeyPlaces { get; }

    /// <summary>H * E.</summary>
    public long Width { get; }

    /// <summary>H * V.</summary>
    public long ValueWidth { get; }

    /// <summary>E.</summary>
    public int Depth { get; }

    /// <summary>V.</summary>
    public int ValueDepth { get; }

    public int Segments { get; }

    public int Heads { get; }

    public float Scale { get; }

    public AttentionWeighting Weighting { get; }

    public bool IsCausal { get; }

    /// <summary>P, or 0.</summary>
    public int BiasRows { get; }

    /// <summary>How many keys of its segment a query sees: the first ones.</summary>
    public int VisibleKeys(int segment, int query)
    {
        int keys = KeyStart[segment + 1] - KeyStart[segment];
        // The last query sees all keys, the one before it all but one, ...
        return IsCausal ? Math.Max(0, keys - (QueryStart[segment + 1] - 1 - query)) : keys;
    }

    /// <summary>The row of the bias for a query and a key: how many bounds are at most their distance.</summary>
    public int BiasRow(int query, int key)
    {
        long distance = (long)QueryPlaces[query] - KeyPlaces[key];
        int low = 0, high = BiasRows - 1;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (Bounds[middle] <= distance) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
