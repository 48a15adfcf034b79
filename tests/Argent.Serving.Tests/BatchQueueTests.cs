namespace Argent.Serving.Tests;

public class BatchQueueTests
{
    static readonly TimeSpan _forever = TimeSpan.FromMinutes(10);

    [Fact]
    public void Entries_come_out_in_order_and_in_runs_of_the_wanted_size()
    {
        var queue = new BatchQueue<int>(10, TimeProvider.System);
        for (int i = 0; i < 7; i++) Assert.True(queue.TryAdd(i));
        var batch = new List<int>();
        Assert.True(queue.TryTake(batch, 4, TimeSpan.Zero));
        Assert.Equal([0, 1, 2, 3], batch);
        Assert.True(queue.TryTake(batch, 4, TimeSpan.Zero));
        Assert.Equal([4, 5, 6], batch);
    }

    [Fact]
    public void A_full_queue_refuses_and_accepts_again_when_there_is_room()
    {
        var queue = new BatchQueue<int>(2, TimeProvider.System);
        Assert.True(queue.TryAdd(1));
        Assert.True(queue.TryAdd(2));
        Assert.False(queue.TryAdd(3));
        var batch = new List<int>();
        queue.TryTake(batch, 1, TimeSpan.Zero);
        Assert.True(queue.TryAdd(4));
        Assert.Equal(2, queue.Count);
    }

    [Fact]
    public void A_closed_queue_is_drained_before_it_ends()
    {
        var queue = new BatchQueue<int>(10, TimeProvider.System);
        queue.TryAdd(1);
        queue.Close();
        Assert.False(queue.TryAdd(2));
        var batch = new List<int>();
        Assert.True(queue.TryTake(batch, 4, _forever));
        Assert.Equal([1], batch);
        Assert.False(queue.TryTake(batch, 4, _forever));
    }

    [Fact]
    public void A_run_that_is_full_does_not_wait_for_the_delay()
    {
        var queue = new BatchQueue<int>(10, TimeProvider.System);
        for (int i = 0; i < 4; i++) queue.TryAdd(i);
        var batch = new List<int>();
        Assert.True(queue.TryTake(batch, 4, _forever));
        Assert.Equal(4, batch.Count);
    }

    [Fact]
    public async Task A_reader_that_waits_for_more_gets_them()
    {
        var queue = new BatchQueue<int>(10, TimeProvider.System);
        var batch = new List<int>();
        queue.TryAdd(0);
        var reader = Task.Run(() => queue.TryTake(batch, 3, _forever), TestContext.Current.CancellationToken);
        queue.TryAdd(1);
        queue.TryAdd(2);
        Assert.True(await reader);
        Assert.Equal([0, 1, 2], batch);
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_with_many_writers_and_readers()
    {
        const int writers = 4, each = 2000;
        var queue = new BatchQueue<int>(64, TimeProvider.System);
        var seen = new int[writers * each];
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            var batch = new List<int>();
            while (queue.TryTake(batch, 7, TimeSpan.FromMilliseconds(0.05)))
            {
                foreach (int entry in batch) Interlocked.Increment(ref seen[entry]);
            }
        })).ToArray();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(w => Task.Run(() =>
        {
            for (int i = 0; i < each; i++)
            {
                while (!queue.TryAdd(w * each + i)) Thread.Yield();
            }
        })));
        queue.Close();
        await Task.WhenAll(readers);
        Assert.All(seen, count => Assert.Equal(1, count));
    }
}
