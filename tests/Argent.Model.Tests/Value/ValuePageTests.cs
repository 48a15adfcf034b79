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
        var scores = Tensor.From<float>([0.5f, 0.75f], new(1, 2));
        var kernels = CpuKernels.All(workers)[^1];
        foreach (string[] row in _page.Rows("formula", "value"))
        {
            float value = new ValueModel(row[0], _tasks).Forward(scores, [], new ForwardPass(kernels, scratch))[0];
            Assert.True(MathF.Abs(value - float.Parse(row[1], CultureInfo.InvariantCulture)) < 1e-5f, $"{row[0]} is {value}, not {row[1]}");
        }
    }

    [Fact]
    public void Every_example_over_features_has_the_value_on_the_page()
    {
        using var workers = new Workers(1);
        using var scratch = new Scratch();
        var items = ValueCatalogue.OfThePage();
        var user = new Dictionary<string, string> { ["country"] = "DE", ["lang"] = "eng", ["age"] = "30" };
        var kernels = CpuKernels.All(workers)[^1];
        foreach (string[] row in _page.Rows("formula of an item", "value"))
        {
            var model = new ValueModel(row[0], _tasks, items.Forward);
            var scores = Tensor.From<float>([0.5f, 0.75f], new(1, 2));
            float value = model.Forward(scores, [0], model.Compiled.Bind(user), new ForwardPass(kernels, scratch))[0];
            Assert.True(MathF.Abs(value - float.Parse(row[1], CultureInfo.InvariantCulture)) < 1e-3f, $"{row[0]} is {value}, not {row[1]}");
        }
    }

    [Fact]
    public void The_JSON_example_is_the_sum_of_its_rules_and_its_score()
    {
        using var workers = new Workers(1);
        using var scratch = new Scratch();
        string text = _page.Block("json");
        var items = ValueCatalogue.OfThePage();
        var model = new ValueModel(text, _tasks, items.Forward);
        var scores = Tensor.From<float>([0.5f, 0.75f], new(1, 2));
        float value = model.Forward(scores, [0], new ForwardPass(CpuKernels.All(workers)[0], scratch))[0];
        Assert.Equal(0.5f + 0.75f * 0.4f + 0.05f * (40 / 75f), value, 1e-6f);
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
