namespace Argent.Tensors;

/// <summary>
/// A bump allocator for the intermediate tensors of a forward pass: one per worker, reset after each batch. It grows
/// while the first batches run and merges into one block at <see cref="Reset"/>, so a steady state allocates nothing.
/// Contents are not zeroed: whoever rents, writes.
/// </summary>
public sealed unsafe class Scratch : IDisposable
{
    /// <summary>Bytes of the first block when nothing else is asked for.</summary>
    public const long DefaultBytes = 1 << 20;

    readonly List<HeapStorage> _blocks = [];
    int _block;
    long _used;
    long _usedBefore;

    /// <summary>Starts with one block of <paramref name="bytes"/>.</summary>
    public Scratch(long bytes = DefaultBytes) => _blocks.Add(new HeapStorage(Math.Max(bytes, Storage.Alignment)));

    /// <summary>Bytes rented since the last reset, with padding.</summary>
    public long UsedBytes => _usedBefore + _used;

    /// <summary>The most bytes ever rented between two resets.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Bytes held.</summary>
    public long HeldBytes => _blocks.Sum(b => b.ByteLength);

    /// <summary>A tensor with undefined contents, valid until <see cref="Reset"/> or a <see cref="Release"/> to an earlier mark.</summary>
    public Tensor<T> Rent<T>(Shape shape) where T : unmanaged
    {
        long bytes = checked((shape.Count * sizeof(T) + Storage.Alignment - 1) & ~(long)(Storage.Alignment - 1));
        while (_used + bytes > _blocks[_block].ByteLength) NextBlock(bytes);
        var tensor = new Tensor<T>(_blocks[_block], _used, shape);
        _used += bytes;
        PeakBytes = Math.Max(PeakBytes, UsedBytes);
        return tensor;
    }

    /// <summary>A rented tensor with all bytes zero.</summary>
    public Tensor<T> RentZeroed<T>(Shape shape) where T : unmanaged
    {
        var tensor = Rent<T>(shape);
        tensor.Clear();
        return tensor;
    }

    /// <summary>Remembers how much is rented.</summary>
    public ScratchMark Mark() => new(_block, _used, _usedBefore);

    /// <summary>Gives back everything rented since <paramref name="mark"/>.</summary>
    public void Release(ScratchMark mark) => (_block, _used, _usedBefore) = (mark.Block, mark.Used, mark.UsedBefore);

    /// <summary>Gives back everything; several blocks become one, so that the next pass needs no growth.</summary>
    public void Reset()
    {
        (_block, _used, _usedBefore) = (0, 0, 0);
        if (_blocks.Count == 1) return;
        long held = HeldBytes;
        Free();
        _blocks.Add(new HeapStorage(held));
    }

    /// <inheritdoc/>
    public void Dispose() => Free();

    void NextBlock(long bytes)
    {
        _usedBefore += _used;
        _used = 0;
        if (++_block == _blocks.Count) _blocks.Add(new HeapStorage(Math.Max(bytes, HeldBytes)));
    }

    void Free()
    {
        foreach (var block in _blocks) block.Dispose();
        _blocks.Clear();
    }
}

/// <summary>A position in a <see cref="Scratch"/>.</summary>
public readonly record struct ScratchMark(int Block, long Used, long UsedBefore);
