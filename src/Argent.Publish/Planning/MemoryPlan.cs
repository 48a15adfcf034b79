using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>One tensor that an artifact will hold.</summary>
/// <param name="File">Its file.</param>
/// <param name="Name">Its path.</param>
/// <param name="Type">Its elements.</param>
/// <param name="Shape">Its extents.</param>
/// <param name="Bytes">Its size.</param>
public sealed record PlannedTensor(string File, string Name, string Type, long[] Shape, long Bytes);

/// <summary>
/// The memory that a catalogue takes when it serves: the tensors of the artifact, made by the code that publishes them but
/// without their memory, and the working memory of a batch, measured on a real forward pass over an index without items.
/// </summary>
/// <param name="NList">L.</param>
/// <param name="Slots">S.</param>
/// <param name="Tensors">Every tensor.</param>
/// <param name="PreparedBytes">What a model makes of its tensors when it is opened: centroids in the order of the probe.</param>
/// <param name="ScratchBytes">Working memory of one batch where every request widens its probe to all lists.</param>
public sealed record MemoryPlan(
    int NList, int Slots, IReadOnlyList<PlannedTensor> Tensors, long PreparedBytes, long ScratchBytes)
{
    /// <summary>
    /// A server without its model: the runtime, its libraries and the heap after some hundred answers. Measured as the
    /// resident set of <c>argent serve</c> less the maps of the artifact's files: 111 MiB with 1,000,000 items, of which
    /// 42 are private.
    /// </summary>
    public const long ProcessBytes = 108L << 20;

    /// <summary>All tensors.</summary>
    public long TensorBytes => Tensors.Sum(t => t.Bytes);

    /// <summary>What a server takes: tensors and what is made of them, one batch, and the process.</summary>
    public long TotalBytes => TensorBytes + PreparedBytes + ScratchBytes + ProcessBytes;

    /// <summary>Plans.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public static MemoryPlan Of(PlanOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        int nlist = options.NList > 0 ? options.NList : ListDefaults.NList(options.Items);
        long slots = options.Slots > 0 ? options.Slots : ListLayout.ExpectedSlots(options.Items, nlist, options.SpareShare);
        var model = new RetrievalModel(Parts(options, nlist, slots));
        var tensors =
            from part in model.Parts()
            from t in part.Tensors
            select new PlannedTensor(
                part.File, t.Name, t.Tensor.Type.ToString(), t.Tensor.Shape.ToArray(), t.Tensor.ByteLength);
        return new MemoryPlan(nlist, (int)slots, [.. tensors], Prepared(nlist, options.Dim), PlannedPass.ScratchBytes(options, nlist));
    }

    static long Prepared(int nlist, int dim) => RowPanels.ShapeOf(new Shape(nlist, dim)).Count * sizeof(float);

    static RetrievalParts Parts(PlanOptions options, int nlist, long slots)
    {
        var maker = TensorMaker.Planned;
        var layout = ListLayout.Make(nlist, slots, options.Items, maker);
        var (lists, cache) = ItemIndex.Make(layout, options.Dim, maker);
        var features = PlannedFeatures.Of(options);
        return new RetrievalParts
        {
            Name = "plan",
            Description = new ModelDescription { Dim = options.Dim },
            // With memory: an index prepares its centroids when it is made, and they are few.
            Index = new IvfIndex(
                lists, Tensor.Zeros<float>(new Shape(nlist, options.Dim)), Tensor.Zeros<float>(new Shape(nlist)),
                Tensor.Zeros<float>(new Shape(options.Dim))),
            Cache = new EmbeddingCache(cache),
            Items = new ItemTable(ItemIds.FromTensors(maker.Make<long>(new Shape(options.Items)), default, default), null),
            Filter = features.Columns.Count == 0 ? null : features.Filter(options, (int)slots, maker),
            Forward = features.Columns.Count == 0 ? ForwardIndex.Empty : features.Forward(options, slots, maker),
            Value = "score",
            DefaultNProbe = Math.Min(options.NProbe, nlist),
        };
    }
}
