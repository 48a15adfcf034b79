using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests;

public sealed class OverArchServingTests : IDisposable
{
    const string Options = """{ "projection": 8, "hidden": [9, 5] }""";

    readonly Workers _workers = new(2);
    readonly Scratch _scratch = new();
    readonly TemporaryFolder _models = new();

    public void Dispose()
    {
        _scratch.Dispose();
        _workers.Dispose();
        _models.Dispose();
    }

    [Fact]
    public void Scores_equal_the_formula_over_the_tensors_of_the_artifact_in_float64()
    {
        var one = new OverArchModel("mlp", Options, CpuKernels.Create(_workers));
        var layers = new Float64Layers(one.Served.OverArch);
        foreach (var user in one.Users()[..4])
        {
            var answer = Ask(one.Model, [user])[0];
            Assert.Equal(60, answer.Items.Count);
            double[] queries = Queries(one, user);
            foreach (var item in answer.Items)
            {
                double[] expected = Logits(one, layers, queries, user, one.Parts.Index.Lists.SlotOfRow[item.Row]);
                for (int t = 0; t < 2; t++)
                {
                    double error = Math.Abs(expected[t] - item.Tasks[t]);
                    Assert.True(error <= 2e-4 * (1 + Math.Abs(expected[t])), $"{item.Id}: {item.Tasks[t]}, float64 gives {expected[t]}");
                }
            }
        }
    }

    [Theory]
    [InlineData("mlp", Options)]
    [InlineData("mlp", """{ "projection": 4, "hidden": [6], "targetAttention": 5 }""")]
    [InlineData("attention", """{ "projection": 4, "width": 8, "heads": 2, "blocks": 1, "feedForward": 6 }""")]
    [InlineData("mol", """{ "userComponents": 2, "itemComponents": 3, "componentDim": 4, "gateHidden": 5 }""")]
    public void An_answer_has_the_same_bits_alone_and_among_others_on_any_threads_and_from_its_files(string kind, string options)
    {
        using var alone = new Workers(1);
        var one = new OverArchModel(kind, options, CpuKernels.Create(alone));
        var users = one.Users();
        string[] together = [.. Ask(one.Model, users).Select(Bits)];
        Assert.Equal(users.Length, together.Distinct().Count());
        using var snapshot = Snapshot.Load(Artifact.Open(ArtifactWriter.Write(_models.Path, one.Manifest(), one.Model.Parts(), [])));
        for (int u = 0; u < users.Length; u++)
        {
            Assert.Equal(together[u], Bits(Ask(one.Model, [users[u]])[0]));
            Assert.Equal(together[u], Bits(Ask(one.Model, [users[u]], alone)[0]));
            Assert.Equal(together[u], Bits(Ask(snapshot.Model, [users[^(u + 1)], users[u]])[1]));
        }
    }

    [Fact]
    public void A_ranking_gives_the_bits_of_a_retrieval_for_its_items()
    {
        var one = new OverArchModel("mlp", Options, CpuKernels.Create(_workers));
        var ranking = one.Model.Ranking;
        foreach (var user in one.Users())
        {
            var found = Ask(one.Model, [user])[0];
            _scratch.Reset();
            var ranked = ranking.Rank(
                ranking.Prepare(new RankingRequest { User = user, Items = [.. found.Items.Select(i => i.Id).Reverse()], Sort = true }),
                new ForwardPass(CpuKernels.Create(_workers), _scratch));
            Assert.Equal(
                found.Items.Select(i => Bits(i.Id, i.Score, i.Tasks)), ranked.Items.Select(i => Bits(i.Id, i.Score, i.Tasks.Span)));
        }
    }

    [Theory]
    [InlineData("mlp", Options)]
    [InlineData("attention", """{ "projection": 4, "width": 8, "heads": 2, "blocks": 1, "feedForward": 6 }""")]
    [InlineData("mol", """{ "userComponents": 2, "itemComponents": 3, "componentDim": 4, "gateHidden": 5 }""")]
    public void Embeddings_computed_for_a_ranking_give_the_scores_of_the_cache_and_item_sides(string kind, string options)
    {
        var one = new OverArchModel(kind, options, CpuKernels.Create(_workers), isEmbeddedByTower: true);
        string[] ids = [.. Enumerable.Range(0, one.Parts.Items.Ids.Count).Select(one.Parts.Items.Ids.Text)];
        foreach (var user in one.Users())
        {
            var request = new RankingRequest { User = user, Items = ids };
            string[] cached = Scores(request);
            Assert.Equal(400, cached.Length);
            Assert.Equal(cached, Scores(request with { Embeddings = RankingEmbeddings.Computed }));
        }
        // Sides that are wrong in the artifact are not what computed embeddings are scored with.
        var asked = new RankingRequest { User = one.Users()[0], Items = ids };
        var (before, after) = (Computed(), CachedWithoutSides());
        Assert.NotEqual(before, after);
        Assert.Equal(before, Computed());

        string[] Computed() => Scores(asked with { Embeddings = RankingEmbeddings.Computed });

        string[] CachedWithoutSides()
        {
            one.Served.Items.Span.Clear();
            return Scores(asked);
        }

        string[] Scores(RankingRequest request) => [.. Rank(one, request).Items.Select(i => Bits(i.Id, i.Score, i.Tasks.Span))];
    }

    [Theory]
    [InlineData("mlp", Options)]
    [InlineData("attention", """{ "projection": 4, "width": 8, "heads": 2, "blocks": 1, "feedForward": 6 }""")]
    public void An_explained_answer_has_the_scores_that_were_served(string kind, string options)
    {
        var one = new OverArchModel(kind, options, CpuKernels.Create(_workers));
        foreach (var user in one.Users())
        {
            // Candidates that are no part of the answer: attention sees them too.
            var request = Request(user) with { K = 9, Filter = "year > 1980" };
            var answer = Ask(one.Model, request);
            _scratch.Reset();
            var explained = one.Model.Explain(request, answer, new ForwardPass(CpuKernels.Create(_workers), _scratch)).Explanation!;
            Assert.Equal(9, explained.Items.Count);
            for (int i = 0; i < 9; i++)
            {
                Assert.Equal(answer.Items[i].Tasks.ToArray(), explained.Items[i]!.Heads.Select(h => h.Score));
            }
        }
    }

    [Theory]
    [InlineData("mlp", Options)]
    [InlineData("attention", """{ "projection": 4, "width": 8, "heads": 2, "blocks": 1, "feedForward": 6 }""")]
    public void An_explanation_agrees_with_the_answer(string kind, string options)
    {
        var one = new OverArchModel(kind, options, CpuKernels.Create(_workers));
        foreach (var user in one.Users())
        {
            var request = Request(user);
            var answer = Ask(one.Model, [user])[0];
            foreach (int place in new[] { 0, 30, 59 })
            {
                _scratch.Reset();
                var explained = one.Model.Explain(
                    request, answer.Items[place].Id, new ForwardPass(CpuKernels.Create(_workers), _scratch));
                Assert.Equal(place + 1, explained.Rank);
                Assert.Equal(answer.Items[place].Score, explained.Value!.Value);
                Assert.Equal(answer.Items[place].Tasks.ToArray(), explained.Value.Tasks.Select(t => t.Score));
            }
        }
    }

    [Theory]
    [InlineData("mlp", Options)]
    [InlineData("mlp", """{ "projection": 4, "hidden": [6], "targetAttention": 5 }""")]
    [InlineData("attention", """{ "projection": 4, "width": 8, "heads": 2, "blocks": 1, "feedForward": 6 }""")]
    public void A_warm_pass_with_an_OverArch_allocates_nothing(string kind, string options)
    {
        using var workers = new Workers(1);
        var kernels = CpuKernels.Create(workers);
        Assert.SkipWhen(kernels.Variant == "reference", "The reference is simple, not frugal.");
        var one = new OverArchModel(kind, options, kernels);
        var batch = new RetrievalBatch(5);
        foreach (var user in one.Users()) batch.Add(one.Model.Prepare(Request(user)));
        long least = long.MaxValue;
        for (int i = 0; i < 60; i++)
        {
            _scratch.Reset();
            long before = GC.GetAllocatedBytesForCurrentThread();
            one.Model.Forward(batch, new ForwardPass(kernels, _scratch));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    [Fact]
    public void An_artifact_of_an_unknown_kind_or_with_a_misshapen_tensor_is_refused_by_name()
    {
        var one = new OverArchModel("mlp", Options, CpuKernels.Create(_workers));
        Assert.Contains(
            "kind 'mpl', which this program does not know; it knows attention, mlp, mol",
            Refused(one, one.Manifest(one.Served.Config with { Kind = "mpl" })), StringComparison.Ordinal);
        var narrow = one.Served.Config with { Options = System.Text.Json.JsonDocument.Parse("""{ "projection": 7 }""").RootElement };
        Assert.Contains("over_arch.user.weight", Refused(one, one.Manifest(narrow)), StringComparison.Ordinal);
        var fewer = one.Served.Config with { Features = ["bias"], FeatureMeans = null, FeatureFactors = null };
        Assert.Contains("over_arch.hidden.0.weight", Refused(one, one.Manifest(fewer)), StringComparison.Ordinal);
        var means = one.Served.Config with { FeatureMeans = [1] };
        Assert.Contains("1 means", Refused(one, one.Manifest(means)), StringComparison.Ordinal);
    }

    string Refused(OverArchModel one, Manifest manifest)
    {
        string folder = ArtifactWriter.Write(_models.Path, manifest, one.Model.Parts(), []);
        return Assert.Throws<InvalidDataException>(() => Snapshot.Load(Artifact.Open(folder)).Dispose()).Message;
    }

    static RetrievalRequest Request(UserInput user) => new() { User = user, K = 60, NProbe = 12 };

    RetrievalResponse[] Ask(RetrievalModel model, UserInput[] users, Workers? workers = null)
    {
        var batch = new RetrievalBatch(users.Length);
        foreach (var user in users) batch.Add(model.Prepare(Request(user)));
        _scratch.Reset();
        model.Forward(batch, new ForwardPass(CpuKernels.Create(workers ?? _workers), _scratch));
        return [.. users.Select((_, i) => batch.Respond(i, "", 0))];
    }

    RankingResponse Rank(OverArchModel one, RankingRequest request)
    {
        _scratch.Reset();
        return one.Model.Ranking.Rank(one.Model.Ranking.Prepare(request), new ForwardPass(CpuKernels.Create(_workers), _scratch));
    }

    RetrievalResponse Ask(RetrievalModel model, RetrievalRequest request)
    {
        var batch = new RetrievalBatch(1);
        batch.Add(model.Prepare(request));
        _scratch.Reset();
        model.Forward(batch, new ForwardPass(CpuKernels.Create(_workers), _scratch));
        return batch.Respond(0, "", 0);
    }

    static string Bits(RetrievalResponse answer) => string.Join('\n', answer.Items.Select(i => Bits(i.Id, i.Score, i.Tasks)));

    static string Bits(string id, float score, ReadOnlySpan<float> tasks) =>
        id + " " + string.Join(' ', ((float[])[score, .. tasks]).Select(BitConverter.SingleToInt32Bits));

    double[] Queries(OverArchModel one, UserInput user)
    {
        var builder = new UserBatchBuilder(one.Towers);
        one.Parts.UserTower!.Encoder.Encode(user, builder);
        _scratch.Reset();
        var queries = one.Parts.UserTower.Forward(builder.Build(), new ForwardPass(CpuKernels.Create(_workers), _scratch));
        return [.. queries.ToArray().Select(v => (double)v)];
    }

    static double[] Logits(OverArchModel one, Float64Layers layers, double[] queries, UserInput user, int slot)
    {
        var (config, lists) = (one.Served.Config, one.Parts.Index.Lists);
        double[] embedding = [.. one.Parts.Cache.Embeddings.Row(slot).ToArray().Select(v => (double)(float)v)];
        int row = lists.Rows[slot];
        double[] raw = [.. config.Features.Select(name => Feature(name.Split('.')))];
        double[] features = [.. raw.Select((v, f) => (v - config.FeatureMeans![f]) * config.FeatureFactors![f])];
        double[] side = [.. one.Served.Items.Row(slot).ToArray().Select(v => (double)(float)v)], own = layers.Dense("user", queries);
        double[] x = [.. own, .. side, .. own.Zip(side, (u, i) => u * i), .. features];
        for (int layer = 0; layer < 2; layer++) x = layers.Dense($"hidden.{layer}", x, silu: true);
        return [.. layers.Dense("output", x).Zip(layers.Dense("linear", features), (o, l) => o + l)];

        double Feature(string[] name) => name[0] switch
        {
            "bias" => lists.Bias[slot],
            "score" => Float64Layers.Dot(Head(Array.IndexOf([.. one.Towers.Tasks], name[1])), embedding) + lists.Bias[slot],
            "count" => Math.Log(1 + Past(name[1]).Length),
            "neighbours" => Sum(name[1]),
            _ => Math.Sqrt(Math.Max(0, Sum(name[1]))),
        };

        double[] Head(int task) => queries[(task * OverArchModel.Dim)..((task + 1) * OverArchModel.Dim)];

        int[] Past(string history) => user.History?.TryGetValue(history, out var ids) is true
            ? [.. ids.Select(one.Parts.UserTower!.HistoryItems.Find).Where(r => r >= 0)]
            : [];

        double Sum(string history) => Past(history).Sum(past => Enumerable.Range(
            (int)one.Neighbours.Start[past], (int)(one.Neighbours.Start[past + 1] - one.Neighbours.Start[past]))
            .Where(n => one.Neighbours.Items[n] == row && row < OverArchModel.Trained - 1)
            .Sum(n => (double)(float)one.Neighbours.Weights[n]));
    }
}
