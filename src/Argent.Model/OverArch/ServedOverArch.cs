using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>An OverArch as an artifact holds it: weights in bfloat16, item sides by slot, neighbours as slots.</summary>
public sealed class ServedOverArch : Module
{
    // Rows of items whose sides are computed at a time.
    const int BatchRows = 1024;

    readonly ItemNeighbours? _neighbours;

    ServedOverArch(
        OverArchConfig config, TowerConfig towers, OverArch overArch, Tensor<BFloat16> items,
        ItemNeighbours? neighbours)
    {
        (Config, OverArch, Items, _neighbours) = (config, overArch, items, neighbours);
        Features = new CrossFeatures(config, towers, neighbours);
    }

    /// <summary>Kind, options, features.</summary>
    public OverArchConfig Config { get; }

    /// <summary>The scorer.</summary>
    public OverArch OverArch { get; }

    /// <summary>[S, I] bfloat16, each item's side; no tensor for an OverArch that does not read them.</summary>
    public Tensor<BFloat16> Items { get; }

    /// <summary>I, numbers of an item's side; 0 without sides.</summary>
    public int SideWidth => Items.IsPresent ? (int)Items.Shape[1] : 0;

    /// <summary>The cross features over this artifact's slots.</summary>
    public CrossFeatures Features { get; }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, AnyTensor Tensor)> Tensors =>
        OverArch.Tensors
            .Concat(Items.IsPresent ? [("items", AnyTensor.From(Items))] : [])
            .Concat(_neighbours?.Tensors ?? []);

    /// <summary>Binds the tensors of an artifact.</summary>
    /// <param name="config">What the manifest says.</param>
    /// <param name="towers">The towers of the artifact.</param>
    /// <param name="find">The tensor of a path, or null.</param>
    /// <param name="sizes">Trained items and slots.</param>
    /// <param name="origin">What errors call the artifact.</param>
    /// <exception cref="InvalidDataException">Something is missing, misshapen or of an unknown kind.</exception>
    public static ServedOverArch FromTensors(
        OverArchConfig config, TowerConfig towers, Func<string, AnyTensor?> find, (int Trained, int Slots) sizes, string origin)
    {
        ArgumentNullException.ThrowIfNull(config);
        var source = new TensorSource(find, origin);
        var overArch = OverArchKinds.Create(config, towers, OverArchWeights.Served(find, origin));
        var neighbours = CrossFeatures.ReadsNeighbours(config.Features)
            ? ItemNeighbours.FromTensors(source, sizes.Trained, sizes.Slots)
            : null;
        bool readsItems = overArch.ReadsItems || overArch.ReadsHistory;
        var items = readsItems ? source.Get<BFloat16>("over_arch.items", sizes.Slots, -1) : default;
        return new ServedOverArch(config, towers, overArch, items, neighbours);
    }

    /// <summary>Makes what an artifact holds of a trained OverArch.</summary>
    /// <param name="trained">Weights and neighbours in trained rows.</param>
    /// <param name="towers">The towers below it.</param>
    /// <param name="cache">[S, D] bfloat16 embeddings by slot.</param>
    /// <param name="slotOfTrained">[R] the slot of each trained item, or -1.</param>
    /// <param name="kernels">The arithmetic.</param>
    public static ServedOverArch Of(
        TrainedOverArch trained, TowerConfig towers, Tensor<BFloat16> cache, Tensor<int> slotOfTrained, IKernels kernels)
    {
        ArgumentNullException.ThrowIfNull(trained);
        ArgumentNullException.ThrowIfNull(kernels);
        var tensors = trained.OverArch.Tensors.ToDictionary(t => "over_arch." + t.Name, t => t.Tensor);
        AnyTensor? Find(string name) => tensors.TryGetValue(name, out var tensor) ? tensor : null;
        var served = OverArchKinds.Create(trained.Config, towers, OverArchWeights.Served(Find, "the trained OverArch"));
        return new ServedOverArch(
            trained.Config, towers, served, Sides(served, cache, kernels),
            trained.Neighbours?.Renumbered(slotOfTrained));
    }

    /// <summary>[R] the slot of each trained item, or -1 for one that the catalogue lacks.</summary>
    public static Tensor<int> SlotsOf(ItemIds trained, ItemIds items, Tensor<int> slotOfRow)
    {
        var slots = Tensor.Zeros<int>(new Shape(trained.Count));
        bool numbers = !trained.IsText && !items.IsText;
        for (int r = 0; r < trained.Count; r++)
        {
            int row = numbers ? items.Find(trained.Number(r)) : items.Find(trained.Text(r));
            slots[r] = row < 0 ? -1 : slotOfRow[row];
        }
        return slots;
    }

    /// <summary>[S, I] the side of every slot; a spare slot has that of a zero embedding.</summary>
    static Tensor<BFloat16> Sides(OverArch overArch, Tensor<BFloat16> cache, IKernels kernels)
    {
        Tensor<BFloat16> items = default;
        if (!overArch.ReadsItems && !overArch.ReadsHistory) return items;
        using var scratch = new Scratch();
        long slots = cache.Shape[0];
        for (long first = 0; first < slots; first += BatchRows)
        {
            long count = Math.Min(BatchRows, slots - first);
            var embeddings = scratch.Rent<float>(new Shape(count, cache.Shape[1]));
            for (long i = 0; i < embeddings.Count; i++) embeddings[i] = (float)cache[(first * cache.Shape[1]) + i];
            var sides = overArch.ItemSide(embeddings, new ForwardPass(kernels, scratch));
            if (!items.IsPresent) items = Tensor.Zeros<BFloat16>(new Shape(slots, sides.Shape[1]));
            var rows = items.Rows(first, count);
            for (long i = 0; i < sides.Count; i++) rows[i] = (BFloat16)sides[i];
            scratch.Reset();
        }
        return items.IsPresent ? items : Tensor.Zeros<BFloat16>(new Shape(0, 1));
    }
}
