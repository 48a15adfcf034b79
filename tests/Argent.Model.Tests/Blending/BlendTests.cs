using Argent.Kernels;
using Argent.Model.Tests.Filter;
using Argent.Model.Tests.Retrieval;
using Argent.Tensors;

namespace Argent.Model.Tests.Blending;

public sealed class BlendTests : IDisposable
{
    const int Seed = 4_711;

    readonly Workers _workers = new(1);
    readonly Scratch _scratch = new();
    readonly SampleModel _sample;
    readonly IKernels _kernels;

    public BlendTests()
    {
        _kernels = CpuKernels.Create(_workers);
        _sample = new SampleModel(new SampleOptions(), _kernels);
    }

    [Fact]
    public void A_models_list_is_what_the_definition_composes_of_its_best_candidates()
    {
        var random = new Random(Seed);
        foreach (var config in Configs())
        {
            var user = _sample.User(random);
            var request = new RetrievalRequest { User = user, K = 12, NProbe = _sample.Options.NList };
            var byValue = Ask(request with { K = config.Pool, Blend = "{}" });
            var composed = Ask(request with { Blend = Json(config) });
            var oracle = Oracle(config, [.. byValue.Items.Select(i => i.Row)], [.. byValue.Items.Select(i => i.Score)]);
            var before = new List<int>();
            foreach (var item in composed.Items)
            {
                double[] worth = oracle.Worth(before, request.K);
                int chosen = byValue.Items.ToList().FindIndex(i => i.Row == item.Row);
                Assert.True(
                    worth[chosen] >= worth.Max() - 2e-3,
                    $"seed {Seed}, {config}, place {before.Count}: {worth[chosen]} of {worth.Max()}");
                Assert.Equal(byValue.Items[chosen].Score, item.Score);
                Assert.Equal(chosen == before.Count ? null : chosen + 1, item.Move?.Rank);
                before.Add(chosen);
            }
            Assert.NotEmpty(composed.Items);
            Assert.True(composed.Items.Count == request.K || oracle.Worth(before, request.K).Max() == double.NegativeInfinity);
        }
    }

    [Fact]
    public void Rules_hold_and_an_item_says_what_moved_it()
    {
        var config = new BlendConfig
        {
            Rules =
            [
                new() { Feature = "color", Count = 1, Window = 3 },
                new() { Slot = 4, Filter = "year = 1995", Name = "nineties" },
            ],
        };
        var random = new Random(Seed);
        var passedOver = new HashSet<string?>();
        for (int round = 0; round < 20; round++)
        {
            var items = Ask(new RetrievalRequest { User = _sample.User(random), K = 10, Blend = Json(config) }).Items;
            for (int place = 0; place < items.Count; place++)
            {
                var near = items.Skip(place).Take(3).SelectMany(i => Values(0, i.Row)).ToList();
                Assert.Equal(near.Distinct().Count(), near.Count);
                if (items[place].Move is not { } move) continue;
                Assert.NotEqual(place + 1, move.Rank);
                // Who stands behind the own place by value was passed over; only such an item has a reason.
                if (move.Rank < place + 1) Assert.NotNull(move.By);
                passedOver.Add(move.By);
            }
            Assert.Equal(1995, _sample.Catalogue.Columns[2].Keys[items[3].Row]);
        }
        Assert.Contains("at most 1 per color in 3", passedOver);
        Assert.Contains("nineties", passedOver);
    }

    [Fact]
    public void A_request_overrides_the_models_blend_and_an_empty_one_switches_it_off()
    {
        var config = new BlendConfig { Spacing = [new() { Feature = "color", Weight = 2 }] };
        var own = new SampleModel(new SampleOptions { Blend = config }, _kernels);
        var request = new RetrievalRequest { User = _sample.User(new Random(1)), K = 20 };
        var plain = Ask(request);
        Assert.All(plain.Items, i => Assert.Null(i.Move));
        Assert.Equal("identity", _sample.Model.Blend.Name);
        Assert.Equal("spacing of color", own.Model.Blend.Name);
        Assert.Equal(Rows(Ask(request with { Blend = Json(config) })), Rows(Ask(request, own)));
        Assert.Equal(Rows(plain), Rows(Ask(request with { Blend = "{}" }, own)));
        Assert.NotEqual(Rows(plain), Rows(Ask(request, own)));
    }

    [Fact]
    public void An_answer_depends_neither_on_its_batch_mates_nor_on_their_blends()
    {
        var random = new Random(Seed);
        string?[] blends = [null, "{}", .. Configs().Select(Json)];
        RetrievalRequest[] requests = [.. Enumerable.Range(0, 24).Select(i => new RetrievalRequest
        {
            User = _sample.User(random),
            K = 1 + i * 3,
            Blend = blends[i % blends.Length],
        })];
        var batch = new RetrievalBatch(requests.Length);
        foreach (var request in requests) batch.Add(_sample.Model.Prepare(request));
        _scratch.Reset();
        _sample.Model.Forward(batch, new ForwardPass(_kernels, _scratch));
        int[][] together = [.. requests.Select((_, i) => batch.Rows(i).ToArray())];
        for (int i = 0; i < requests.Length; i++) Assert.Equal(together[i], Rows(Ask(requests[i])));
    }

    [Theory]
    [InlineData("""{"pools": 3}""", "Did you mean 'pool'?")]
    [InlineData("""{"pool": 0}""", "pool is 0")]
    [InlineData("""{"spacing": [{"feature": "colour", "weight": 1}]}""", "Did you mean 'color'?")]
    [InlineData("""{"spacing": [{"feature": "color", "values": ["gren"], "weight": 1}]}""", "Did you mean 'green'?")]
    [InlineData("""{"spacing": [{"feature": "color", "weight": 1, "when": "yaer > 1"}]}""", "Did you mean 'year'?")]
    [InlineData("""{"spacing": [{"feature": "color", "weight": 1, "scale": 2}]}""", "exponential")]
    [InlineData("""{"spacing": [null]}""", "null")]
    [InlineData("""{"rules": [{"feature": "year", "values": ["soon"]}]}""", "whole numbers")]
    [InlineData("""{"rules": [{"feature": "year", "values": ["1995.5"]}]}""", "whole numbers")]
    [InlineData("""{"rules": [{"slot": 1, "filter": "TRUE", "count": 2}]}""", "either a feature")]
    [InlineData("""{"rules": [{"slot": 1, "filter": "TRUE"}, {"slot": 1, "filter": "year > 1"}]}""", "Two rules fill slot 1")]
    [InlineData("""{"rules": [{"feature": "color", "count": 3, "window": 3}]}""", "forbids nothing")]
    [InlineData("""{"diversity": {"kind": "ssd", "weight": 1, "window": 200}, "pool": 10000}""", "million steps")]
    [InlineData("""{"diversity": {"kind": "volume", "weight": 1}}""", "not valid")]
    [InlineData("[]", "not valid")]
    [InlineData("{", "not valid")]
    public void What_is_wrong_with_a_blend_is_said(string json, string expected)
    {
        var request = new RetrievalRequest { User = _sample.User(new Random(1)), K = 400, Blend = json };
        var error = Assert.Throws<RequestException>(() => _sample.Model.Prepare(request));
        Assert.Equal(RequestErrorKind.UnprocessableBlend, error.Kind);
        Assert.Contains(expected, error.Message);
    }

    [Theory]
    [InlineData("""{"rules": [{"feature": "sort", "count": 1, "window": 4}]}""", "no more than 3 items may stand in 4 places")]
    [InlineData("""{"rules": [{"feature": "sort", "values": ["a", "b"], "count": 1, "window": 4}]}""", null)]
    [InlineData("""{"rules": [{"feature": "sort", "count": 1, "window": 3}]}""", null)]
    [InlineData("""{"rules": [{"feature": "size", "count": 2, "window": 5}]}""", "no more than 4 items may stand in 5 places")]
    [InlineData("""{"rules": [{"slot": 2, "filter": "sort = 'd'"}]}""", "no item does")]
    [InlineData("""{"rules": [{"slot": 2, "filter": "size = 2"}]}""", null)]
    [InlineData("""{"rules": [{"feature": "sorts"}]}""", "Did you mean 'sort'?")]
    public void Rules_that_no_list_of_a_catalogue_can_keep_are_infeasible(string json, string? expected)
    {
        // Ten items of the sorts a, b, c and the sizes 1 and 2.
        var rows = Tensor.From<int>([.. Enumerable.Range(0, 10)]);
        var sort = FeatureColumn.Categorical(
            new("sort", FeatureType.Category), new Vocabulary(["a", "b", "c"]), [.. Enumerable.Range(0, 11)],
            [.. Enumerable.Range(0, 10).Select(i => i % 3)]);
        var size = FeatureColumn.Ordered(new("size", FeatureType.Integer), [.. Enumerable.Range(0, 10).Select(i => 1L + i % 2)]);
        var schema = new FeatureSchema([sort.Spec, size.Spec], [sort.Vocabulary, null]);
        var forward = new ForwardIndex(schema, new ForwardValues([ForwardEncoder.Encode(sort, rows), ForwardEncoder.Encode(size, rows)]));
        var config = BlendConfig.Parse(json);
        if (expected is null) BlendFeasibility.Check(config, forward, 10);
        else Assert.Contains(expected, Assert.Throws<ArgumentException>(() => BlendFeasibility.Check(config, forward, 10)).Message);
    }

    [Fact]
    public void Composing_allocates_nothing()
    {
        var random = new Random(Seed);
        var batch = new RetrievalBatch(8);
        foreach (var config in Configs())
        {
            batch.Add(_sample.Model.Prepare(new RetrievalRequest { User = _sample.User(random), K = 30, Blend = Json(config) }));
        }
        void Pass()
        {
            _scratch.Reset();
            _sample.Model.Forward(batch, new ForwardPass(_kernels, _scratch));
        }
        for (int i = 0; i < 60; i++) Pass();
        long least = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Pass();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    [Fact]
    public void A_manifest_keeps_a_blend_and_calls_none_identity()
    {
        using var folder = new TemporaryFolder();
        foreach (var config in (BlendConfig[])[new(), .. Configs()])
        {
            var sample = new SampleModel(new SampleOptions { Blend = config }, _kernels);
            string written = sample.Write(folder.Path);
            using var snapshot = Snapshot.Load(Argent.Model.Artifact.Open(written));
            Assert.Equal(config.ToString(), snapshot.Model.Blend.Name);
            Assert.Equal(Json(config), Json(snapshot.Manifest.Blend));
            string manifest = File.ReadAllText(Path.Combine(written, Manifest.FileName));
            Assert.Equal(config.IsIdentity, manifest.Contains("\"blend\": \"identity\"", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void An_explanation_knows_the_places_before_and_after_and_why()
    {
        var request = new RetrievalRequest { User = _sample.User(new Random(5)), K = 15, Blend = Json(Configs()[4]) };
        var response = Ask(request);
        int moved = 0;
        for (int place = 0; place < response.Items.Count; place++)
        {
            var item = response.Items[place];
            var explained = _sample.Model.Explain(request, item.Id, new ForwardPass(_kernels, _scratch)).Blend!;
            Assert.Equal(place + 1, explained.RankAfter);
            Assert.Equal(item.Move?.Rank ?? place + 1, explained.RankBefore);
            if (item.Move is null) continue;
            Assert.Equal(item.Move.By, explained.By);
            moved++;
        }
        Assert.True(moved > 5);
    }

    public void Dispose()
    {
        _scratch.Dispose();
        _workers.Dispose();
    }

    static BlendConfig[] Configs() =>
    [
        new() { Pool = 60, Diversity = new() { Kind = DiversityKind.Mmr, Weight = 0.7 } },
        new() { Pool = 70, Quality = BlendQuality.Rank, Diversity = new() { Kind = DiversityKind.Ssd, Weight = 0.5, Window = 4 } },
        new()
        {
            Pool = 50,
            Diversity = new()
            {
                Kind = DiversityKind.Dpp,
                Weight = 0.2,
                Similarity =
                [
                    new() { Kind = SimilarityKind.Embedding },
                    new() { Kind = SimilarityKind.Overlap, Feature = "tag", Weight = 2 },
                ],
            },
        },
        new()
        {
            Pool = 65,
            Quality = BlendQuality.Value,
            Spacing = [new() { Feature = "year", Values = ["1995", "1996"], Weight = 90, When = "color IN ('red', 'blue')" }],
        },
        new()
        {
            Pool = 80,
            Spacing =
            [
                new() { Feature = "tag", Weight = 0.3, Kernel = SpacingKernel.Exponential, Scale = 2 },
                new() { Feature = "color", Weight = 0.2 },
            ],
            Rules = [new() { Feature = "year", Window = 4 }, new() { Slot = 3, Filter = "color = 'white'" }],
        },
    ];

    /// <summary>What the definition works on, from the catalogue's own columns and the filter language's own oracle.</summary>
    ComposeOracle Oracle(BlendConfig config, int[] rows, float[] values)
    {
        float[] quality = [.. values.Select((v, i) => config.Quality switch
        {
            BlendQuality.Value => v,
            BlendQuality.Rank => 1 - i / (values.Length - 1f),
            _ => (v - values[^1]) / (values[0] - values[^1]),
        })];
        float[][] vectors = [.. rows.Select(row =>
        {
            float length = MathF.Sqrt(_sample.Vectors[row].Sum(x => x * x));
            return (float[])[.. _sample.Vectors[row].Select(x => x / length)];
        })];
        var (classes, conditions) = (new List<int[][]>(), new List<bool[]>());
        int Classes(string? feature, IReadOnlyList<string>? only)
        {
            if (feature is null) return -1;
            int column = Array.IndexOf(["color", "tag", "year"], feature);
            classes.Add([.. rows.Select(row => Values(column, row).Where(v => only?.Contains($"{v}") != false).ToArray())]);
            return classes.Count - 1;
        }
        int Condition(string? filter)
        {
            if (filter is null) return -1;
            bool[] matches = new FilterOracle(_sample.Catalogue).Matches(FilterLanguage.Parse(filter));
            conditions.Add([.. rows.Select(row => matches[row])]);
            return conditions.Count - 1;
        }
        var plan = new ComposePlan
        {
            Diversity = config.Diversity,
            SimilarityClasses = [.. (config.Diversity?.Similarity ?? []).Select(s => Classes(s.Feature, null))],
            Spacing = [.. config.Spacing.Select(s => (s, Classes(s.Feature, s.Values), Condition(s.When)))],
            Rules = [.. config.Rules.Select(r => (r, Classes(r.Feature, r.Values), Condition(r.Filter)))],
        };
        return new ComposeOracle(quality, vectors, [.. classes], [.. conditions], plan);
    }

    int[] Values(int column, int row)
    {
        var feature = _sample.Catalogue.Columns[column];
        if (column < 2) return feature.Ids(row).ToArray();
        return feature.Keys[row] == OrderedKey.Missing ? [] : [(int)feature.Keys[row]];
    }

    static string Json(BlendConfig config) => System.Text.Encoding.UTF8.GetString(StrictJson.Write(config));

    static int[] Rows(RetrievalResponse response) => [.. response.Items.Select(i => i.Row)];

    RetrievalResponse Ask(RetrievalRequest request, SampleModel? sample = null)
    {
        var model = (sample ?? _sample).Model;
        var batch = new RetrievalBatch(1);
        batch.Add(model.Prepare(request));
        _scratch.Reset();
        model.Forward(batch, new ForwardPass(_kernels, _scratch));
        return batch.Respond(0, "", 0);
    }
}
