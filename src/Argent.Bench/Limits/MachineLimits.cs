using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>What this machine can do at most, measured, so that figures can be read as shares of it.</summary>
/// <param name="ReadOneCore">Bytes that one core reads from memory in a second.</param>
/// <param name="ReadAllCores">Bytes that <paramref name="Threads"/> cores read together in a second.</param>
/// <param name="Threads">Threads of the figures of all cores.</param>
/// <param name="Int8Avx2">Exact int8 multiply-adds of one core in a second, with AVX2.</param>
/// <param name="Fma">Floating-point operations of one core in a second, in fused multiply-adds of 8 floats.</param>
/// <param name="Int8Vnni">As <paramref name="Int8Avx2"/>, with VNNI; null where the processor has none.</param>
sealed record MachineLimits(
    double ReadOneCore, double ReadAllCores, int Threads, double Int8Avx2, double Fma, double? Int8Vnni = null)
{
    /// <summary>The exact int8 peak of one core with the best instructions that it has.</summary>
    public double Int8Best => Math.Max(Int8Avx2, Int8Vnni ?? 0);

    /// <summary>True when this processor can be measured.</summary>
    public static bool CanMeasure => Avx2.IsSupported && System.Runtime.Intrinsics.X86.Fma.IsSupported;

    /// <summary>Measures, in some seconds; the best of several passes counts, since a limit is what is possible.</summary>
    /// <param name="threads">Threads of the figures of all cores.</param>
    /// <param name="bufferBytes">Bytes of the buffer that is read, far more than the caches hold.</param>
    /// <param name="clock">The clocks.</param>
    /// <exception cref="NotSupportedException">The processor lacks AVX2 or FMA.</exception>
    public static MachineLimits Measure(int threads, long bufferBytes, RunClock clock)
    {
        if (!CanMeasure) throw new NotSupportedException("The limits of this machine cannot be measured: it lacks AVX2 or FMA.");
        var (one, all) = Read(threads, bufferBytes, clock);
        return new MachineLimits(
            one,
            all,
            threads,
            Peak(clock, PeakLoops.Int8PerStep, steps => PeakLoops.Int8Avx2(steps, -77)),
            Peak(clock, PeakLoops.FlopsPerStep, steps => PeakLoops.Fma(steps, 1.25f)),
            PeakLoops.HasVnni ? Peak(clock, PeakLoops.Int8PerStep, steps => PeakLoops.Int8Vnni(steps, -77)) : null);
    }

    static double Peak<T>(RunClock clock, double perStep, Func<int, T> loop)
    {
        // Passes of a millisecond: long enough for the clock, short enough that some fall between interruptions.
        const int Steps = 1 << 18, PassesMin = 3;
        const double Seconds = 0.25;
        double best = double.PositiveInfinity, total = 0;
        for (int pass = 0; pass < PassesMin || total < Seconds; pass++)
        {
            double seconds = clock.Time(() => loop(Steps)).WallSeconds;
            (best, total) = (Math.Min(best, seconds), total + seconds);
        }
        return perStep * Steps / best;
    }

    static unsafe (double One, double All) Read(int threads, long bytes, RunClock clock)
    {
        const int Passes = 8, Alignment = 512, HugePage = 2 << 20;
        bytes = bytes / (Alignment * threads) * (Alignment * threads);
        byte* buffer = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, HugePage);
        int* sums = stackalloc int[threads];
        try
        {
            LargePages.Ask(buffer, bytes);
            // Written once: a page that was never written is one page of zeros that all share.
            NativeMemory.Fill(buffer, (nuint)bytes, 1);
            using var crew = new Workers(threads);
            using var alone = new Workers(1);
            double one = double.PositiveInfinity, all = double.PositiveInfinity;
            for (int pass = 0; pass < 2 * Passes; pass++)
            {
                var loop = new ReadLoop { Buffer = buffer, BytesPerChunk = bytes / threads, Sums = sums, IsAhead = pass % 2 == 1 };
                one = Math.Min(one, clock.Time(() => alone.Run(ref loop, threads)).WallSeconds);
                all = Math.Min(all, clock.Time(() => crew.Run(ref loop, threads)).WallSeconds);
            }
            return (bytes / one, bytes / all);
        }
        finally
        {
            NativeMemory.AlignedFree(buffer);
        }
    }
}
