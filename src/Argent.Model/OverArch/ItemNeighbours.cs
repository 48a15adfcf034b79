using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Item-to-item weights: for each item that a user did, the items it speaks for. Sparse, by past item, so that a request
/// reads only the rows of its own histories.
/// </summary>
/// <param name="Start">[R + 1] int64, bounds of each trained item's neighbours.</param>
/// <param name="Items">[n] int32: trained rows in a trained model, slots in an artifact.</param>
/// <param name="Weights">[n] bfloat16.</param>
public sealed record ItemNeighbours(Tensor<long> Start, Tensor<int> Items, Tensor<BFloat16> Weights)
{
    const string Path = "neighbours";

    /// <summary>Its three tensors, by name below <c>over_arch</c>.</summary>
    public IEnumerable<(string Name, AnyTensor Tensor)> Tensors =>
    [
        (Path + ".start", AnyTensor.From(Start)),
        (Path + ".items", AnyTensor.From(Items)),
        (Path + ".weights", AnyTensor.From(Weights)),
    ];

    /// <summary>Binds <c>over_arch.neighbours.*</c>.</summary>
    /// <param name="source">The tensors.</param>
    /// <param name="rows">R, trained items.</param>
    /// <param name="end">Items are below it.</param>
    /// <exception cref="InvalidDataException">A tensor is missing or inconsistent.</exception>
    public static ItemNeighbours FromTensors(TensorSource source, int rows, int end)
    {
        const string name = "over_arch." + Path;
        var start = source.Get<long>(name + ".start", rows + 1);
        var items = source.Get<int>(name + ".items", -1);
        var weights = source.Get<BFloat16>(name + ".weights", items.Count);
        bool divides = start[0] == 0 && start[rows] == items.Count;
        for (int r = 0; divides && r < rows; r++) divides = start[r] <= start[r + 1];
        if (!divides) throw source.Bad(name + ".start", $"does not divide {items.Count} neighbours among {rows} items");
        for (long i = 0; i < items.Count; i++)
        {
            if ((uint)items[i] >= (uint)end) throw source.Bad(name + ".items", $"holds {items[i]} at element {i}; items are below {end}");
        }
        return new ItemNeighbours(start, items, weights);
    }

    /// <summary>The same weights for items that have other numbers; those without a number are left out.</summary>
    /// <param name="numbers">[R] the number of each trained row, or -1.</param>
    public ItemNeighbours Renumbered(Tensor<int> numbers)
    {
        var start = Tensor.Zeros<long>(Start.Shape);
        long count = 0;
        for (long i = 0; i < Items.Count; i++) count += numbers[Items[i]] >= 0 ? 1 : 0;
        var (items, weights) = (Tensor.Zeros<int>(new Shape(count)), Tensor.Zeros<BFloat16>(new Shape(count)));
        count = 0;
        for (long r = 0; r + 1 < Start.Count; r++)
        {
            for (long i = Start[r]; i < Start[r + 1]; i++)
            {
                int number = numbers[Items[i]];
                if (number < 0) continue;
                (items[count], weights[count]) = (number, Weights[i]);
                count++;
            }
            start[r + 1] = count;
        }
        return this with { Start = start, Items = items, Weights = weights };
    }
}
