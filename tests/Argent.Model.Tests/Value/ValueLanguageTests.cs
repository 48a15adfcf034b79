using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests.Value;

public sealed class ValueLanguageTests
{
    const int Seed = 5;

    static readonly string[] _tasks = ["save", "like"];

    [Fact]
    public void Random_formulas_over_features_give_what_a_float64_evaluator_of_raw_values_gives()
    {
        using var workers = new Workers(1);
        using var scratch = new Scratch();
        var random = new Random(Seed);
        int sure = 0, all = 0;
        for (int i = 0; i < 3_000; i++)
        {
            const int count = 12;
            var items = new ValueCatalogue(count, random);
            float[] scores = [.. Enumerable.Range(0, 2 * count).Select(_ => random.Next(-4, 9) / 4f)];
            var user = User(random);
            var (text, evaluate) = new ValueOracle(random, items, scores, user).Formula();
            var model = new ValueModel(text, _tasks, items.Forward);
            var pass = new ForwardPass(CpuKernels.All(workers)[i % CpuKernels.All(workers).Count], scratch);
            int[] slots = [.. Enumerable.Range(0, count)];
            var values = model.Forward(Tensor.From<float>(scores, new(count, 2)), slots, model.Compiled.Bind(user), pass);
            for (int c = 0; c < count; c++, all++)
            {
                var expected = evaluate(c);
                if (!expected.IsSure) continue;
                sure++;
                bool isNear = Math.Abs(values[c] - expected.Value) <= expected.Error + 1e-5 * Math.Max(1, Math.Abs(expected.Value));
                if (!isNear) Assert.Fail($"seed {Seed}, formula {i}, item {c}: {text} gives {values[c]}, not {expected}");
            }
            scratch.Reset();
        }
        Assert.True(sure > all * 0.9, $"{sure} of {all} results were sure");
    }

    [Theory]
    [InlineData("item.yaer", 1, 1, "There is no feature 'item.yaer'. Did you mean 'item.year'? The features are item.year, item.price,")]
    [InlineData("save * item.genre", 1, 8, "The feature 'item.genre' is a set of categories, not a number: compare it with a text")]
    [InlineData("item.genre", 1, 1, "not a number")]
    [InlineData("item.language > 'a'", 1, 1, "has no order")]
    [InlineData("item.language = 3", 1, 1, "is a category: compare it with a text in single quotes")]
    [InlineData("item.year = '1990'", 1, 1, "A number is compared with the text '1990'")]
    [InlineData("item.published > '2024-01-01'", 1, 18, "write DATE '2024-01-01'")]
    [InlineData("item.published > DATE '2024-13-01'", 1, 23, "is not a date")]
    [InlineData("'a' = 'a'", 1, 5, "Two texts")]
    [InlineData("item.genre in ('a', 3)", 1, 21, "either texts or numbers")]
    [InlineData("item.genre in ('a'", 1, 19, "',' or ')'")]
    [InlineData("item.genre in ()", 1, 16, "a number or a text")]
    [InlineData("item.genre in (save)", 1, 16, "a number or a text")]
    [InlineData("item.year not 3", 1, 15, "Expected 'in'")]
    [InlineData("exists(save)", 1, 1, "takes a feature")]
    [InlineData("exist(item.year)", 1, 1, "Did you mean 'exists'?")]
    [InlineData("user.country < 'DE'", 1, 16, "has no order")]
    [InlineData("item.\"no such\"", 1, 1, "no feature 'item.no such'")]
    [InlineData("rules", 1, 1, "There is no task 'rules'")]
    public void A_wrong_use_of_a_feature_says_where_and_what(string formula, int line, int column, string part)
    {
        var schema = new ValueCatalogue(1, new Random(1)).Forward.Schema;
        var error = Assert.Throws<ValueException>(() => ValueModel.Compile(formula, _tasks, schema));
        Assert.Contains(part, error.Reason, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Theory]
    [InlineData("""{"score": "sav"}""", "Value formula, score, line 1, column 1: There is no task 'sav'.")]
    [InlineData("""{"rules": [{"if": "1", "then": "save +"}], "score": "rules"}""", "formula, rules[0].then, line 1, column 7: Expected")]
    [InlineData("""{"rules": [{"then": "1"}], "score": "rules"}""", "rules[0].if is missing")]
    [InlineData("""{"rules": [{"if": "1", "then": "1", "esle": "1"}], "score": "1"}""", "unknown key 'esle'. Did you mean 'else'?")]
    [InlineData("""{"let": {"a": "b", "b": "1"}, "score": "a"}""", "Value formula, let.a, line 1, column 1: There is no task 'b'")]
    [InlineData("""{"let": {"save": "1"}, "score": "save"}""", "The name 'save' cannot be used in let: it is a task")]
    [InlineData("""{"let": {"min": "1"}, "score": "1"}""", "is a word of the language")]
    [InlineData("""{"let": {"a b": "1"}, "score": "1"}""", "is no plain word")]
    [InlineData("""{"let": {"a": "1", "a": "2"}, "score": "a"}""", "starts like JSON and is not")]
    [InlineData("""{"let": {"lang": "item.language"}, "score": "save + lang"}""", "score, line 1, column 8: The feature 'item.language'")]
    [InlineData("""{"score": "rules"}""", "There is no task 'rules'")]
    [InlineData("""{"score": true}""", "score must be a formula as text, or a number")]
    [InlineData("""{"let": 3, "score": "1"}""", "let must be an object")]
    [InlineData("""{"rules": {}, "score": "1"}""", "rules must be a list")]
    [InlineData("{}", "score is missing")]
    [InlineData("{", "starts like JSON and is not")]
    [InlineData("""{"score": "\ud800"}""", "not valid Unicode")]
    public void A_wrong_document_says_which_part(string json, string part)
    {
        var schema = new ValueCatalogue(1, new Random(1)).Forward.Schema;
        var error = Assert.Throws<ValueException>(() => ValueModel.Compile(json, _tasks, schema));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lets_that_double_one_another_are_refused_before_they_grow()
    {
        var lets = Enumerable.Range(0, 60).Select(i => $"\"x{i}\": \"{(i == 0 ? "save" : $"x{i - 1} + x{i - 1}")}\"");
        string json = $"{{\"let\": {{{string.Join(',', lets)}}}, \"score\": \"x59\"}}";
        var error = Assert.Throws<ValueException>(() => ValueModel.Compile(json, _tasks));
        Assert.Contains("1024 steps", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_and_calculated_with_is_counted_and_what_is_constant_is_folded()
    {
        using var workers = new Workers(1);
        using var scratch = new Scratch();
        var items = new ValueCatalogue(40, new Random(3));
        var model = new ValueModel("item.year + (item.year > 0) + user.age + 2 * (user.country = 'DE') + 1 - 1 ^ 2", ["t"], items.Forward);
        var de = model.Compiled.Bind(new Dictionary<string, string> { ["age"] = "30", ["country"] = "DE" });
        Assert.Equal([30f, 2f, 1f], de.Program.Constants.Where(c => c != 0));
        var pass = new ForwardPass(CpuKernels.All(workers)[0], scratch);
        int[] slots = [.. Enumerable.Range(0, 40)];
        var scores = Tensor.Zeros<float>(new(40, 1));
        var values = model.Forward(scores, slots, de, pass);
        for (int i = 0; i < 40; i++) Assert.Equal((items.Year[i] ?? 0) + (items.Year[i] > 0 ? 1 : 0) + 32, values[i]);
        long missing = items.Year.Count(y => y is null);
        Assert.Equal(missing, model.Missing);
        model.Forward(scores, slots, model.Compiled.Bind(new Dictionary<string, string> { ["age"] = "old" }), pass);
        Assert.Equal(2 * missing + 1, model.Missing);
        var kernels = CpuKernels.All(workers)[0];
        Assert.Throws<ArgumentException>(() => model.Forward(scores, slots.AsSpan(1), de, new ForwardPass(kernels, scratch)));
        var always = ValueModel.Compile("item.price + t", ["t"], items.Forward.Schema);
        Assert.Same(always.Bind(null), always.Bind(new Dictionary<string, string> { ["age"] = "1" }));
    }

    [Fact]
    public void Evaluating_allocates_nothing()
    {
        using var workers = new Workers(1);
        using var scratch = new Scratch();
        var items = new ValueCatalogue(300, new Random(3));
        const string formula = "if(item.genre in ('a', 'b'), item.year, t) + (item.language = 'de') + exists(item.price)";
        var model = new ValueModel(formula, ["t"], items.Forward);
        var bound = model.Compiled.Bind(null);
        int[] slots = [.. Enumerable.Range(0, 300)];
        var scores = Tensor.Zeros<float>(new(300, 1));
        var kernels = CpuKernels.Create(workers);
        for (int i = 0; i < 20; i++) Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++) Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run()
        {
            model.Forward(scores, slots, bound, new ForwardPass(kernels, scratch));
            scratch.Reset();
        }
    }

    static Dictionary<string, string> User(Random random)
    {
        var user = new Dictionary<string, string>();
        if (random.Next(2) == 0) user["age"] = new[] { "2", "-0.5", "old", "" }[random.Next(4)];
        if (random.Next(2) == 0) user["country"] = ValueCatalogue.Languages[random.Next(3)];
        if (random.Next(2) == 0) user["home"] = ValueCatalogue.Languages[random.Next(3)];
        return user;
    }
}
