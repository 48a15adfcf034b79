using System.Globalization;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>
/// A forward pass over an index of the planned lists without items: what it rents follows from requests, heads, K and
/// lists, not from items. As nothing is found, every request widens its probe to all lists, which is the most it can rent.
/// </summary>
static class PlannedPass
{
    /// <summary>The most that a batch rents.</summary>
    public static long ScratchBytes(PlanOptions options, int nlist)
    {
        var model = Model(options, nlist);
        // The widest first probe, and the narrowest, which is widened: either may be the more expensive.
        return Math.Max(Peak(model, options, Math.Min(options.NProbe, nlist)), Peak(model, options, 1));
    }

    static long Peak(RetrievalModel model, PlanOptions options, int nprobe)
    {
        var head = new float[options.Dim];
        head[0] = 1;
        var request = new RetrievalRequest
        {
            User = new UserInput { Vectors = [.. Enumerable.Repeat(head, options.Heads)] },
            K = options.K,
            NProbe = nprobe,
        };
        var batch = new RetrievalBatch(options.Batch);
        for (int i = 0; i < options.Batch; i++) batch.Add(model.Prepare(request));
        using var workers = new Workers(1);
        using var scratch = new Scratch();
        model.Forward(batch, new ForwardPass(CpuKernels.Create(workers), scratch));
        return scratch.PeakBytes;
    }

    static RetrievalModel Model(PlanOptions options, int nlist)
    {
        // Slots for K and its margin, as fewer would bound what a request keeps.
        long needed = Math.Min(2L * options.K + new ModelLimits().RescoreMarginMax, options.Items);
        int places = (int)((needed / nlist + ListLayout.WordSlots) / ListLayout.WordSlots * ListLayout.WordSlots);
        var layout = ListLayout.Make(nlist, (long)nlist * places, 1, TensorMaker.Heap);
        for (int l = 0; l <= nlist; l++) layout.Start[l] = l * places;
        layout.Rows.Span.Fill(-1);
        layout.SlotOfRow[0] = -1;
        var (lists, cache) = ItemIndex.Make(layout, options.Dim, TensorMaker.Heap);
        string[] tasks = [.. Enumerable.Range(0, options.Heads).Select(h => "t" + h.ToString(CultureInfo.InvariantCulture))];
        return new RetrievalModel(new RetrievalParts
        {
            Name = "plan",
            Description = new ModelDescription { Dim = options.Dim, Tasks = tasks },
            Index = new IvfIndex(
                lists, Tensor.Zeros<float>(new Shape(nlist, options.Dim)), Tensor.Zeros<float>(new Shape(nlist)),
                Tensor.Zeros<float>(new Shape(options.Dim))),
            Cache = new EmbeddingCache(cache),
            Items = new ItemTable(ItemIds.FromSorted([0L]), null),
            Value = tasks[0],
            DefaultNProbe = 1,
            Limits = new ModelLimits { KMax = Math.Max(options.K, new ModelLimits().KMax) },
        });
    }
}
