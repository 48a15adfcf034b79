using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Argent.Tensors;

namespace Argent.Data.Tests;

public sealed class VectorReaderTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static byte[] Npy(string type, string shape, byte[] values, string fortran = "False", int version = 1)
    {
        string text = $"{{'descr': '{type}', 'fortran_order': {fortran}, 'shape': {shape}, }}";
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)(text.Length + 1)) : BitConverter.GetBytes(text.Length + 1);
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. Encoding.ASCII.GetBytes(text + "\n"), .. values];
    }

    static byte[] Bytes<T>(params T[] values) where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();

    string Gzip(string name, byte[] bytes)
    {
        using var gzip = new GZipStream(File.Create(_folder[name]), CompressionLevel.Fastest);
        gzip.Write(bytes);
        return _folder[name];
    }

    string Fail(string path) => Assert.Throws<DatasetException>(() => VectorReader.Read(path)).Message.With(_folder.Path + "/", "");

    static void Equal(float[] expected, long rows, Tensor<float> actual)
    {
        Assert.Equal(rows, actual.Shape[0]);
        Assert.Equal(expected, actual.ToArray());
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(4095, 65)]
    public void Float_arrays_come_back_as_they_were_written(int rows, int dim)
    {
        var tensor = Tensor.Zeros<float>(new Shape(rows, dim));
        for (long i = 0; i < tensor.Count; i++) tensor[i] = i * 0.25f - 3;
        NpyWriter.Write(_folder["x.npy"], tensor);
        var read = VectorReader.Read(_folder["x.npy"]);
        Assert.Equal(tensor.Shape, read.Shape);
        Assert.Equal(tensor.ToArray(), read.ToArray());
        Assert.Equal(tensor.ToArray(), NpyReader.Read<float>(_folder["x.npy"]).ToArray());
        string compressed = Gzip("x.npy.gz", File.ReadAllBytes(_folder["x.npy"]));
        Assert.Equal(tensor.ToArray(), VectorReader.Read(compressed).ToArray());
        SafetensorsWriter.Write(_folder["x.safetensors"], [("whatever", AnyTensor.From(tensor))]);
        if (rows > 0) Assert.Equal(tensor.ToArray(), VectorReader.Read(_folder["x.safetensors"]).ToArray());
    }

    [Fact]
    public void Every_element_type_becomes_float32()
    {
        Equal([1, -128], 1, VectorReader.Read(_folder.Write("a.npy", Npy("|i1", "(1, 2)", Bytes<sbyte>(1, -128)))));
        Equal([1, 255], 2, VectorReader.Read(_folder.Write("b.npy", Npy("|u1", "(2, 1)", Bytes<byte>(1, 255)))));
        byte[] halves = Npy("<f2", "(1, 2)", Bytes((Half)1.5, (Half)(-0.1)));
        Equal([1.5f, -0.0999755859375f], 1, VectorReader.Read(_folder.Write("c.npy", halves)));
        Equal([0.1f, -7], 1, VectorReader.Read(_folder.Write("d.npy", Npy("<f8", "(1, 2)", Bytes(0.1, -7.0), version: 2))));
        Equal([0.5f, 2], 1, VectorReader.Read(_folder.Write("e.npy", Npy("<f4", "(1,2)", Bytes(0.5f, 2f), version: 3))));
        Equal([1, 2, 3, 4], 2, VectorReader.Read(_folder.Write("f.fvecs", [.. Bytes(2), .. Bytes(1f, 2), .. Bytes(2), .. Bytes(3f, 4)])));
        Equal([1, 2, 3, 200], 2, VectorReader.Read(_folder.Write("g.bvecs", [.. Bytes(2), 1, 2, .. Bytes(2), 3, 200])));
        Equal([1, 2, 3, 4, 5, 6], 3, VectorReader.Read(_folder.Write("h.fbin", [.. Bytes(3, 2), .. Bytes(1f, 2, 3, 4, 5, 6)])));
    }

    [Fact]
    public void Safetensors_may_hold_other_tensors_and_types()
    {
        var codes = Tensor.From<sbyte>([1, -2, 3, -4], new Shape(2, 2));
        var half = Tensor.From([(BFloat16)(1.5f), (BFloat16)(-2f)], new Shape(1, 2));
        var bytes = Tensor.From<byte>([9, 8], new Shape(1, 2));
        SafetensorsWriter.Write(_folder["a.safetensors"], [("one", AnyTensor.From(codes)), ("vectors", AnyTensor.From(half))]);
        Equal([1.5f, -2], 1, VectorReader.Read(_folder["a.safetensors"]));
        var flat = Tensor.From<float>(1, 2);
        SafetensorsWriter.Write(_folder["b.safetensors"], [("one", AnyTensor.From(codes)), ("flat", AnyTensor.From(flat))]);
        Equal([1, -2, 3, -4], 2, VectorReader.Read(_folder["b.safetensors"]));
        SafetensorsWriter.Write(_folder["c.safetensors"], [("one", AnyTensor.From(codes)), ("two", AnyTensor.From(bytes))]);
        Assert.Contains("must have one tensor of two dimensions", Fail(_folder["c.safetensors"]), StringComparison.Ordinal);
        SafetensorsWriter.Write(_folder["d.safetensors"], [("ids", AnyTensor.From(Tensor.From<long>([1, 2], new Shape(1, 2))))]);
        Assert.Contains("holds I64 in 'ids'", Fail(_folder["d.safetensors"]), StringComparison.Ordinal);
        _folder.Write("e.safetensors", "no");
        Assert.Contains("not a valid safetensors file", Fail(_folder["e.safetensors"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<f4", "(1, 2)", "True", 8, "is in Fortran order")]
    [InlineData(">f4", "(1, 2)", "False", 8, "is big endian (>f4); save it with x.astype('<f4').")]
    [InlineData("<i4", "(1, 2)", "False", 8, "holds elements of type '<i4'; vectors are f4, f2, f8, i1 or u1")]
    [InlineData("|O8", "(1, 2)", "False", 8, "holds elements of type '|O8', which are no plain numbers.")]
    [InlineData("<f4", "(2,)", "False", 8, "has the shape (2) where vectors need two dimensions")]
    [InlineData("<f4", "(1, 2, 1)", "False", 8, "has the shape (1, 2, 1) where vectors need two dimensions")]
    [InlineData("<f4", "(1, 0)", "False", 0, "has the shape (1, 0); 0 to 2147483647 rows")]
    [InlineData("<f4", "(99999999999999999999, 1)", "False", 8, "has an impossible shape")]
    [InlineData("<f4", "(3000000000, 65536)", "False", 8, "has the shape (3000000000, 65536)")]
    [InlineData("<f4", "(2147483647, 65536)", "False", 8, "is truncated: its header announces")]
    [InlineData("<f4", "(1, 3)", "False", 8, "is truncated: its header announces")]
    [InlineData("<f4", "(1, 1)", "False", 8, "is too long: its header announces")]
    [InlineData("<f4", "oops", "False", 8, "has a header that is not understood")]
    public void Arrays_that_cannot_be_read_say_why(string type, string shape, string fortran, int bytes, string why)
    {
        string path = _folder.Write("x.npy", Npy(type, shape, new byte[bytes], fortran));
        Assert.StartsWith("x.npy: " + why, Fail(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_of_every_kind_of_file_is_an_error()
    {
        var files = new Dictionary<string, byte[]>
        {
            ["x.npy"] = Npy("|u1", "(2, 3)", [1, 2, 3, 4, 5, 6]),
            ["x.fvecs"] = [.. Bytes(2), .. Bytes(1f, 2), .. Bytes(2), .. Bytes(3f, 4)],
            ["x.bvecs"] = [.. Bytes(2), 1, 2, .. Bytes(2), 3, 200],
            ["x.fbin"] = [.. Bytes(1, 2), .. Bytes(1f, 2)],
        };
        foreach (var (name, bytes) in files)
        {
            for (int length = 0; length < bytes.Length; length++)
            {
                // Half of a file of two equal rows is a file of one row.
                bool isWhole = name is "x.fvecs" or "x.bvecs" && length == bytes.Length / 2;
                string path = _folder.Write(name, bytes[..length]);
                if (isWhole) Assert.Equal(1, VectorReader.Read(path).Shape[0]);
                else Assert.NotEmpty(Fail(path));
            }
        }
    }

    [Fact]
    public void A_compressed_array_that_was_cut_is_an_error()
    {
        byte[] values = new byte[5000];
        new Random(3).NextBytes(values);
        byte[] whole = File.ReadAllBytes(Gzip("x.npy.gz", Npy("|u1", "(50, 100)", values)));
        Assert.Equal(50, VectorReader.Read(_folder["x.npy.gz"]).Shape[0]);
        _folder.Write("x.npy.gz", whole[..(whole.Length / 2)]);
        Assert.Contains("is ", Fail(_folder["x.npy.gz"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_files_and_values_are_refused()
    {
        TestText.Fails<DatasetException>(".bvecs, .fbin and .safetensors are", () => VectorReader.Read(_folder.Write("x.txt", "")));
        Assert.Contains("does not exist", Fail(_folder["none.npy"]), StringComparison.Ordinal);
        Assert.Contains("is not a NumPy array", Fail(_folder.Write("x.npy", "hello, world")), StringComparison.Ordinal);
        string uneven = _folder.Write("x.bvecs", [.. Bytes(1), 1, .. Bytes(3), 3]);
        TestText.Fails<DatasetException>("row 1 has 3 dimensions where the first row has 1", () => VectorReader.Read(uneven));
        Assert.Contains("has the shape (1, -1)", Fail(_folder.Write("y.bvecs", Bytes(-1))), StringComparison.Ordinal);
        Assert.Contains("is compressed", Fail(_folder.WriteGzip("x.fvecs", "x")), StringComparison.Ordinal);
        for (int dim = 1; dim < 40; dim++)
        {
            float[] values = new float[3 * dim];
            values[^1] = dim % 2 == 0 ? float.NaN : float.NegativeInfinity;
            NpyWriter.Write(_folder["bad.npy"], Tensor.From(values, new Shape(3, dim)));
            Assert.Contains($"in row 2, dimension {dim - 1}: vectors must be finite", Fail(_folder["bad.npy"]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Integer_arrays_and_archives_are_read_exactly()
    {
        NpyWriter.Write(_folder["ids.npy"], Tensor.From<long>([long.MinValue, -1, long.MaxValue], new Shape(3)));
        Assert.Equal([long.MinValue, -1, long.MaxValue], NpyReader.Read<long>(_folder["ids.npy"]).ToArray());
        TestText.Fails<DatasetException>("'<i8' where '<i4' is expected", () => NpyReader.Read<int>(_folder["ids.npy"]));
        using (var archive = ZipFile.Open(_folder["x.npz"], ZipArchiveMode.Create))
        {
            using var entry = archive.CreateEntry("table.npy").Open();
            entry.Write(Npy("<i4", "(2, 1)", Bytes(5, -6)));
        }
        var table = NpyReader.ReadMember<int>(_folder["x.npz"], "table");
        Assert.Equal(new Shape(2, 1), table.Shape);
        Assert.Equal([5, -6], table.ToArray());
        TestText.Fails<DatasetException>("has no array 'other'; it has table.", () => NpyReader.ReadMember<int>(_folder["x.npz"], "other"));
        Assert.Throws<DatasetException>(() => NpyReader.ReadMember<int>(_folder["ids.npy"], "x"));
    }

    [Fact]
    public void Headers_are_those_that_numpy_writes()
    {
        NpyWriter.Write(_folder["x.npy"], Tensor.From<float>([1, 2], new Shape(1, 2)));
        byte[] bytes = File.ReadAllBytes(_folder["x.npy"]);
        Assert.Equal(128 + 8, bytes.Length);
        Assert.Equal("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", Encoding.ASCII.GetString(bytes[10..128]).Trim());
        Assert.Equal((byte)'\n', bytes[127]);
        Assert.Equal(118, BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8)));
        NpyWriter.Write(_folder["y.npy"], Tensor.From<long>(7));
        Assert.Contains("'shape': (1,), }", Encoding.ASCII.GetString(File.ReadAllBytes(_folder["y.npy"])), StringComparison.Ordinal);
    }

    [Fact]
    public void Raw_integers_and_ids_by_line_are_read()
    {
        _folder.Write("x.i64", Bytes(1L, -2, long.MaxValue));
        _folder.Write("x.i32", Bytes(3, -4));
        Assert.Equal([1L, -2, long.MaxValue], RawReader.ReadInt64(_folder["x.i64"]));
        Assert.Equal([3, -4], RawReader.ReadInt32(_folder["x.i32"]));
        Assert.Empty(RawReader.ReadInt32(_folder.Write("e.i32", "")));
        TestText.Fails<DatasetException>("no multiple of 8", () => RawReader.ReadInt64(_folder.Write("y.i64", new byte[12])));

        Assert.Equal(["a", "7", "ü"], IdFile.Read(_folder.Write("ids.txt", "\uFEFFa\r\n 7 \nü\n")));
        Assert.Equal(["a"], IdFile.Read(_folder.WriteGzip("ids.gz", "a")));
        _folder.Write("ids.txt", "a\nb\na");
        TestText.Fails<DatasetException>("ids.txt:3: the id 'a' was there already, in line 1.", () => IdFile.Read(_folder["ids.txt"]));
        _folder.Write("ids.txt", "a\n\nb");
        TestText.Fails<DatasetException>("ids.txt:2: the line is empty where an id is expected.", () => IdFile.Read(_folder["ids.txt"]));
    }

    [Fact]
    public void The_sift_files_are_read()
    {
        var queries = VectorReader.Read(SharedData.Need("sift-flowers", "query.u8.npy"));
        Assert.Equal(new Shape(2000, 128), queries.Shape);
        string truth = SharedData.Need("sift-flowers", "groundtruth.npz");
        Assert.Equal(new Shape(2000, 100), NpyReader.ReadMember<int>(truth, "ids_0").Shape);
        Assert.Equal(400_000, VectorReader.Read(SharedData.Need("sift-flowers", "base.u8.npy.gz")).Shape[0]);
    }
}
