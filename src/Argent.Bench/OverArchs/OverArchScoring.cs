using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>A request whose candidates an OverArch scores, with random weights and items.</summary>
sealed class OverArchScoring : IDisposable
{
    /// <summary>How far a logit may be from float64, as a share of 1 + its size.</summary>
    public const double Tolerance = 1e-4;

    // Candidates of a batch, as a search scores them.
    const int BatchRows = 1024;

    const int Dim = 128, Heads = 2, Tasks = 2, Features = 8;

    readonly OverArch _overArch;
    readonly IKernels _kernels;
    readonly Scratch _scratch = new();
    readonly Tensor<BFloat16> _items;
    readonly Tensor<int> _slots;
    readonly Tensor<float> _queries, _features, _logits;
    readonly OverArchSetting _setting;

    /// <summary>Prepares the request.</summary>
    /// <param name="setting">The scorer.</param>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="slots">S, slots of the table of item sides.</param>
    /// <param name="seed">Of all random numbers.</param>
    public OverArchScoring(OverArchSetting setting, IKernels kernels, int slots, ulong seed)
    {
        _kernels = kernels;
        var random = new Random((int)seed);
        var shape = new OverArchShape(Dim, Heads, Tasks, Features, null);
        var trained = setting.Create(shape, OverArchWeights.New(seed));
        // Layers that begin at zero would leave out what they feed.
        foreach (var (_, tensor) in trained.Tensors)
        {
            foreach (ref float value in tensor.As<float>().Span) value += (random.NextSingle() - 0.5f) * 0.1f;
        }
        var weights = trained.Tensors.ToDictionary(t => "over_arch." + t.Name, t => t.Tensor);
        _overArch = setting.Create(shape, OverArchWeights.Served(
            name => weights.TryGetValue(name, out var tensor) ? tensor : null, "the benchmark"));
        _items = Sides(random, slots);
        _slots = Tensor.Zeros<int>(new Shape(setting.Candidates));
        for (long c = 0; c < _slots.Count; c++) _slots[c] = random.Next(slots);
        _queries = DenseBenchmark.Floats(random, new Shape(Heads, Dim));
        _features = DenseBenchmark.Floats(random, new Shape(setting.Candidates, Features));
        _logits = Tensor.Zeros<float>(new Shape(setting.Candidates, Tasks));
        _setting = setting;
        Flops = 2.0 * setting.Candidates * MultiplyAdds();
    }

    /// <summary>Floating-point operations of dense layers and dots of components in one <see cref="Run"/>.</summary>
    public double Flops { get; }

    /// <summary>Scores all candidates.</summary>
    public void Run()
    {
        int step = _overArch.SeesWholeList ? _setting.Candidates : BatchRows;
        for (int first = 0; first < _setting.Candidates; first += step)
        {
            int count = Math.Min(step, _setting.Candidates - first);
            var rows = _scratch.Rent<float>(new Shape(count, _items.Shape[1]));
            _kernels.GatherRowsBFloat16(new GatherRowsBFloat16Args { Table = _items, Indices = _slots.Rows(first, count), Rows = rows });
            var start = _scratch.RentZeroed<int>(new Shape(2));
            start[1] = count;
            var batch = new CandidateBatch
            {
                Queries = _queries,
                Start = start,
                Request = _scratch.RentZeroed<int>(new Shape(count)),
                Items = rows,
                Features = _features.Rows(first, count),
                History = default,
                HistoryStart = default,
            };
            _logits.Rows(first, count).CopyFrom(_overArch.Forward(batch, new ForwardPass(_kernels, _scratch)));
            _scratch.Reset();
        }
    }

    /// <summary>
    /// The largest difference of the first candidates' logits from float64 over the same weights and item sides, as a share of
    /// 1 + the logit's size; null for a kind that has no formula in float64 here.
    /// </summary>
    public double? LargestError(int count)
    {
        var oracle = new Float64Scorer(_setting.Kind, _overArch, [.. _queries.ToArray().Select(x => (double)x)]);
        if (!oracle.IsKnown) return null;
        Run();
        double largest = 0;
        for (int c = 0; c < Math.Min(count, _setting.Candidates); c++)
        {
            double[] expected = oracle.Logits(
                [.. _items.Row(_slots[c]).ToArray().Select(x => (double)(float)x)],
                [.. _features.Row(c).ToArray().Select(x => (double)x)]);
            for (int t = 0; t < Tasks; t++)
            {
                largest = Math.Max(largest, Math.Abs(expected[t] - _logits.Row(c)[t]) / (1 + Math.Abs(expected[t])));
            }
        }
        return largest;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scratch.Dispose();
        _items.Storage.Dispose();
        _slots.Storage.Dispose();
        _features.Storage.Dispose();
        _logits.Storage.Dispose();
    }

    /// <summary>[S, I] the sides of random items.</summary>
    Tensor<BFloat16> Sides(Random random, int slots)
    {
        Tensor<BFloat16> items = default;
        for (int first = 0; first < slots; first += BatchRows)
        {
            int count = Math.Min(BatchRows, slots - first);
            var embeddings = _scratch.Rent<float>(new Shape(count, Dim));
            foreach (ref float value in embeddings.Span) value = random.NextSingle() - 0.5f;
            var sides = _overArch.ItemSide(embeddings, new ForwardPass(_kernels, _scratch));
            if (!items.IsPresent) items = Tensor.Zeros<BFloat16>(new Shape(slots, sides.Shape[1]));
            var rows = items.Rows(first, count);
            for (long i = 0; i < sides.Count; i++) rows[i] = (BFloat16)sides[i];
            _scratch.Reset();
        }
        return items;
    }

    /// <summary>Of one candidate: every matrix but those of the item's and the user's side, and the dots of the components.</summary>
    double MultiplyAdds()
    {
        double products = 0, users = 0, items = 0;
        foreach (var (name, tensor) in _overArch.Tensors)
        {
            if (tensor.Shape.Rank != 2) continue;
            if (name.StartsWith("user", StringComparison.Ordinal)) users = name == "user.weight" ? tensor.Shape[0] : users;
            else if (name.StartsWith("item", StringComparison.Ordinal)) items = name == "item.weight" ? tensor.Shape[0] : items;
            else products += tensor.Shape.Count;
        }
        return _setting.Kind == "mol" ? products + (users * items / ComponentDim()) : products;
    }

    double ComponentDim() => System.Text.Json.JsonDocument.Parse(_setting.Options).RootElement.GetProperty("componentDim").GetDouble();
}
