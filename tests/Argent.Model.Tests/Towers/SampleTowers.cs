using Argent.Tensors;

namespace Argent.Model.Tests;

/// <summary>Small towers with every kind of part and random weights.</summary>
static class SampleTowers
{
    public const int Dim = 5;

    public static ItemIds Items { get; } = ItemIds.FromSorted([10L, 20, 30, 40]);

    public static TowerConfig Config { get; } = new()
    {
        Dim = Dim,
        Tasks = ["save", "like"],
        Histories = ["save", "like"],
        UserIdBuckets = 7,
        UserFeatures = [new("country", FeatureType.Category), new("age", FeatureType.Integer)],
        UserHidden = [6, 3],
        ItemFeatures = [new("genre", FeatureType.Categories), new("year", FeatureType.Integer)],
        ItemHidden = [4],
    };

    /// <summary>A user with every kind of input; items 99 and the text "no" were never trained.</summary>
    public static UserInput Ann { get; } = new()
    {
        Id = "ann",
        History = new Dictionary<string, IReadOnlyList<string>>
        {
            ["save"] = ["40", "99", "10", "no", "40"],
            ["like"] = ["20"],
        },
        Features = new Dictionary<string, string> { ["country"] = "Österreich", ["age"] = "18", ["unused"] = "?" },
    };

    public static TrainedModel Create(int seed = 3)
    {
        var user = UserTower.Zeros(Config, Items,
        [
            FeatureTable.OfValues(Config.UserFeatures[0], ["DE", "FR", "Österreich"], Dim),
            FeatureTable.OfBounds(Config.UserFeatures[1], [18, 65], Dim),
        ]);
        var item = ItemTower.Zeros(Config, Items,
        [
            FeatureTable.OfValues(Config.ItemFeatures[0], ["horror", "fantasy"], Dim),
            FeatureTable.OfBounds(Config.ItemFeatures[1], [1950], Dim),
        ]);
        var model = new TrainedModel(new TrainedDescription { Name = "sample", Towers = Config, Seed = 5 }, user, item);
        var random = new Random(seed);
        foreach (var (_, tensor) in model.WeightTensors)
        {
            if (tensor.Type != ElementType.F32) continue;
            foreach (ref float x in tensor.As<float>().Span) x = random.NextSingle() - 0.5f;
        }
        return model;
    }

    public static Catalogue Catalogue()
    {
        var genres = new Vocabulary(["fantasy", "horror", "western"]);
        var genre = FeatureColumn.Categorical(new("genre", FeatureType.Categories), genres, [0, 2, 2, 3], [0, 1, 2]);
        var year = FeatureColumn.Ordered(new("year", FeatureType.Integer), [1949, OrderedKey.Missing, 1950]);
        return new Catalogue(ItemIds.FromSorted([20L, 35, 40]), null, [genre, year]);
    }

    public static double[] Row(TrainedModel model, string name, int row)
    {
        var tensor = model.WeightTensors.First(t => t.Name == name).Tensor.As<float>();
        return [.. tensor.Reshape(new Shape(tensor.Shape[0], tensor.Shape.RowCount)).Row(row).ToArray().Select(x => (double)x)];
    }

    public static double[] Dense(TrainedModel model, string path, double[] x, bool silu)
    {
        int outputs = (int)model.WeightTensors.First(t => t.Name == path + ".weight").Tensor.Shape[0];
        var y = new double[outputs];
        for (int i = 0; i < outputs; i++)
        {
            y[i] = Dot(Row(model, path + ".weight", i), x) + Row(model, path + ".bias", i)[0];
            if (silu) y[i] /= 1 + Math.Exp(-y[i]);
        }
        return y;
    }

    public static double[] Output(TrainedModel model, string name, double[] x)
    {
        int outputs = (int)model.WeightTensors.First(t => t.Name == name).Tensor.Shape[0];
        return [.. Enumerable.Range(0, outputs).Select(i => Dot(Row(model, name, i), x))];
    }

    public static double[] Pool(double divisor, params double[][] rows)
    {
        var sum = new double[Dim];
        foreach (var row in rows)
        {
            for (int i = 0; i < Dim; i++) sum[i] += row[i] / divisor;
        }
        return sum;
    }

    public static double[] Add(params double[][] rows) =>
        [.. Enumerable.Range(0, rows[0].Length).Select(i => rows.Sum(row => row[i]))];

    static double Dot(double[] left, double[] right) => left.Zip(right, (a, b) => a * b).Sum();
}
