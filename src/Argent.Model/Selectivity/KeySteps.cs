using Argent.Tensors;

namespace Argent.Model;

/// <summary>
/// Divides ascending keys into the steps of <see cref="KeyCounts"/>. A key that fills a step gets one of its own, so that
/// the count of a frequent value is exact.
/// </summary>
readonly ref struct KeySteps
{
    readonly ReadOnlySpan<long> _keys;
    readonly long _depth;
    readonly List<long> _ends = [];
    readonly List<long> _sums = [];
    readonly List<int> _distinct = [];

    /// <summary>The steps of ascending keys.</summary>
    public KeySteps(ReadOnlySpan<long> keys)
    {
        _keys = keys;
        // Of n / depth full steps at most, each may cut short the one before it: with the first and the last, StepsMax.
        _depth = Different(keys) <= KeyCounts.ExactMax ? 1 : keys.Length / (KeyCounts.StepsMax / 2 - 1) + 1;
        Divide();
    }

    /// <summary>The counts.</summary>
    public KeyCounts ToCounts() =>
        new(Tensor.From<long>([.. _ends]), Tensor.From<long>([.. _sums]), Tensor.From<int>([.. _distinct]));

    void Divide()
    {
        int distinct = 0;
        for (int first = 0, next; first < _keys.Length; first = next)
        {
            next = first + 1;
            while (next < _keys.Length && _keys[next] == _keys[first]) next++;
            bool isOwn = first == 0 || next - first >= _depth;
            if (isOwn && distinct > 0) Close(first, ref distinct);
            distinct++;
            if (isOwn || next - Closed >= _depth || next == _keys.Length) Close(next, ref distinct);
        }
    }

    long Closed => _sums.Count == 0 ? 0 : _sums[^1];

    void Close(int end, ref int distinct)
    {
        _ends.Add(_keys[end - 1]);
        _sums.Add(end);
        _distinct.Add(distinct);
        distinct = 0;
    }

    static int Different(ReadOnlySpan<long> keys)
    {
        int count = keys.Length == 0 ? 0 : 1;
        for (int i = 1; i < keys.Length; i++)
        {
            if (keys[i] != keys[i - 1]) count++;
        }
        return count;
    }
}
