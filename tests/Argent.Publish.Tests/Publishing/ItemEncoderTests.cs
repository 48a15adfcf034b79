using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish.Tests.Publishing;

public sealed class ItemEncoderTests : IDisposable
{
    readonly Workers _workers = new(2);
    readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _workers.Dispose();
    }

    [Theory]
    [InlineData(Metric.InnerProduct, Quantization.PerItem)]
    [InlineData(Metric.Cosine, Quantization.PerItem)]
    [InlineData(Metric.L2, Quantization.PerItem)]
    [InlineData(Metric.InnerProduct, Quantization.Global)]
    [InlineData(Metric.Cosine, Quantization.Global)]
    [InlineData(Metric.L2, Quantization.Global)]
    public void An_item_that_is_encoded_later_is_the_bytes_that_were_published(Metric metric, Quantization quantization)
    {
        var kernels = CpuKernels.Create(_workers);
        var bias = Mixture.Draw(700, 1, seed: 77).Reshape(new Shape(700));
        var source = SampleSource.Create(700, metric) with { Bias = bias };
        var options = new PublishOptions { Quantization = quantization };
        string folder = Publisher.Publish(source, options, _folder.Path, kernels, Progress.None).Folder;
        var artifact = Artifact.Open(folder);
        var parts = RetrievalParts.FromArtifact(artifact);
        var (lists, words) = (parts.Index.Lists, parts.Filter!.Words);
        var encoder = new VectorEncoder(metric, parts.Index.Center, kernels, artifact.Manifest.Quantization.Scale);
        var terms = new TermEncoder(source.Catalogue.Schema, parts.Filter.Layout);
        foreach (int row in new[] { 0, 1, 63, 350, 699 })
        {
            int slot = lists.SlotOfRow[row];
            var one = new ItemVectors
            {
                Codes = Tensor.Zeros<sbyte>(new Shape(1, 64)),
                Scales = Tensor.Zeros<float>(new Shape(1)),
                Bias = Tensor.Zeros<float>(new Shape(1)),
                Cache = Tensor.Zeros<BFloat16>(new Shape(1, 20)),
            };
            encoder.Encode(Tensor.From<float>(source.Embeddings.Row(row), new Shape(1, 20)), bias.Rows(row, 1), one);
            Assert.Equal(lists.Codes.Row(slot).ToArray(), one.Codes.ToArray());
            Assert.Equal(lists.Scales[slot], one.Scales[0]);
            Assert.Equal(lists.Bias[slot], one.Bias[0]);
            Assert.Equal(parts.Cache.Embeddings.Row(slot).ToArray(), one.Cache.ToArray());

            ulong[] published = words.Rows.ToArray();
            var item = terms.Encode(source.Catalogue.Columns, [row]);
            kernels.BuildSignatures(new BuildSignaturesArgs
            {
                Words = words,
                FirstSlot = slot,
                TermStart = item.TermStart,
                Terms = item.Terms,
                ExactStart = item.ExactStart,
                ExactRows = item.ExactRows,
            });
            Assert.Equal(published, words.Rows.ToArray());
        }
        Assert.Equal(0, encoder.Clamped);
    }

    [Fact]
    public void Global_codes_span_the_range_of_all_items_and_clamp_and_count_what_comes_later()
    {
        var kernels = CpuKernels.Create(_workers);
        var source = SampleSource.Create(700, Metric.InnerProduct);
        var options = new PublishOptions { Quantization = Quantization.Global };
        string folder = Publisher.Publish(source, options, _folder.Path, kernels, Progress.None).Folder;
        var artifact = Artifact.Open(folder);
        var parts = RetrievalParts.FromArtifact(artifact);
        var quantization = artifact.Manifest.Quantization;
        float least = source.Embeddings.ToArray().Min(), largest = source.Embeddings.ToArray().Max();
        float middle = (float)(((double)least + largest) / 2), scale = quantization.Scale!.Value;
        Assert.Equal(QuantizationDescription.Global, quantization.Kind);
        Assert.Equal((float)(((double)largest - least) / 254), scale);
        Assert.All(parts.Index.Center.ToArray(), c => Assert.Equal(middle, c));
        Assert.All(parts.Index.Lists.Rows.ToArray().Zip(parts.Index.Lists.Scales.ToArray()), slot =>
            Assert.Equal(slot.First < 0 ? 0f : scale, slot.Second));
        sbyte[] codes = parts.Index.Lists.Codes.ToArray();
        Assert.Equal((-127, 127), (codes.Min(), codes.Max()));

        var encoder = new VectorEncoder(Metric.InnerProduct, parts.Index.Center, kernels, scale);
        var one = new ItemVectors
        {
            Codes = Tensor.Zeros<sbyte>(new Shape(1, 64)),
            Scales = Tensor.Zeros<float>(new Shape(1)),
            Bias = Tensor.Zeros<float>(new Shape(1)),
            Cache = Tensor.Zeros<BFloat16>(new Shape(1, 20)),
        };
        float[] outside = [.. Enumerable.Repeat(middle, 20)];
        (outside[3], outside[7], outside[19], outside[0]) = (largest + 2 * scale, least * 3 - largest, least, largest);
        encoder.Encode(Tensor.From<float>(outside, new Shape(1, 20)), default, one);
        Assert.Equal((127, -127, -127, 127), (one.Codes[3], one.Codes[7], one.Codes[19], one.Codes[0]));
        Assert.Equal((BFloat16)outside[7], one.Cache[7]);
        Assert.Equal(2, encoder.Clamped);
        encoder.Encode(Tensor.From<float>(outside, new Shape(1, 20)), default, one);
        Assert.Equal(4, encoder.Clamped);
    }

    [Fact]
    public void Spare_slots_hold_nothing()
    {
        var kernels = CpuKernels.Create(_workers);
        string folder = Publisher.Publish(SampleSource.Create(700, Metric.L2), new(), _folder.Path, kernels, Progress.None).Folder;
        var parts = RetrievalParts.FromArtifact(Artifact.Open(folder));
        var lists = parts.Index.Lists;
        for (int slot = 0; slot < parts.Index.Slots; slot++)
        {
            if (lists.Rows[slot] >= 0) continue;
            Assert.Equal(0, lists.Scales[slot]);
            Assert.Equal(0, lists.Bias[slot]);
            Assert.False(lists.Codes.Row(slot).ContainsAnyExcept((sbyte)0));
            Assert.False(parts.Cache.Embeddings.Row(slot).ContainsAnyExcept(default(BFloat16)));
            Assert.All(parts.Forward.Values.Columns, c => Assert.True(c.IsOrdered
                ? c.Keys[slot] == ForwardColumn.MissingKey
                : (c.Ranges[slot] & ForwardColumn.ValuesMax) == 0));
        }
    }

    [Fact]
    public void An_item_with_too_many_values_is_named()
    {
        int[] values = [.. Enumerable.Range(0, ForwardColumn.ValuesMax + 1)];
        var vocabulary = new Vocabulary(values.Select(v => $"v{v:000000}"));
        var spec = new FeatureSpec("tag", FeatureType.Categories);
        var column = FeatureColumn.Categorical(spec, vocabulary, [0, 0, values.Length], values);
        var error = Assert.Throws<ArgumentException>(() => ForwardEncoder.Encode(column, Tensor.From<int>(-1, 1, 0)));
        Assert.Contains("row 1 has 65536 values of 'tag'", error.Message, StringComparison.Ordinal);
    }
}
