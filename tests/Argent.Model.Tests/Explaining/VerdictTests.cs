using Argent.Model.Tests.Retrieval;

namespace Argent.Model.Tests.Explaining;

public sealed class VerdictTests
{
    static readonly string[] _tasks = ["save", "like", "buy", "share", "hide", "open"];

    static SampleOptions Options(int model, int heads, MergeKind merge) => new()
    {
        Items = 130 + model * 37,
        Dim = 6,
        NList = 9 + model % 4,
        Tasks = _tasks[..heads],
        Value = heads == 1 ? "save" : "save + 0.5 * like",
        Merge = merge,
        Activation = model % 2 == 0 ? TaskActivation.None : TaskActivation.Sigmoid,
        HasBias = model % 3 == 0,
        Metric = model % 5 == 4 ? Metric.Cosine : model % 5 == 3 ? Metric.L2 : Metric.InnerProduct,
        HasTextIds = model % 4 == 1,
        Seed = model + 1,
    };

    [Theory]
    [InlineData(1, MergeKind.Union)]
    [InlineData(2, MergeKind.Union)]
    [InlineData(6, MergeKind.Union)]
    [InlineData(2, MergeKind.Intersection)]
    [InlineData(6, MergeKind.WeightedSum)]
    [InlineData(3, MergeKind.RoundRobin)]
    [InlineData(6, MergeKind.Custom)]
    public void The_verdict_is_what_the_real_answer_says(int heads, MergeKind merge)
    {
        // 7 cases of 2,000 pairs: 14,000 pairs of a request and an item.
        int seed = 100 * heads + (int)merge;
        var random = new Random(seed);
        var seen = new Dictionary<ItemVerdict, int>();
        for (int model = 0; model < 10; model++)
        {
            using var sample = new ExplainedSample(Options(model, heads, merge), random);
            for (int pair = 0; pair < 200; pair++)
            {
                var request = sample.Request();
                var answer = sample.Ask(request);
                string item = sample.Item(answer);
                var explanation = sample.Look(request, item);
                int place = answer.Items.ToList().FindIndex(i => i.Id == item);
                string where = $"seed {seed}, model {model}, pair {pair}: {request}, item {item}: {explanation}";
                Assert.True((explanation.Verdict == ItemVerdict.Served) == (place >= 0), where);
                Assert.True(explanation.Rank == (place < 0 ? null : place + 1), where);
                if (place >= 0) Assert.True(answer.Items[place].Score.Equals(explanation.Value!.Value), where);
                Assert.True((answer.Probes, answer.Status, answer.Items.Count)
                    == (explanation.Search.Probes, explanation.Search.Status, explanation.Search.Returned), where);
                seen[explanation.Verdict] = seen.GetValueOrDefault(explanation.Verdict) + 1;
            }
        }
        ItemVerdict[] common =
        [
            ItemVerdict.Served, ItemVerdict.UnknownItem, ItemVerdict.NotLive, ItemVerdict.Excluded, ItemVerdict.NotInOnly,
            ItemVerdict.Filtered, ItemVerdict.ListNotProbed, ItemVerdict.BelowK,
        ];
        Assert.True(common.All(seen.ContainsKey), $"seed {seed}: {string.Join(", ", seen)}");
    }
}
