using Argent.Data;

namespace Argent.Training;

/// <summary>
/// How much an item is asked for at a moment: log(floor + sum over its earlier events of e^(-age / days)). A constant part
/// of the logits in training and of the items' biases when it ends, so that the weights learn what a user adds to it.
/// </summary>
sealed class ItemTrend
{
    /// <summary>Stands for an item without events: one event some four spans ago.</summary>
    const double Floor = 0.02;

    const double SecondsPerDay = 86_400;

    readonly double _seconds;
    readonly int[] _start;   // [items + 1]
    readonly long[] _times;  // by item, ascending
    readonly double[] _sums; // the sum at each event, that event included

    /// <summary>Counts events with times.</summary>
    /// <param name="events">The events of a task.</param>
    /// <param name="items">Items, rows of the events.</param>
    /// <param name="days">After how many days an event counts 1 / e.</param>
    public ItemTrend(Interactions events, int items, double days)
    {
        _seconds = days * SecondsPerDay;
        _start = new int[items + 1];
        foreach (int row in events.ItemRows) _start[row + 1]++;
        for (int i = 0; i < items; i++) _start[i + 1] += _start[i];
        _times = new long[events.Count];
        var next = _start.AsSpan(0, items).ToArray();
        for (int e = 0; e < events.Count; e++) _times[next[events.ItemRows[e]]++] = events.Times![e];
        _sums = new double[_times.Length];
        for (int i = 0; i < items; i++)
        {
            var times = _times.AsSpan(_start[i], _start[i + 1] - _start[i]);
            times.Sort();
            double sum = 0;
            for (int e = 0; e < times.Length; e++)
            {
                if (e > 0) sum *= Decay(times[e] - times[e - 1]);
                _sums[_start[i] + e] = ++sum;
            }
        }
    }

    /// <summary>The trend of an item from its events before <paramref name="moment"/>, in Unix seconds.</summary>
    public float At(int item, long moment)
    {
        int low = _start[item], high = _start[item + 1];
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (_times[middle] < moment) low = middle + 1;
            else high = middle;
        }
        if (low == _start[item]) return (float)Math.Log(Floor);
        return (float)Math.Log(Floor + (_sums[low - 1] * Decay(moment - _times[low - 1])));
    }

    /// <summary>Adds the trend of each item to its bias, moved so that its mean is 0: a new item is taken for a typical one.</summary>
    public void AddTo(Span<float> biases, long moment)
    {
        double mean = 0;
        for (int i = 0; i < biases.Length; i++) mean += (double)At(i, moment) / biases.Length;
        for (int i = 0; i < biases.Length; i++) biases[i] += At(i, moment) - (float)mean;
    }

    double Decay(long seconds) => Math.Exp(-seconds / _seconds);
}
