namespace Argent.Bench.Tests;

public sealed class RoundsTests
{
    [Fact]
    public void Every_contender_runs_once_untimed_and_once_in_each_round_beginning_with_another()
    {
        var order = new List<string>();
        string[] names = ["a", "b", "c"];
        IContender[] contenders = [.. names.Select(n => new Scripted(n, order, [9, 9, 9, 9, 9, 9]))];
        Rounds.Measure(contenders, 5);
        Assert.Equal("abc" + "abc" + "bca" + "cab" + "abc" + "bca", string.Concat(order));
    }

    [Fact]
    public void Figures_are_medians_of_the_timed_rounds_and_the_fastest_of_them()
    {
        // The first run, which is not timed, would be both the slowest and the fastest of a careless loop.
        var slow = new Scripted("slow", [], [100, 5, 1, 4, 2, 3]);
        var fast = new Scripted("fast", [], [0.001, 0.5, 0.1, 0.4, 0.2, 0.3]);
        var times = Rounds.Measure([slow, fast], 5);
        Assert.Equal(new RoundTimes(3000, 6000, 1000, 5), times[0]);
        Assert.Equal(300, times[1].WallMs, 6);
        Assert.Equal(100, times[1].WallMsLeast, 6);
    }

    [Fact]
    public void Fewer_than_five_rounds_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Rounds.Measure([new Scripted("a", [], [1, 1])], 4));

    [Theory]
    [InlineData(new[] { 3.0 }, 3)]
    [InlineData(new[] { 4.0, 1 }, 2.5)]
    [InlineData(new[] { 9.0, 1, 2 }, 2)]
    [InlineData(new[] { 9.0, 1, 2, 4 }, 3)]
    public void The_median_is_in_the_middle(double[] values, double median) => Assert.Equal(median, Rounds.Median(values), 12);

    [Fact]
    public void A_local_run_is_timed_by_both_clocks()
    {
        var wall = new SteppedTime();
        var cpu = TimeSpan.Zero;
        var contender = new LocalContender("argent", new RunClock(wall, () => cpu), () =>
        {
            wall.Advance(TimeSpan.FromSeconds(2));
            cpu += TimeSpan.FromSeconds(3);
        });
        Assert.Equal(new Timing(2, 3), contender.Run());
    }

    [Fact]
    public void A_pinned_thread_does_one_work_after_the_other_and_hands_on_what_it_throws()
    {
        using var thread = new PinnedThread(0);
        var ran = new List<int>();
        thread.Run(() => ran.Add(Environment.CurrentManagedThreadId));
        Assert.Throws<InvalidDataException>(() => thread.Run(() => throw new InvalidDataException()));
        thread.Run(() => ran.Add(Environment.CurrentManagedThreadId));
        Assert.Equal(2, ran.Count);
        Assert.Equal(ran[0], ran[1]);
        Assert.NotEqual(Environment.CurrentManagedThreadId, ran[0]);
    }

    [Fact]
    public void Only_the_work_on_the_pinned_thread_is_timed()
    {
        using var thread = new PinnedThread(0);
        var wall = new SteppedTime();
        var contender = new LocalContender(
            "argent", new RunClock(wall, () => TimeSpan.Zero), () => wall.Advance(TimeSpan.FromSeconds(1)), thread);
        Assert.Equal(new Timing(1, 0), contender.Run());
    }

    /// <summary>Takes as long as it was told, run by run.</summary>
    sealed class Scripted(string engine, List<string> order, double[] seconds) : IContender
    {
        int _next;

        public string Engine => engine;

        public Timing Run()
        {
            order.Add(engine);
            double wall = seconds[_next++];
            return new Timing(wall, wall * 2);
        }
    }

    /// <summary>A clock that a test moves.</summary>
    sealed class SteppedTime : TimeProvider
    {
        long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _now += by.Ticks;

        public override long GetTimestamp() => _now;
    }
}
