namespace Argent.Tensors.Tests;

public class TensorTests
{
    [Fact]
    public void Heap_tensors_start_zeroed_on_a_cache_line()
    {
        foreach (long count in new long[] { 0, 1, 63, 64, 65, 4095 })
        {
            var tensor = Tensor.Zeros<int>(new Shape(count));
            unsafe { Assert.Equal(0, (long)tensor.Pointer % Storage.Alignment); }
            Assert.All(tensor.ToArray(), value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void Rows_slices_and_reshapes_share_their_values()
    {
        var tensor = Tensor.From<float>([1, 2, 3, 4, 5, 6], new Shape(3, 2));
        tensor.Rows(1, 2).Row(0)[1] = 40;
        tensor.Reshape(new Shape(2, 3)).Row(1)[2] = 60;
        Assert.Equal([1f, 2f, 3f, 40f, 5f, 60f], tensor.ToArray());
    }

    [Fact]
    public void Every_index_outside_is_refused()
    {
        var tensor = Tensor.Zeros<long>(new Shape(2, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor[6]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.Row(2).Length);
        Assert.Throws<ArgumentException>(() => tensor.Rows(1, 2));
        Assert.Throws<ArgumentException>(() => tensor.Reshape(new Shape(7)));
        Assert.Throws<ArgumentException>(() => tensor.CopyFrom(Tensor.Zeros<long>(new Shape(5))));
        Assert.Throws<ArgumentException>(() => new Tensor<long>(tensor.Storage, 8, tensor.Shape));
    }

    [Fact]
    public void The_default_value_is_no_tensor()
    {
        Tensor<float> none = default;
        Assert.False(none.IsPresent);
        Assert.Equal(0, none.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => none[0]);
    }

    [Fact]
    public void A_tensor_over_two_to_the_31_bytes_is_addressed_at_its_ends()
    {
        // 3 GB of address space; only the touched pages are committed.
        var shape = new Shape(3L << 20, 1024);
        var tensor = Tensor.Zeros<byte>(shape);
        using (tensor.Storage)
        {
            tensor[tensor.Count - 1] = 7;
            tensor.Row((2L << 20) + 5)[3] = 9;
            Assert.Equal(7, tensor[shape.Count - 1]);
            Assert.Equal(9, tensor[((2L << 20) + 5) * 1024 + 3]);
            Assert.Equal(0, tensor[1L << 31]);
            Assert.Throws<OverflowException>(() => tensor.Span.Length);
        }
    }

    [Fact]
    public void A_sparse_file_over_two_to_the_31_bytes_is_mapped_and_written_privately()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        long length = (1L << 31) + 4096;
        try
        {
            using (var file = File.Create(path))
            {
                file.SetLength(length);
                file.Position = length - 1;
                file.WriteByte(42);
            }
            using (var storage = new MappedStorage(path))
            {
                var tensor = new Tensor<byte>(storage, 0, new Shape(length));
                Assert.Equal(42, tensor[length - 1]);
                tensor[length - 1] = 1;
                tensor[1L << 31] = 2;
                Assert.Equal(1, tensor[length - 1]);
            }
            using var again = new MappedStorage(path);
            Assert.Equal(42, new Tensor<byte>(again, 0, new Shape(length))[length - 1]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Element_types_know_their_sizes_and_refuse_strangers()
    {
        foreach (var type in Enum.GetValues<ElementType>()) Assert.InRange(type.SizeOf(), 1, 8);
        Assert.Equal(ElementType.BF16, ElementTypes.Of<BFloat16>());
        Assert.Throws<NotSupportedException>(() => ElementTypes.Of<double>());
        Assert.Throws<InvalidDataException>(() => AnyTensor.From(Tensor.Zeros<int>(new Shape(1))).As<float>());
    }
}
