using Argent.Tensors;

namespace Argent.Training;

/// <summary>
/// What the steps of a training drop: it follows from seed, epoch, step and the number of the call within the step, so a
/// resumed training drops what an uninterrupted one would.
/// </summary>
sealed class StepDropout(ulong seed)
{
    // Calls of a step are numbered within what one step has to itself.
    const long CallsMax = 1 << 16;

    long _epoch;
    long _number;

    /// <summary>Begins a step.</summary>
    public void Begin(long epoch, long step) => (_epoch, _number) = (epoch, step * CallsMax);

    /// <summary>Fills a tensor as <see cref="Model.Dropout"/> says.</summary>
    public void Fill(Tensor<float> keep, float rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rate, 1f);
        var random = new CounterRandom(seed, Purpose.Dropout, _epoch, _number++);
        float kept = 1 / (1 - rate);
        foreach (ref float value in keep.Span) value = random.NextSingle() < rate ? 0 : kept;
    }
}
