using Argent.Tensors;

namespace Argent.Model;

/// <summary>A list of ids per row of a batch, end to end: the input of a pooled embedding.</summary>
/// <param name="Ids">[n] int32, rows of an embedding table.</param>
/// <param name="Start">[B + 1] int32, bounds of each row's ids.</param>
public readonly record struct IdBags(Tensor<int> Ids, Tensor<int> Start);

/// <summary>Collects bags of ids in memory that is kept from batch to batch.</summary>
public sealed class IdBagsBuilder
{
    Tensor<int> _ids = Tensor.Zeros<int>(new Shape(64));
    Tensor<int> _start = Tensor.Zeros<int>(new Shape(64));
    int _count;
    int _closed;

    /// <summary>Finished bags.</summary>
    public int Count => _closed;

    /// <summary>Forgets all bags and keeps the memory.</summary>
    public void Clear() => (_count, _closed) = (0, 0);

    /// <summary>Adds an id to the bag that is open.</summary>
    public void Add(int id)
    {
        if (_count == _ids.Count) _ids = Grow(_ids);
        _ids[_count++] = id;
    }

    /// <summary>Adds ids to the bag that is open.</summary>
    public void Add(ReadOnlySpan<int> ids)
    {
        while (_count + ids.Length > _ids.Count) _ids = Grow(_ids);
        ids.CopyTo(_ids.Span[_count..]);
        _count += ids.Length;
    }

    /// <summary>Finishes the bag that is open, empty or not, and opens the next.</summary>
    public void Close()
    {
        if (_closed + 1 == _start.Count) _start = Grow(_start);
        _start[++_closed] = _count;
    }

    /// <summary>The finished bags; valid until the next change.</summary>
    public IdBags Build() => new(_ids.Rows(0, _count), _start.Rows(0, _closed + 1));

    static Tensor<int> Grow(Tensor<int> old)
    {
        var grown = Tensor.Zeros<int>(new Shape(checked(old.Count * 2)));
        grown.Rows(0, old.Count).CopyFrom(old);
        old.Storage.Dispose();
        return grown;
    }
}
