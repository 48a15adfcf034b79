using System.Buffers.Binary;
using System.Text;

namespace Argent.Tensors.Tests;

public sealed class SafetensorsTests : IDisposable
{
    readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".safetensors");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Every_element_type_and_odd_size_survives_a_round_trip()
    {
        var tensors = new (string, AnyTensor)[]
        {
            ("a.bytes", AnyTensor.From(Tensor.From<byte>([1, 2, 3]))),
            ("a.floats", AnyTensor.From(Tensor.From<float>([1.5f, -2, float.NaN, float.NegativeInfinity], new Shape(2, 2)))),
            ("b.codes", AnyTensor.From(Tensor.From<sbyte>([-128, 127, 0, 1, 5], new Shape(5, 1)))),
            ("b.rounded", AnyTensor.From(Tensor.From<BFloat16>((BFloat16)0.5f))),
            ("b.rows", AnyTensor.From(Tensor.From<int>(int.MinValue, int.MaxValue))),
            ("c.ids", AnyTensor.From(Tensor.From<long>(long.MinValue))),
            ("c.words", AnyTensor.From(Tensor.From<ulong>(ulong.MaxValue, 3))),
            ("c.empty", AnyTensor.From(Tensor.Zeros<float>(new Shape(0, 128)))),
        };
        var offsets = SafetensorsWriter.Write(_path, tensors, new Dictionary<string, string> { ["made by"] = "a test" });
        foreach (var memory in Enum.GetValues<FileMemory>()) CheckRead(memory, tensors, offsets);
    }

    [Fact]
    public void A_file_longer_than_a_large_page_is_read_whole_and_never_written()
    {
        var values = Tensor.Zeros<int>(new Shape(3 << 20));
        for (int i = 0; i < values.Count; i++) values[i] = i * 7;
        SafetensorsWriter.Write(_path, [("x", AnyTensor.From(values))]);
        using (var file = SafetensorsFile.Open(_path, FileMemory.Resident))
        {
            Assert.Equal(values.ToArray(), file.Get<int>("x").ToArray());
            file.Get<int>("x")[5] = -1;
        }
        using var again = SafetensorsFile.Open(_path);
        Assert.Equal(35, again.Get<int>("x")[5]);
    }

    [Fact]
    public void A_missing_file_is_refused_by_name()
    {
        foreach (var memory in Enum.GetValues<FileMemory>())
        {
            var error = Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Open(_path + "x", memory));
            Assert.Contains(_path + "x", error.Message, StringComparison.Ordinal);
        }
    }

    void CheckRead(FileMemory memory, (string, AnyTensor)[] tensors, IReadOnlyDictionary<string, long> offsets)
    {
        using var file = SafetensorsFile.Open(_path, memory);
        Assert.Equal("a test", file.Metadata["made by"]);
        Assert.Equal(tensors.Select(t => t.Item1).Order(), file.Tensors.Keys.Order());
        foreach (var (name, written) in tensors)
        {
            var read = file.Tensors[name];
            Assert.Equal((written.Type, written.Shape), (read.Type, read.Shape));
            Assert.Equal(offsets[name], read.ByteOffset);
            Assert.Equal(0, read.ByteOffset % Storage.Alignment);
            unsafe
            {
                Assert.Equal(
                    new ReadOnlySpan<byte>(written.Pointer, (int)written.ByteLength),
                    new ReadOnlySpan<byte>(read.Pointer, (int)read.ByteLength));
            }
        }
    }

    [Fact]
    public void The_same_tensors_give_the_same_bytes()
    {
        (string, AnyTensor)[] tensors = [("x", AnyTensor.From(Tensor.From<float>(1, 2, 3))), ("y", AnyTensor.From(Tensor.From<int>(4)))];
        SafetensorsWriter.Write(_path, tensors);
        byte[] first = File.ReadAllBytes(_path);
        SafetensorsWriter.Write(_path, tensors);
        Assert.Equal(first, File.ReadAllBytes(_path));
    }

    [Fact]
    public void A_missing_tensor_and_a_wrong_type_name_file_and_tensor()
    {
        SafetensorsWriter.Write(_path, [("x", AnyTensor.From(Tensor.From<float>(1, 2, 3)))]);
        using var file = SafetensorsFile.Open(_path);
        string missing = Assert.Throws<InvalidDataException>(() => file.Get<float>("z")).Message;
        Assert.Contains("'z'", missing, StringComparison.Ordinal);
        Assert.Contains(_path, missing, StringComparison.Ordinal);
        Assert.Contains("F32", Assert.Throws<InvalidDataException>(() => file.Get<int>("x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        SafetensorsWriter.Write(_path, [("x", AnyTensor.From(Tensor.From<float>(1, 2, 3))), ("y", AnyTensor.From(Tensor.From<int>(4, 5)))]);
        byte[] whole = File.ReadAllBytes(_path);
        for (int length = 1; length < whole.Length; length++)
        {
            File.WriteAllBytes(_path, whole.AsSpan(0, length));
            Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(_path).Dispose());
        }
        File.WriteAllBytes(_path, []);
        Assert.ThrowsAny<IOException>(() => SafetensorsFile.Open(_path).Dispose());
    }

    [Fact]
    public void No_flipped_header_byte_crashes_the_reader()
    {
        SafetensorsWriter.Write(_path, [("x", AnyTensor.From(Tensor.From<float>(1, 2, 3))), ("y", AnyTensor.From(Tensor.From<int>(4, 5)))]);
        byte[] whole = File.ReadAllBytes(_path);
        int header = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        for (int at = 0; at < header; at++)
        {
            foreach (byte flip in new byte[] { 1, 4, 32, 128 })
            {
                byte[] bytes = (byte[])whole.Clone();
                bytes[at] ^= flip;
                File.WriteAllBytes(_path, bytes);
                try { SafetensorsFile.Open(_path).Dispose(); }
                catch (InvalidDataException) { /* refused with a sentence, which is what is asked */ }
            }
        }
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "12 bytes")]
    [InlineData("""{"x":{"dtype":"F99","shape":[2],"data_offsets":[0,8]}}""", 8, "F99")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "truncated")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, "its tensors end")]
    [InlineData("""{"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"y":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6, "'y'")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", 8, "impossible")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "impossible")]
    [InlineData("""{"x":5}""", 8, "header")]
    [InlineData("""[]""", 8, "header")]
    public void An_inconsistent_header_is_refused_with_the_reason(string header, int dataBytes, string reason)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] bytes = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, 8);
        File.WriteAllBytes(_path, bytes);
        var error = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(_path).Dispose());
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
