using Argent.Tensors;

namespace Argent.Data.Tests.Vectors;

public sealed class NpyRowWriterTests
{
    [Fact]
    public void Rows_in_blocks_make_the_file_that_one_write_makes()
    {
        using var folder = new TemporaryFolder();
        var rows = Tensor.From<float>([.. Enumerable.Range(0, 35).Select(i => i / 3f)], new Shape(7, 5));
        NpyWriter.Write(folder["whole.npy"], rows);
        using (var writer = new NpyRowWriter<float>(folder["blocks.npy"], 7, 5))
        {
            writer.Write(rows.Rows(0, 3));
            writer.Write(rows.Rows(3, 0));
            writer.Write(rows.Rows(3, 4));
            writer.Complete();
        }
        Assert.Equal(File.ReadAllBytes(folder["whole.npy"]), File.ReadAllBytes(folder["blocks.npy"]));
    }

    [Fact]
    public void Rows_of_another_width_and_too_many_or_too_few_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var writer = new NpyRowWriter<int>(folder["x.npy"], 2, 3);
        Assert.Throws<ArgumentException>(() => writer.Write(Tensor.Zeros<int>(new Shape(1, 4))));
        writer.Write(Tensor.Zeros<int>(new Shape(1, 3)));
        Assert.Throws<InvalidOperationException>(writer.Complete);
        Assert.Throws<ArgumentException>(() => writer.Write(Tensor.Zeros<int>(new Shape(2, 3))));
    }
}
