using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Value;

public sealed class ValueModelTests
{
    static readonly string[] _tasks = ["save", "like", "log", "if"];

    [Theory]
    [InlineData("save", 0.5)]
    [InlineData("save + 2 * like", 2)]
    [InlineData("(save + 2) * like", 1.875)]
    [InlineData("save - like - 1", -1.25)]
    [InlineData("8 / 4 / 2", 1)]
    [InlineData("2 ^ 3 ^ 2", 512)]
    [InlineData("-2 ^ 2", -4)]
    [InlineData("2 ^ -1", 0.5)]
    [InlineData("--save", 0.5)]
    [InlineData("save/0", 0)]
    [InlineData(".5e1 + 1.", 6)]
    [InlineData("save < like", 1)]
    [InlineData("save > like", 0)]
    [InlineData("save >= 0.5", 1)]
    [InlineData("save <= 0.5", 1)]
    [InlineData("save = 0.5", 1)]
    [InlineData("save != 0.5", 0)]
    [InlineData("0/0 > -1", 1)]
    [InlineData("log(-1) > -1", 0)]
    [InlineData("log(-1) < 1", 0)]
    [InlineData("log(0-1)", 0)]
    [InlineData("exp(1000)", 0)]
    [InlineData("not save < like", 0)]
    [InlineData("not 0 and 1", 1)]
    [InlineData("1 or 0 and 0", 1)]
    [InlineData("NOT 3 OR 0", 0)]
    [InlineData("if(save < like, 10, 20)", 10)]
    [InlineData("IF(save > like, 10, 20 + 1)", 21)]
    [InlineData("min(3, save, 2)", 0.5)]
    [InlineData("max(save, like)", 0.75)]
    [InlineData("clamp(5, 0, 1) + clamp(-5, 0, 1) + clamp(save, 0, 1)", 1.5)]
    [InlineData("abs(-3) + sqrt(16) + exp(0) + log(1) + pow(2, 3)", 16)]
    [InlineData("sigmoid(0)", 0.5)]
    [InlineData("log + log(1)", 3)]
    [InlineData("\"if\" + 1", 5)]
    [InlineData("\n save\n+ like ", 1.25)]
    public void A_formula_means_what_it_says(string formula, float expected)
    {
        using var workers = new Workers(1);
        foreach (var kernels in CpuKernels.All(workers))
        {
            using var scratch = new Scratch();
            var scores = Tensor.From<float>([0.5f, 0.75f, 3, 4], new(1, 4));
            var values = new ValueModel(formula, _tasks).Forward(scores, [], new ForwardPass(kernels, scratch));
            Assert.Equal(new Shape(1), values.Shape);
            Assert.Equal(expected, values[0], 1e-5f);
        }
    }

    [Theory]
    [InlineData("", 1, 1, "Expected a number, a task, a function or '(', found the end.")]
    [InlineData("sav + 1", 1, 1, "There is no task 'sav'. Did you mean 'save'? The tasks are save, like, log, if.")]
    [InlineData("save + sigmod(1)", 1, 8, "There is no function 'sigmod'. Did you mean 'sigmoid'?")]
    [InlineData("save +", 1, 7, "found the end")]
    [InlineData("save save", 1, 6, "Expected an operator or the end, found 'save'")]
    [InlineData("(save", 1, 6, "an operator or ')'")]
    [InlineData("clamp(1, 2)", 1, 1, "'clamp' takes 3 arguments, found 2.")]
    [InlineData("clamp(1, 2, 3, 4)", 1, 1, "'clamp' takes 3 arguments, found more.")]
    [InlineData("min(1)", 1, 1, "'min' takes 2 or more arguments, found 1.")]
    [InlineData("abs(1, 2)", 1, 1, "found more")]
    [InlineData("abs()", 1, 5, "found ')'")]
    [InlineData("abs(1 2)", 1, 7, "',' or ')'")]
    [InlineData("1 < 2 < 3", 1, 7, "Comparisons do not chain")]
    [InlineData("save == 1", 1, 6, "write =")]
    [InlineData("save && 1", 1, 6, "write AND")]
    [InlineData("save\n* $", 2, 3, "'$'")]
    [InlineData("1e39", 1, 1, "too large for a float32")]
    [InlineData("2save", 1, 1, "cannot be followed by 's'")]
    [InlineData("item.year + 1", 1, 1, "There is no feature 'item.year'. The model has no features.")]
    [InlineData("save + 'like'", 1, 8, "'like' is a text where a number is expected")]
    [InlineData("save + and", 1, 8, "found 'and'")]
    public void A_wrong_formula_says_where_and_what(string formula, int line, int column, string part)
    {
        var error = Assert.Throws<ValueException>(() => ValueModel.Compile(formula, _tasks));
        Assert.Contains(part, error.Reason, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.Equal($"Value formula, line {line}, column {column}: {error.Reason}", error.Message);
    }

    [Fact]
    public void Limits_are_reached_and_not_passed()
    {
        string Sum(int count) => string.Join("+", Enumerable.Repeat("save", count));
        string Nested(int depth) => new string('(', depth) + "save" + new string(')', depth);
        Assert.Equal(1023, ValueModel.Compile(Sum(512), _tasks).Bind(null).Program.Steps.Length);
        Assert.Throws<ValueException>(() => ValueModel.Compile(Sum(513), _tasks));
        Assert.Single(ValueModel.Compile(Nested(64), _tasks).Bind(null).Program.Steps);
        Assert.Throws<ValueException>(() => ValueModel.Compile(Nested(65), _tasks));
        // save + (save + (save + ... keeps one result a level.
        string Waiting(int depth) => string.Concat(Enumerable.Repeat("save+(", depth)) + "save" + new string(')', depth);
        Assert.Equal(64, ValueModel.Compile(Waiting(63), _tasks).Bind(null).Program.StackDepth);
        Assert.Throws<ValueException>(() => ValueModel.Compile(Waiting(64), _tasks));
        string[] hostile = [new('(', 100_000), new('-', 16_000), new('\0', 9), string.Concat(Enumerable.Repeat("not ", 4_000)),
            string.Concat(Enumerable.Repeat("2^", 8_000)) + "2", string.Concat(Enumerable.Repeat("abs(", 4_000)), new('9', 16_000)];
        foreach (string text in hostile) Assert.Throws<ValueException>(() => ValueModel.Compile(text, _tasks));
    }

    [Theory]
    [InlineData(0, 5, 2)]
    [InlineData(3, 0, 2)]
    [InlineData(1, 1, 1)]
    [InlineData(2, 65, 3)]
    [InlineData(3, 4095, 2)]
    public void Candidates_keep_their_places(int users, int candidates, int tasks)
    {
        using var workers = new Workers(2);
        using var scratch = new Scratch();
        string[] names = [.. Enumerable.Range(0, tasks).Select(t => $"t{t}")];
        var model = new ValueModel(string.Join(" - ", names), names);
        float[] numbers = [.. Enumerable.Range(0, users * candidates * tasks).Select(i => (float)(i * 7 % 101))];
        var scores = Tensor.From<float>(numbers, new(users * candidates, tasks));
        var values = model.Forward(scores, [], new ForwardPass(CpuKernels.All(workers)[^1], scratch));
        Assert.Equal(new Shape(users * candidates), values.Shape);
        for (int i = 0; i < users * candidates; i++)
        {
            Assert.Equal(numbers[(i * tasks)..((i + 1) * tasks)].Aggregate((a, b) => a - b), values[i]);
        }
    }

    [Fact]
    public void Results_that_are_no_numbers_become_zero_and_are_counted()
    {
        using var workers = new Workers(1);
        using var scratch = new Scratch();
        var model = new ValueModel("log(a)", ["a"]);
        var kernels = CpuKernels.All(workers)[0];
        var pass = new ForwardPass(kernels, scratch);
        var scores = Tensor.From<float>([1, -1, 0, 1], new(4, 1));
        Assert.Equal([0f, 0f, 0f, 0f], model.Forward(scores, [], pass).ToArray());
        model.Forward(scores, [], pass);
        Assert.Equal(4, model.NotFinite);
        var other = ValueModel.Compile("a", ["a", "b"]).Bind(null);
        Assert.Throws<ArgumentException>(() => model.Forward(scores, [], other, new ForwardPass(kernels, scratch)));
    }
}
