using Argent.Data;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>
/// The moment from which a user is asked in an epoch: the time of one of the user's events of the leading task, not of the
/// first of all. What was before is input, what follows within a span is wanted. Equal for equal (seed, epoch, user).
/// </summary>
sealed class UserMoments
{
    const double SecondsPerDay = 86_400;

    readonly ulong _seed;
    readonly Interactions _leading;
    readonly Interactions[] _histories;
    readonly long _span;

    /// <summary>Moments of the users of <paramref name="events"/>.</summary>
    /// <exception cref="ArgumentException">A task that is needed has no times.</exception>
    public UserMoments(TrainingEvents events, TowerConfig config, TrainOptions options)
    {
        _seed = options.Seed;
        _leading = Timed(events.Of(events.Validation.Task));
        _histories = [.. config.Histories.Select(events.Of).Select(Timed)];
        foreach (string task in config.Tasks) _ = Timed(events.Of(task));
        _span = (long)(options.TargetDays * SecondsPerDay);
    }

    /// <summary>The moment of a user in an epoch, in Unix seconds; null for a user who has nothing before any event.</summary>
    public long? Of(int user, long epoch)
    {
        long first = _histories.Length == 0 ? long.MinValue : long.MaxValue;
        foreach (var history in _histories)
        {
            if (!history.Of(user).IsEmpty) first = Math.Min(first, Times(history, user)[0]);
        }
        var times = Times(_leading, user);
        int passed = 0;
        while (passed < times.Length && times[passed] <= first) passed++;
        if (passed == times.Length) return null;
        return times[passed + new CounterRandom(_seed, Purpose.Moments, epoch, user).Next(times.Length - passed)];
    }

    /// <summary>How many of a user's events are before a moment.</summary>
    public static int Before(Interactions events, int user, long moment)
    {
        var times = Times(events, user);
        int count = 0;
        while (count < times.Length && times[count] < moment) count++;
        return count;
    }

    /// <summary>How many of a user's events are before the end of what is wanted from a moment on.</summary>
    public int BeforeEnd(Interactions events, int user, long moment) => Before(events, user, moment + _span);

    static ReadOnlySpan<long> Times(Interactions events, int user) =>
        events.Times.AsSpan(events.Start[user], events.Start[user + 1] - events.Start[user]);

    static Interactions Timed(Interactions events) => events.Times is not null
        ? events
        : throw new ArgumentException($"The task '{events.Task}' has no times, which a sequence or a trend needs.");
}
