using System.Diagnostics;
using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish.Tests.Publishing;

public sealed class PublishErrorTests : IDisposable
{
    readonly Workers _workers = new(2);
    readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _workers.Dispose();
    }

    void Publish(PublishSource source, PublishOptions? options = null, string? folder = null) =>
        Publisher.Publish(source, options ?? new(), folder ?? _folder.Path, CpuKernels.Create(_workers), Progress.None);

    void Refused<TError>(string part, PublishSource source, PublishOptions? options = null) where TError : Exception
    {
        var error = Assert.ThrowsAny<TError>(() => Publish(source, options));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e30f)]
    public void A_vector_that_is_not_finite_is_named(float value)
    {
        foreach (var metric in Enum.GetValues<Metric>())
        {
            // The last element, past the lanes of a vector, and one within them.
            foreach (int place in new[] { 19, 3 })
            {
                var source = SampleSource.Create(1200, metric, dim: 20, features: false);
                source.Embeddings[1100 * 20 + place] = value;
                source.Embeddings[1150 * 20] = value;
                Refused<InvalidDataException>("item 3310 (row 1100)", source);
            }
        }
    }

    [Fact]
    public void Vectors_of_another_number_or_shape_are_refused()
    {
        var source = SampleSource.Create(50, Metric.L2);
        Refused<InvalidDataException>("[49, 20] where [50, D]", source with { Embeddings = source.Embeddings.Rows(0, 49) });
        Refused<InvalidDataException>("[1000]", source with { Embeddings = source.Embeddings.Reshape(new Shape(1000)) });
        Refused<ArgumentException>("neither vectors nor a trained model", source with { Embeddings = default });
        Refused<InvalidDataException>("49 biases for 50 items", source with { Bias = Tensor.Zeros<float>(new Shape(49)) });
        Refused<ArgumentException>("[3, 7] where [Q, 20]", source with { Queries = Tensor.Zeros<float>(new Shape(3, 7)) });
    }

    [Fact]
    public void No_items_and_ids_out_of_order_are_refused()
    {
        Refused<InvalidDataException>("no items", SampleSource.Create(0, Metric.L2));
        var ids = ItemIds.FromTensors(Tensor.From<long>(1, 5, 5), default, default);
        var source = PublishSource.FromVectors("x", new Catalogue(ids, null, []), Mixture.Draw(3, 4), Metric.L2);
        Refused<InvalidDataException>("id 5 appears twice (rows 1 and 2)", source);
        ids = ItemIds.FromTensors(Tensor.From<long>(1, 5, 4), default, default);
        Refused<InvalidDataException>("4 follows 5 at row 2", source with { Catalogue = new Catalogue(ids, null, []) });
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        var source = SampleSource.Create(50, Metric.L2);
        Refused<ArgumentException>("1 to 50 lists", source, new PublishOptions { NList = 51 });
        Refused<ArgumentException>("nlist is -1", source, new PublishOptions { NList = -1 });
        Refused<ArgumentException>("nprobe is -2", source, new PublishOptions { NProbe = -2 });
        Refused<ArgumentException>("false-positive rate", source, new PublishOptions { FalsePositiveRate = 0 });
        Refused<ArgumentException>("spare share", source, new PublishOptions { SpareShare = double.NaN });
        Refused<Exception>("scor", source, new PublishOptions { Value = "scor * 2" });
        Refused<ArgumentException>("pool is 0", source, new PublishOptions { Blend = new() { Pool = 0 } });
        var nobodys = Rule(new() { Slot = 1, Filter = "color = 'plaid'" });
        Refused<ArgumentException>("no item does", source, new PublishOptions { Blend = nobodys });
        Refused<ArgumentException>("colour", source, new PublishOptions { Blend = Rule(new() { Feature = "colour" }) });
        BlendConfig Rule(BlendRule rule) => new() { Rules = [rule] };
        Refused<ArgumentException>("cannot be named", source with { Name = "../x" });
    }

    [Fact]
    public void A_full_disk_leaves_nothing_behind()
    {
        string mount = Path.Combine(_folder.Path, "small");
        Directory.CreateDirectory(mount);
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", mount), "A small file system cannot be mounted here.");
        try
        {
            Assert.ThrowsAny<IOException>(() => Publish(SampleSource.Create(4000, Metric.L2), folder: mount));
            Assert.Empty(Directory.EnumerateFiles(mount, "*", SearchOption.AllDirectories));
        }
        finally
        {
            Run("umount", mount);
        }
    }

    static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
