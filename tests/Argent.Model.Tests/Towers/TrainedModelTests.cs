using Argent.Tensors;
using static Argent.Model.Tests.SampleTowers;

namespace Argent.Model.Tests;

public sealed class TrainedModelTests
{
    [Fact]
    public void A_saved_model_loads_with_equal_description_and_weights()
    {
        using var folder = new TemporaryFolder();
        using var model = Create();
        model.Save(folder.Path);

        using var loaded = TrainedModel.Load(folder.Path);

        Assert.Equal(StrictJson.Write(model.Description), StrictJson.Write(loaded.Description));
        Assert.Equal(model.WeightTensors.Select(Describe), loaded.WeightTensors.Select(Describe));
        Assert.Equal([10L, 20, 30, 40], Enumerable.Range(0, 4).Select(loaded.Items.Number));
    }

    [Fact]
    public void Saving_twice_writes_the_same_bytes_and_leaves_no_other_file()
    {
        using var folder = new TemporaryFolder();
        using var model = Create();
        model.Save(folder.Path);
        var first = Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList();
        model.Save(folder.Path);

        var second = Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList();

        Assert.Equal(3, second.Count);
        Assert.Equal(first, second);
    }

    [Fact]
    public void Trained_item_ids_are_found_among_the_weights()
    {
        using var model = Create();
        var tensors = model.WeightTensors.ToDictionary(t => t.Name, t => t.Tensor);

        var ids = UserTower.ItemIdsFrom(name => tensors.TryGetValue(name, out var tensor) ? tensor : null);

        Assert.Equal(2, ids.Find("30"));
    }

    [Fact]
    public void Text_ids_survive()
    {
        using var folder = new TemporaryFolder();
        var config = new TowerConfig { Dim = 2, Tasks = ["a"], Histories = ["a"] };
        var items = ItemIds.FromSorted(["", "x", "ö"]);
        var description = new TrainedDescription { Name = "texts", Towers = config };
        new TrainedModel(description, UserTower.Zeros(config, items, []), ItemTower.Zeros(config, items, [])).Save(folder.Path);

        using var loaded = TrainedModel.Load(folder.Path);

        Assert.Equal(2, loaded.Items.Find("ö"));
        Assert.Equal(["", "x", "ö"], Enumerable.Range(0, 3).Select(loaded.UserTower.HistoryItems.Text));
    }

    [Fact]
    public void A_missing_tensor_is_an_error_that_says_what_is_needed()
    {
        string message = LoadAltered(weights => weights.Remove("user_tower.heads.weight"));

        Assert.Contains(
            "has no tensor 'user_tower.heads.weight'; the model needs F32[10, 25] by that name.", message, StringComparison.Ordinal);
        Assert.Contains("weights.safetensors", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_of_another_shape_is_an_error_with_both_shapes()
    {
        string message = LoadAltered(weights =>
            weights["item_tower.id.weight"] = AnyTensor.From(Tensor.Zeros<float>(new Shape(5, 4))));

        Assert.Contains("'item_tower.id.weight' of ", message, StringComparison.Ordinal);
        Assert.Contains("is F32[5, 4]; the model needs F32[4, 5].", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_of_another_type_is_an_error_with_both_types()
    {
        string message = LoadAltered(weights =>
            weights["item_tower.bias"] = AnyTensor.From(Tensor.Zeros<BFloat16>(new Shape(4))));

        Assert.Contains("is BF16[4]; the model needs F32[4].", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weight_that_is_no_number_is_an_error()
    {
        string message = LoadAltered(weights =>
            weights["item_tower.bias"] = AnyTensor.From(Tensor.From(0f, 1f, float.NaN, 2f)));

        Assert.Contains("'item_tower.bias'", message, StringComparison.Ordinal);
        Assert.Contains("holds NaN at element 2", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.NegativeInfinity, "-Infinity")]
    public void A_weight_of_16_bits_that_is_no_number_is_an_error(float wrong, string says)
    {
        string message = LoadAltered(weights => weights["item_tower.bias"] = AnyTensor.From(
            Tensor.From((BFloat16)0f, (BFloat16)wrong, (BFloat16)1f, (BFloat16)2f)));

        Assert.Contains("'item_tower.bias'", message, StringComparison.Ordinal);
        Assert.Contains($"holds {says} at element 1", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Value_starts_that_leave_the_text_are_an_error()
    {
        string message = LoadAltered(weights =>
            weights["item_tower.features.genre.value_start"] = AnyTensor.From(Tensor.From(0L, 700, 13)));

        Assert.Contains("does not divide 'item_tower.features.genre.value_text' into texts", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Item_ids_out_of_order_are_an_error()
    {
        using var folder = new TemporaryFolder();
        Create().Save(folder.Path);
        SafetensorsWriter.Write(
            folder[TrainedModel.ItemsFile], [("items.ids", AnyTensor.From(Tensor.From(10L, 30, 20, 40)))]);

        var error = Assert.Throws<InvalidDataException>(() => TrainedModel.Load(folder.Path));

        Assert.Contains("do not ascend at row 2: '20'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_model_is_an_error_that_names_it()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<InvalidDataException>(() => TrainedModel.Load(folder.Path));

        Assert.Equal($"The folder '{folder.Path}' holds no trained model: there is no model.json.", error.Message);
    }

    [Theory]
    [InlineData("weights.safetensors")]
    [InlineData("items.safetensors")]
    public void A_missing_file_is_an_error_that_names_it(string file)
    {
        using var folder = new TemporaryFolder();
        Create().Save(folder.Path);
        File.Delete(folder[file]);

        var error = Assert.Throws<InvalidDataException>(() => TrainedModel.Load(folder.Path));

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    static string LoadAltered(Action<Dictionary<string, AnyTensor>> alter)
    {
        using var folder = new TemporaryFolder();
        using var model = Create();
        model.Save(folder.Path);
        var weights = model.WeightTensors.ToDictionary(t => t.Name, t => t.Tensor);
        alter(weights);
        SafetensorsWriter.Write(folder[TrainedModel.WeightsFile], [.. weights.Select(w => (w.Key, w.Value))]);
        return Assert.Throws<InvalidDataException>(() => TrainedModel.Load(folder.Path)).Message;
    }

    static unsafe string Describe((string Name, AnyTensor Tensor) t) =>
        t.Name + t.Tensor.Type + t.Tensor.Shape + Convert.ToHexString(new ReadOnlySpan<byte>(t.Tensor.Pointer, (int)t.Tensor.ByteLength));
}
