using Argent.Cuda.Tests;
using Argent.Kernels;
using Argent.Model;

namespace Argent.Serving.Tests;

/// <summary>A model served by a GPU, which the emulator stands for: the processor's answers, and what happens when it fails.</summary>
public sealed class CudaServingTests(SmallModel small) : IClassFixture<SmallModel>
{
    const long WorkingBytes = 64 << 20;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_are_those_of_the_processor_in_every_lane_order()
    {
        EmulatedCuda.Use();
        using var gpu = CudaKernels.Open(0, small.Kernels, WorkingBytes);
        await using var host = new Predictor(small.Open(), small.Kernels);
        await using var device = new Predictor(Open(gpu), gpu);
        foreach (string lanes in EmulatedCuda.LaneOrders)
        {
            EmulatedCuda.Set("LANES", lanes);
            RetrievalRequest[] requests = [.. Enumerable.Range(0, 16).Select(Request)];
            var expected = await Task.WhenAll(requests.Select(r => host.RetrieveAsync(r, Cancellation)));
            var actual = await Task.WhenAll(requests.Select(r => device.RetrieveAsync(r, Cancellation)));
            for (int i = 0; i < requests.Length; i++) AssertEqual(expected[i], actual[i], $"{lanes}, request {i}");
        }
        EmulatedCuda.Set("LANES", "forward");
    }

    [Fact]
    public async Task A_launch_that_is_refused_fails_its_batch_and_the_next_is_answered()
    {
        EmulatedCuda.Use();
        using var gpu = CudaKernels.Open(0, small.Kernels, WorkingBytes);
        await using var device = new Predictor(Open(gpu), gpu);
        var request = Request(1);
        var before = await device.RetrieveAsync(request, Cancellation);
        EmulatedCuda.Set("FAIL_LAUNCH", "1");
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => device.RetrieveAsync(request, Cancellation));
        EmulatedCuda.Set("FAIL_LAUNCH", "0");
        Assert.Contains("cuLaunchKernel", failure.ToString(), StringComparison.Ordinal);
        AssertEqual(before, await device.RetrieveAsync(request, Cancellation), "after the failure");
        Assert.Equal(0, gpu.Restarts);
    }

    [Theory]
    [InlineData("FAULT_KERNEL", "2")]
    [InlineData("LOSE_DEVICE_AT_CALL", "9")]
    public async Task A_device_that_is_lost_fails_its_batch_and_is_opened_again_with_the_model(string fault, string at)
    {
        EmulatedCuda.Use();
        using var gpu = CudaKernels.Open(0, small.Kernels, WorkingBytes);
        await using var device = new Predictor(Open(gpu), gpu);
        var request = Request(2);
        var before = await device.RetrieveAsync(request, Cancellation);
        EmulatedCuda.Set(fault, at);
        try
        {
            await Assert.ThrowsAnyAsync<Exception>(() => device.RetrieveAsync(request, Cancellation));
        }
        finally
        {
            EmulatedCuda.Set(fault, "0");
        }
        AssertEqual(before, await device.RetrieveAsync(request, Cancellation), "after the loss");
        Assert.Equal(1, gpu.Restarts);
    }

    [Fact]
    public void A_model_that_does_not_fit_is_refused_when_it_is_loaded()
    {
        EmulatedCuda.Use();
        using var gpu = CudaKernels.Open(0, small.Kernels, 1 << 20);
        EmulatedCuda.Set("MEMORY", (65 << 20).ToString(System.Globalization.CultureInfo.InvariantCulture));
        try
        {
            var error = Assert.Throws<InvalidOperationException>(() => Open(gpu));
            Assert.Contains("are free", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            EmulatedCuda.Set("MEMORY", "4294967296");
        }
        Open(gpu).Dispose();
    }

    [Fact]
    public void What_is_published_on_a_device_has_the_bytes_of_the_processors()
    {
        EmulatedCuda.Use();
        using var gpu = CudaKernels.Open(0, small.Kernels, WorkingBytes);
        string folder = Directory.CreateTempSubdirectory("argent-cuda-").FullName;
        try
        {
            small.Publish(folder, gpu);
            string published = Artifact.Resolve(folder), expected = Artifact.Resolve(small.Folder);
            string[] names = [.. Directory.GetFiles(expected, "*.safetensors").Select(f => Path.GetFileName(f))];
            Assert.NotEmpty(names);
            foreach (string name in names)
            {
                byte[] left = File.ReadAllBytes(Path.Combine(expected, name)), right = File.ReadAllBytes(Path.Combine(published, name));
                Assert.True(left.AsSpan().SequenceEqual(right), name);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    Snapshot Open(IKernels kernels) => Snapshot.Load(Artifact.Open(Artifact.Resolve(small.Folder)), kernels: kernels);

    RetrievalRequest Request(int i) => small.Request(1 + i * 9) with
    {
        NProbe = 1 + i % 16,
        Filter = (i % 4) switch
        {
            0 => null,
            1 => "NOT language = 'eng'",
            2 => $"year < {1900 + i * 8} AND EXISTS(language)",
            _ => "language IN ('fre', 'spa') AND year >= 1990",
        },
    };

    static void AssertEqual(RetrievalResponse expected, RetrievalResponse actual, string where)
    {
        var (left, right) = (expected.Items.Select(x => (x.Row, x.Score)), actual.Items.Select(x => (x.Row, x.Score)));
        Assert.True(left.SequenceEqual(right), $"{where}: {string.Join(' ', left.Take(5))} and {string.Join(' ', right.Take(5))}");
        Assert.Equal((expected.Status, expected.Probes, expected.EligibleSeen), (actual.Status, actual.Probes, actual.EligibleSeen));
    }
}
