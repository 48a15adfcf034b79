using System.Text.Json;
using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training.Tests;

public sealed class ScoringStepTests(FinishedTowers finished) : IClassFixture<FinishedTowers>
{
    static readonly OverArchConfig _config = new()
    {
        Kind = "mlp",
        Options = JsonDocument.Parse("""{ "projection": 3, "hidden": [5] }""").RootElement,
        Features = ["score.save", "score.like", "count.like", "bias"],
    };

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(40)]
    [InlineData(100_000)]
    public void The_loss_is_the_cross_entropy_over_own_candidates_of_those_targets_that_the_towers_find(int most)
    {
        using var one = new Case(finished);
        int found = 0, missed = 0;
        foreach (var group in one.Users.Groups(1, 16))
        {
            int candidates = Math.Min(most, one.Miner.Most(group));
            double expected = 0;
            one.Step.Look(group, candidates, one.Features, (mined, logits) => expected = Loss(group, mined, logits, ref found, ref missed));
            double loss = one.Step.Run(group, most, one.Features);
            Assert.True(Math.Abs(expected - loss) <= 1e-5 * (1 + expected), $"{most} candidates: {loss:R}, float64 gives {expected:R}");
        }
        Assert.True(found > 0);
        // With all items as candidates only those that another history holds could be missed, and none is left out for that.
        if (most < 100) Assert.True(missed > 0);
        else Assert.Equal(0, missed);
    }

    [Fact]
    public void Targets_that_the_towers_do_not_find_move_no_weight()
    {
        using var one = new Case(finished);
        foreach (var group in one.Users.Groups(1, 16))
        {
            // Only what the user has done already, which is no candidate.
            var targets = group.Targets;
            if (group.Task != one.Users.Task) continue;
            var done = group.Inputs[group.Task].Build();
            for (int q = 0; q < targets.QueryRows.Count; q++)
            {
                int user = targets.QueryRows[q] / 2;
                for (int t = targets.Start[q]; t < targets.Start[q + 1]; t++) targets.Items[t] = done.Ids[done.Start[user]];
            }
            Assert.Equal(0, one.Step.Run(group, 40, one.Features));
        }
        Assert.All(one.Parameters, p => Assert.False(p.Gradient.Span.ContainsAnyExcept(0f), p.Name));
    }

    [Fact]
    public void Candidates_are_the_best_items_by_float64_that_the_user_has_not_done()
    {
        using var one = new Case(finished);
        foreach (var (group, users) in one.Users.Validated(5))
        {
            one.Step.Look(group, 25, one.Features, (mined, _) =>
            {
                var done = mined.Histories.Of(group.Task);
                for (int u = 0; u < users.Length; u++)
                {
                    int[] mine = mined.Items.Span[mined.Start[u]..mined.Start[u + 1]].ToArray();
                    int[] own = done.Ids.Span[done.Start[u]..done.Start[u + 1]].ToArray();
                    Assert.NotEmpty(own);
                    float[] query = mined.Queries.Row((u * 2) + group.Task).ToArray();
                    double Score(int item) => one.Miner.Bias[item]
                        + query.Zip(one.Miner.Embeddings.Row(item).ToArray(), (q, e) => (double)q * e).Sum();
                    Assert.Equal(25, mine.Distinct().Except(own).Count());
                    double worst = mine.Min(Score);
                    var left = Enumerable.Range(0, (int)one.Miner.Bias.Count).Except(mine).Except(own);
                    Assert.All(left, item => Assert.True(Score(item) <= worst + 1e-4, $"{Score(item)} was left out for {worst}"));
                    for (int c = 0; c < mine.Length; c++)
                    {
                        Assert.Equal(Score(mine[c]), mined.Scores.Row(mined.Start[u] + c)[group.Task], 1e-4);
                    }
                }
            });
        }
    }

    static double Loss(UserGroup group, Mined mined, Tensor<float> logits, ref int found, ref int missed)
    {
        double loss = 0;
        var targets = group.Targets;
        for (int q = 0; q < targets.QueryRows.Count; q++)
        {
            Assert.Equal(group.Task, targets.QueryRows[q] % 2);
            int user = targets.QueryRows[q] / 2, first = mined.Start[user];
            int[] items = mined.Items.Span[first..mined.Start[user + 1]].ToArray();
            double[] own = [.. items.Select((_, c) => (double)logits.Row(first + c)[group.Task])];
            double whole = Math.Log(own.Sum(v => Math.Exp(v - own.Max()))) + own.Max();
            for (int t = targets.Start[q]; t < targets.Start[q + 1]; t++)
            {
                int place = Array.IndexOf(items, targets.Items[t]);
                if (place < 0) missed++;
                else loss += targets.Weights[t] * (whole - own[place]);
                found += place < 0 ? 0 : 1;
            }
        }
        return loss;
    }

    /// <summary>Everything that a step of the training needs, over copied towers.</summary>
    sealed class Case : IDisposable
    {
        readonly Workers _workers = new(2);
        readonly TrainedModel _model;
        readonly ItemInputs _inputs;

        public Case(FinishedTowers finished)
        {
            var (towers, dataset, kernels) = (finished.Copy(), finished.Dataset, CpuKernels.Create(_workers));
            _model = TrainedModel.Load(towers.Out);
            var events = TrainingEvents.Divide(dataset, DatasetSplitter.Split(dataset).Train, "save", towers);
            var draw = new UserDraw(dataset, events, _model, [1, 1], towers);
            Users = new ScoredUsers(draw, events, _model.Config, new OverArchOptions { Kind = "mlp", OtherTaskShare = 1 });
            _inputs = new ItemInputs(_model.ItemTower, dataset.Items, events.RowOfCatalogue);
            Miner = new MinedCandidates(_model, _inputs, kernels);
            Features = new CrossFeatures(_config, _model.Config, null);
            var overArch = OverArchKinds.Create(_config, _model.Config, OverArchWeights.New(4));
            var random = new Random(6);
            // The output begins at zero: all candidates would be equal.
            foreach (var (_, tensor) in overArch.Tensors)
            {
                foreach (ref float value in tensor.As<float>().Span) value += (random.NextSingle() - 0.5f) * 0.4f;
            }
            Parameters.AddAll(overArch.Tensors.Select(t => ("over_arch." + t.Name, t.Tensor)), _ => false);
            Step = new ScoringStep(Miner, overArch, Parameters, new StepDropout(1), kernels);
        }

        public ScoredUsers Users { get; }

        public MinedCandidates Miner { get; }

        public CrossFeatures Features { get; }

        public ParameterSet Parameters { get; } = new();

        public ScoringStep Step { get; }

        public void Dispose()
        {
            Step.Dispose();
            _inputs.Dispose();
            _model.Dispose();
            _workers.Dispose();
        }
    }
}
