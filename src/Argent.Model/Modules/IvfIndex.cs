using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>The inverted file: centroids to find the lists that are near, and int8 codes to find the items in them.</summary>
public sealed class IvfIndex : Module
{
    // Every probe reads them in this order; made once, as centroids do not change while a model is open.
    readonly Tensor<float> _panels;

    /// <summary>An index over tensors; see <see cref="IvfTensors"/> for the lists.</summary>
    /// <param name="lists">The lists.</param>
    /// <param name="centroids">[L, D] float32.</param>
    /// <param name="centroidBias">[L] float32.</param>
    /// <param name="center">[D] float32 that was subtracted from every item before it was coded.</param>
    public IvfIndex(IvfTensors lists, Tensor<float> centroids, Tensor<float> centroidBias, Tensor<float> center)
    {
        (Lists, Centroids, CentroidBias, Center) = (lists, centroids, centroidBias, center);
        _panels = RowPanels.Of(centroids);
    }

    /// <summary>The lists.</summary>
    public IvfTensors Lists { get; }

    /// <summary>[L, D] float32.</summary>
    public Tensor<float> Centroids { get; }

    /// <summary>[L] float32.</summary>
    public Tensor<float> CentroidBias { get; }

    /// <summary>[D] float32.</summary>
    public Tensor<float> Center { get; }

    /// <summary>D.</summary>
    public int Dim => (int)Centroids.Shape[1];

    /// <summary>L.</summary>
    public int NList => Lists.NList;

    /// <summary>S.</summary>
    public int Slots => (int)Lists.Rows.Count;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, AnyTensor Tensor)> Tensors =>
    [
        ("codes", AnyTensor.From(Lists.Codes)),
        ("scales", AnyTensor.From(Lists.Scales)),
        ("bias", AnyTensor.From(Lists.Bias)),
        ("live", AnyTensor.From(Lists.Live)),
        ("rows", AnyTensor.From(Lists.Rows)),
        ("slot_of_row", AnyTensor.From(Lists.SlotOfRow)),
        ("list_start", AnyTensor.From(Lists.ListStart)),
        ("list_count", AnyTensor.From(Lists.ListCount)),
        ("centroids", AnyTensor.From(Centroids)),
        ("centroid_bias", AnyTensor.From(CentroidBias)),
        ("center", AnyTensor.From(Center)),
    ];

    /// <summary>The lists nearest to each query: [Q, nprobe] int32, best first, rented from the pass.</summary>
    public Tensor<int> Probe(Tensor<float> queries, int nprobe, in ForwardPass pass)
    {
        var lists = pass.Scratch.Rent<int>(new Shape(queries.Shape[0], nprobe));
        pass.Kernels.Probe(new ProbeArgs
        {
            Queries = queries,
            Centroids = Centroids,
            CentroidPanels = _panels,
            CentroidBias = CentroidBias,
            Lists = lists,
        });
        return lists;
    }

    /// <summary>Queries as the scan takes them, rented from the pass.</summary>
    public QuantizedQueries Quantize(Tensor<float> queries, in ForwardPass pass)
    {
        long count = queries.Shape[0];
        var codes = pass.Scratch.Rent<sbyte>(new Shape(count, Lists.PaddedDim));
        var scales = pass.Scratch.Rent<float>(new Shape(count));
        // Without the centre: query · centre is the same for every item, so it changes no order.
        pass.Kernels.QuantizeRows(new QuantizeRowsArgs { Rows = queries, Codes = codes, Scales = scales });
        return new QuantizedQueries(codes, scales);
    }

    /// <summary>Binds <c>index.*</c> and checks that the lists fit together, so that no later step can leave a tensor.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or inconsistent.</exception>
    public static IvfIndex FromTensors(TensorSource source, int slots, int items, int dim)
    {
        int padded = (dim + 63) / 64 * 64;
        var starts = source.Get<int>("index.list_start", -1);
        long nlist = starts.Count - 1;
        var lists = new IvfTensors
        {
            Codes = source.Get<sbyte>("index.codes", slots, padded),
            Scales = source.Get<float>("index.scales", slots),
            Bias = source.Get<float>("index.bias", slots),
            Live = source.Get<ulong>("index.live", slots / 64),
            Rows = source.Get<int>("index.rows", slots),
            SlotOfRow = source.Get<int>("index.slot_of_row", items),
            ListStart = starts,
            ListCount = source.Get<int>("index.list_count", nlist),
        };
        CheckLists(source, lists, slots);
        CheckRange(source, "index.rows", lists.Rows, items);
        CheckRange(source, "index.slot_of_row", lists.SlotOfRow, slots);
        CheckLive(source, lists);
        return new IvfIndex(
            lists,
            source.Get<float>("index.centroids", nlist, dim),
            source.Get<float>("index.centroid_bias", nlist),
            source.Get<float>("index.center", dim));
    }

    static void CheckLists(TensorSource source, IvfTensors lists, int slots)
    {
        var start = lists.ListStart;
        long nlist = start.Count - 1;
        if (nlist < 1 || start[0] != 0 || start[nlist] != slots || slots % 64 != 0)
        {
            throw source.Bad("index.list_start", $"does not go from 0 to the {slots} slots");
        }
        for (long list = 0; list < nlist; list++)
        {
            int length = start[list + 1] - start[list];
            if (length < 0 || length % 64 != 0)
            {
                throw source.Bad("index.list_start", $"gives list {list} {length} slots, not a multiple of 64");
            }
            int count = lists.ListCount[list];
            if (count < 0 || count > length)
            {
                throw source.Bad("index.list_count", $"gives list {list} {count} items in {length} slots");
            }
        }
    }

    static unsafe void CheckLive(TensorSource source, IvfTensors lists)
    {
        for (long word = 0; word < lists.Live.Count; word++)
        {
            for (ulong bits = lists.Live.Pointer[word]; bits != 0; bits &= bits - 1)
            {
                long slot = word * 64 + System.Numerics.BitOperations.TrailingZeroCount(bits);
                if (lists.Rows.Pointer[slot] < 0)
                {
                    throw source.Bad("index.live", $"says that slot {slot} is live, which holds no item");
                }
            }
        }
    }

    static unsafe void CheckRange(TensorSource source, string name, Tensor<int> values, int end)
    {
        int* value = values.Pointer;
        for (long i = 0; i < values.Count; i++)
        {
            if (value[i] < -1 || value[i] >= end)
            {
                throw source.Bad(name, $"has {value[i]} at {i}, outside -1 to {end - 1}");
            }
        }
    }
}

/// <summary>Queries in int8.</summary>
/// <param name="Codes">[Q, Dp] int8.</param>
/// <param name="Scales">[Q] float32.</param>
public readonly record struct QuantizedQueries(Tensor<sbyte> Codes, Tensor<float> Scales);
