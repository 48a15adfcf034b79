namespace Argent.Model;

/// <summary>The values of the texts used last, up to a number; the one used longest ago leaves first. Any thread may use it.</summary>
sealed class BoundedCache<TValue>(int capacity)
{
    readonly Dictionary<string, LinkedListNode<(string Text, TValue Value)>> _nodes = new(StringComparer.Ordinal);
    readonly LinkedList<(string Text, TValue Value)> _used = [];
    readonly Lock _lock = new();

    /// <summary>Values held.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _nodes.Count;
        }
    }

    /// <summary>The value of a text, made when it is not held. An exception of <paramref name="make"/> is not held.</summary>
    public TValue Get(string text, Func<string, TValue> make)
    {
        lock (_lock)
        {
            if (_nodes.TryGetValue(text, out var node))
            {
                _used.Remove(node);
                _used.AddFirst(node);
                return node.Value.Value;
            }
        }
        // Outside the lock: a long filter must not hold up the others. Two threads may make the same value; one is kept.
        var value = make(text);
        lock (_lock)
        {
            if (capacity <= 0 || _nodes.ContainsKey(text)) return value;
            _nodes.Add(text, _used.AddFirst((text, value)));
            if (_nodes.Count <= capacity) return value;
            _nodes.Remove(_used.Last!.Value.Text);
            _used.RemoveLast();
        }
        return value;
    }
}
