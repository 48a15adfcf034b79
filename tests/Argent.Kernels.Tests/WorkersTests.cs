namespace Argent.Kernels.Tests;

public sealed unsafe class WorkersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_chunk_of_every_run_is_done_once(int threads)
    {
        using var workers = new Workers(threads);
        int* counts = stackalloc int[300];
        var random = new Random(threads);
        for (int run = 0; run < 4000; run++)
        {
            int chunks = run % 7 == 0 ? 300 : random.Next(6);
            new Span<int>(counts, 300).Clear();
            var work = new Counting { Counts = counts };
            workers.Run(ref work, chunks);
            for (int i = 0; i < 300; i++) Assert.Equal(i < chunks ? 1 : 0, counts[i]);
            // Now and then so late that everybody has fallen asleep.
            if (run % 500 == 0) Thread.SpinWait(50_000);
        }
    }

    [Fact]
    public void Callers_on_several_threads_take_turns()
    {
        using var workers = new Workers(3);
        long total = 0;
        var callers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            int* counts = stackalloc int[40];
            for (int run = 0; run < 500; run++)
            {
                new Span<int>(counts, 40).Clear();
                var work = new Counting { Counts = counts };
                workers.Run(ref work, 40);
                for (int i = 0; i < 40; i++) Interlocked.Add(ref total, counts[i]);
            }
        })).ToArray();
        foreach (var caller in callers) caller.Start();
        foreach (var caller in callers) caller.Join();
        Assert.Equal(4 * 500 * 40, total);
    }

    [Fact]
    public void A_chunk_that_fails_fails_the_run_and_leaves_the_crew_whole()
    {
        using var workers = new Workers(3);
        int* counts = stackalloc int[50];
        for (int round = 0; round < 50; round++)
        {
            new Span<int>(counts, 50).Clear();
            var failing = new Failing { At = round };
            var error = Assert.Throws<AggregateException>(() => workers.Run(ref failing, 50));
            Assert.Equal($"chunk {round}", error.InnerException!.Message);
            var work = new Counting { Counts = counts };
            workers.Run(ref work, 50);
            for (int i = 0; i < 50; i++) Assert.Equal(1, counts[i]);
        }
    }

    [Fact]
    public void A_crew_that_never_worked_can_be_disposed_twice()
    {
        var workers = new Workers(4);
        workers.Dispose();
        workers.Dispose();
    }

    struct Counting : IChunkedWork
    {
        public int* Counts;

        public readonly void Run(int chunk) => Interlocked.Increment(ref Counts[chunk]);
    }

    struct Failing : IChunkedWork
    {
        public int At;

        public readonly void Run(int chunk)
        {
            if (chunk == At) throw new InvalidOperationException($"chunk {chunk}");
        }
    }
}
