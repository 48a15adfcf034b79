using System.Globalization;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Value;

public sealed class ValuePageTests
{
    static readonly string[] _tasks = ["save", "like"];
    static readonly MarkdownPage _page = MarkdownPage.Open("value-language.md");

    [Fact]
    public void Every_example_has_the_value_on_the_page()
    {
        using var workers = new Workers(1);
        using var scratch = new Scratch();
        var scores = Tensor.From<float>([0.5f, 0.75f], new(1, 1, 2));
        var kernels = CpuKernels.All(workers)[^1];
        foreach (string[] row in _page.Rows("formula", "value"))
        {
            float value = new ValueModel(row[0], _tasks).Forward(scores, new ForwardPass(kernels, scratch))[0];
            Assert.True(MathF.Abs(value - float.Parse(row[1], CultureInfo.InvariantCulture)) < 1e-5f, $"{row[0]} is {value}, not {row[1]}");
        }
    }

    [Fact]
    public void Every_error_is_the_one_on_the_page()
    {
        foreach (string[] row in _page.Rows("formula", "error"))
        {
            Assert.Equal(row[1], Assert.Throws<ValueException>(() => ValueModel.Compile(row[0], _tasks)).Message);
        }
    }
}
