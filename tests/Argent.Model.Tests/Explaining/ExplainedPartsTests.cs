using Argent.Kernels;
using Argent.Model.Tests.Filter;
using Argent.Model.Tests.Retrieval;
using Argent.Tensors;

namespace Argent.Model.Tests.Explaining;

public sealed class ExplainedPartsTests
{
    static ExplainedSample Sample(int seed, params string[] tasks) => new(
        new SampleOptions { Items = 300, Dim = 6, NList = 8, Tasks = tasks, Value = tasks[0], Seed = seed }, new Random(seed));

    static IEnumerable<ExplainedCondition> Leaves(ExplainedCondition node) =>
        node.Operands.Count == 0 ? [node] : node.Operands.SelectMany(Leaves);

    [Fact]
    public void Every_part_of_a_filter_has_its_truth_values_and_place()
    {
        using var sample = Sample(5, "score");
        var oracle = new FilterOracle(sample.Sample.Catalogue);
        var filters = new RandomFilters(sample.Sample.Catalogue, sample.Random);
        var user = sample.Sample.User(sample.Random);
        for (int i = 0; i < 300; i++)
        {
            string text = filters.Next().ToString();
            int row = sample.Random.Next(300);
            var filter = sample.Look(new RetrievalRequest { User = user, Filter = text }, sample.Model.Items.Text(row)).Filter!;
            Check(filter.Root);
            Assert.Equal(text, filter.Root.Text);
            Assert.Equal(filter.IsTrue, filter.Failing.Count == 0);

            void Check(ExplainedCondition node)
            {
                Assert.Equal(oracle.Matches(FilterLanguage.Parse(node.Text))[row], node.IsTrue);
                // A part stands in the text where it says; parentheses around it are not part of it.
                string rest = text[(node.Position.Column - 1)..];
                Assert.StartsWith(node.Text.Split(' ')[0].TrimStart('('), rest.TrimStart('('), StringComparison.Ordinal);
                foreach (var operand in node.Operands) Check(operand);
            }
        }
    }

    [Fact]
    public void No_fewer_leaves_than_the_failing_ones_make_a_filter_true()
    {
        using var sample = Sample(6, "score");
        var filters = new RandomFilters(sample.Sample.Catalogue, sample.Random);
        int several = 0;
        for (int i = 0; i < 400; i++)
        {
            var expression = filters.Next();
            int slot = sample.Sample.Parts.Index.Lists.SlotOfRow[sample.Random.Next(300)];
            var truth = new FilterTruth(expression, sample.Sample.Parts.Forward, slot);
            var filter = truth.Explain(null);
            ExplainedCondition[] leaves = [.. Leaves(filter.Root)];
            if (leaves.Length > 12) continue;
            int least = Enumerable.Range(0, 1 << leaves.Length).Where(Holds).Min(int.PopCount);
            Assert.Equal(least, filter.Failing.Count);
            if (least > 1) several++;
            var without = new FilterTruth(truth.Without(), sample.Sample.Parts.Forward, slot);
            Assert.True(without.IsTrue, $"{expression} becomes {truth.Without()}");

            bool Holds(int turned)
            {
                int next = 0;
                return Truth(expression);

                bool Truth(FilterExpression node) => node switch
                {
                    FilterNot not => !Truth(not.Operand),
                    FilterAnd and => and.Operands.Select(Truth).ToList().TrueForAll(t => t),
                    FilterOr or => or.Operands.Select(Truth).ToList().Exists(t => t),
                    _ => leaves[next].IsTrue != ((turned >> next++ & 1) != 0),
                };
            }
        }
        Assert.True(several > 10);
    }

    [Fact]
    public void A_false_positive_of_the_filter_index_is_told_from_a_mask_that_ruled_the_item_out()
    {
        using var sample = Sample(7, "score");
        var user = sample.Sample.User(sample.Random);
        int falsePositives = 0, ruledOut = 0;
        for (int row = 0; row < 300; row++)
        {
            // The index tells years apart in steps of three, so that it takes the neighbours of 1993 for it.
            var request = new RetrievalRequest { User = user, Filter = "year = 1993" };
            var filter = sample.Look(request, sample.Model.Items.Text(row)).Filter!;
            if (filter.IsTrue) Assert.True(filter.PassesMask);
            else if (filter.IsFalsePositive) falsePositives++;
            else ruledOut++;
            Assert.Equal(filter.Root.Values.Contains("1993"), filter.IsTrue);
        }
        Assert.True(falsePositives > 10 && ruledOut > 100, $"{falsePositives}, {ruledOut}");
    }

    [Theory]
    [InlineData("save", "save", "save")]
    [InlineData("save + 0.4 * like", "save + 0.4 * like", "save|0.4 * like")]
    [InlineData("(save + like) * 2 - -like", "(save + like) * 2 - -like", "(save + like) * 2|--like")]
    [InlineData("a > 1", null, "")]
    [InlineData("if(save > like, save, like ^ save ^ 2)", "if(like < save, save, like ^ save ^ 2)", "like < save|save|like ^ save ^ 2")]
    [InlineData("not save = 1 and like < 2 or like", "not save = 1 and like < 2 or like", "not save = 1 and like < 2|like")]
    [InlineData("clamp(save, 0, 1) / (1 - 1)", "min(max(save, 0), 1) / 0", "min(max(save, 0), 1)|0")]
    [InlineData("max(save, like, 2) + min(min(save, 1), 2)", "max(save, like, 2) + min(save, 1, 2)", "max(save, like, 2)|min(save, 1, 2)")]
    [InlineData("save - 2 * like + 3 - (1 - save)", "save - 2 * like + 3 - (1 - save)", "save|-(2 * like)|3|-(1 - save)")]
    [InlineData("(save - like) - (save - (like - 1))", "save - like - (save - (like - 1))", "save|-like|-(save - (like - 1))")]
    [InlineData("(-save) ^ 2 + \"or\"", "(-save) ^ 2 + \"or\"", "(-save) ^ 2|\"or\"")]
    [InlineData("log(save - save)", "log(save - save)", "save - save")]
    public void A_formula_is_shown_with_what_each_part_came_to(string formula, string? text, string operands)
    {
        string[] tasks = ["save", "like", "or"];
        if (text is null)
        {
            Assert.Throws<ValueException>(() => ValueModel.Compile(formula, tasks));
            return;
        }
        float[] inputs = [0.75f, 3f, 2f];
        using var workers = new Workers(1);
        using var scratch = new Scratch();
        foreach (var kernels in CpuKernels.All(workers))
        {
            var program = ValueModel.Compile(formula, tasks).Bind(null);
            var term = new FormulaTerms(program, tasks).Explain(inputs, new ForwardPass(kernels, scratch));
            Assert.Equal(text, term.Text);
            Assert.Equal(operands, string.Join('|', term.Operands.Count == 0 ? [term.Text] : term.Operands.Select(o => o.Text)));
            Assert.Equal(program.Program.Steps, ValueModel.Compile(term.Text, tasks).Bind(null).Program.Steps);
            Check(term, kernels);
        }

        void Check(ExplainedTerm term, IKernels kernels)
        {
            var model = new ValueModel(term.Text, tasks);
            float value = model.Forward(Tensor.From(inputs, new Shape(1, 3)), [], new ForwardPass(kernels, scratch))[0];
            Assert.Equal(model.NotFinite > 0 ? float.NaN : value, term.Value);
            foreach (var operand in term.Operands) Check(operand, kernels);
        }
    }

    [Fact]
    public void Features_in_a_formula_are_shown_with_what_they_came_to()
    {
        var items = Value.ValueCatalogue.OfThePage();
        const string formula = "save * 2 + (item.genre in ('a', 'classic')) * item.year"
            + " + if(user.x = 'y', 5, exists(item.price)) + (item.price > 3)";
        var model = new ValueModel(formula, ["save"], items.Forward);
        var bound = model.Compiled.Bind(new Dictionary<string, string> { ["x"] = "z" });
        using var workers = new Workers(1);
        using var scratch = new Scratch();
        var pass = new ForwardPass(CpuKernels.Create(workers), scratch);
        var term = new FormulaTerms(bound, ["save"]).Explain(model.InputsOf(bound, 0, [0.5f]), pass);
        Assert.Equal("save * 2 + (item.genre in ('a', 'classic')) * item.year + exists(item.price) + (3 < item.price)", term.Text);
        Assert.Equal([1f, 1990f, 0f, 0f], term.Operands.Select(o => o.Value));
        Assert.Equal(1991f, term.Value);
        Assert.Equal("3 < item.price", term.Operands[3].Text);
        Assert.Equal(float.NaN, term.Operands[3].Operands[1].Value);
    }

    [Fact]
    public void An_item_of_an_answer_is_explained_as_it_is_alone()
    {
        using var sample = Sample(8, "save", "like");
        for (int i = 0; i < 20; i++)
        {
            var request = sample.Request() with { K = 15, Explain = true };
            var answer = sample.Ask(request);
            Assert.Null(answer.Explanation);
            var explained = sample.Explain(request, answer);
            Assert.Equal(answer.Items, explained.Items);
            var shown = explained.Explanation!;
            for (int rank = 1; rank <= answer.Items.Count; rank++)
            {
                var alone = sample.Look(request, answer.Items[rank - 1].Id);
                var item = shown.Items[rank - 1]!;
                Assert.Equal((ItemVerdict.Served, rank), (alone.Verdict, alone.Rank));
                Assert.Equal((alone.List, alone.Value!.Value), (item.List, item.Value));
                Assert.Equal(
                    alone.Heads.Zip(alone.Value.Tasks, (h, t) => new AnswerHeadExplanation(h.Task, h.ListRank, h.CodeScore, t.Score)),
                    item.Heads);
                Assert.Equal((alone.Search.Kept, alone.Search.NProbe), (shown.Kept, shown.NProbe));
            }
        }
    }

    [Fact]
    public void Scores_of_codes_are_near_the_exact_ones_and_ranks_count_what_was_scanned()
    {
        using var sample = Sample(9, "score");
        var request = new RetrievalRequest { User = sample.Sample.User(sample.Random), K = 5, NProbe = 8 };
        var live = Enumerable.Range(0, 300).Select(row => sample.Look(request, sample.Model.Items.Text(row)))
            .Where(e => e.IsLive == true).ToList();
        Assert.All(live, e => Assert.Equal(e.Value!.Tasks[0].Score, e.Heads[0].CodeScore, 8f));
        Assert.All(live, e => Assert.Equal(live.Count, e.Heads[0].Eligible));
        Assert.Equal(Enumerable.Range(1, live.Count).Select(r => (long)r), live.Select(e => e.Heads[0].ScanRank).Order());
        Assert.Equal(live.OrderBy(e => e.Heads[0].ScanRank).Select(e => e.Heads[0].CodeScore),
            live.Select(e => e.Heads[0].CodeScore).OrderDescending());
    }

    [Fact]
    public void A_request_that_explains_too_many_items_is_refused()
    {
        using var sample = Sample(10, "score");
        var request = new RetrievalRequest { User = sample.Sample.User(sample.Random), K = 1001, Explain = true };
        var error = Assert.Throws<RequestException>(() => sample.Ask(request));
        Assert.Contains("1000 items are explained at most", error.Message, StringComparison.Ordinal);
    }
}
