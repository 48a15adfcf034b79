using Argent.Tensors;

namespace Argent.Model;

/// <summary>What <c>model.json</c> of a trained model says.</summary>
public sealed record TrainedDescription
{
    /// <summary>The model's name: the data set's.</summary>
    public required string Name { get; init; }

    /// <summary>The shape of both towers.</summary>
    public required TowerConfig Towers { get; init; }

    /// <summary>The learned scorer of candidates; null when there is none.</summary>
    public OverArchConfig? OverArch { get; init; }

    /// <summary>Hash of the data that it was trained on; empty for imported weights.</summary>
    public string DatasetHash { get; init; } = "";

    /// <summary>Hash of the training options; empty for imported weights.</summary>
    public string ConfigHash { get; init; } = "";

    /// <summary>Seed of the training.</summary>
    public ulong Seed { get; init; }
}

/// <summary>
/// A trained model in a folder: <c>model.json</c>, <c>weights.safetensors</c> and <c>items.safetensors</c>, as training
/// writes them or as another system exports them (docs/weights.md names the tensors).
/// </summary>
public sealed class TrainedModel : IDisposable
{
    /// <summary>File of the description.</summary>
    public const string ModelFile = "model.json";

    /// <summary>File of the weights.</summary>
    public const string WeightsFile = "weights.safetensors";

    /// <summary>File of the trained items' ids.</summary>
    public const string ItemsFile = "items.safetensors";

    /// <summary>File of the OverArch's weights and neighbours, where there is one.</summary>
    public const string OverArchFile = "over_arch.safetensors";

    /// <summary>File of the training's report.</summary>
    public const string ReportFile = "report.json";

    readonly IReadOnlyList<IDisposable> _files;

    /// <summary>A model of towers in memory.</summary>
    public TrainedModel(TrainedDescription description, UserTower userTower, ItemTower itemTower)
        : this(description, userTower, itemTower, [])
    {
    }

    TrainedModel(
        TrainedDescription description, UserTower userTower, ItemTower itemTower, IReadOnlyList<IDisposable> files) =>
        (Description, UserTower, ItemTower, _files) = (description, userTower, itemTower, files);

    /// <summary>What the model is and where it came from.</summary>
    public TrainedDescription Description { get; }

    /// <summary>The shape of both towers.</summary>
    public TowerConfig Config => Description.Towers;

    /// <summary>Users to query vectors.</summary>
    public UserTower UserTower { get; }

    /// <summary>Items to vectors.</summary>
    public ItemTower ItemTower { get; }

    /// <summary>The learned scorer of candidates, of which <see cref="Description"/> holds the configuration; null for none.</summary>
    public TrainedOverArch? OverArch { get; init; }

    /// <summary>The items that were trained: rows of the id and history tables.</summary>
    public ItemIds Items => ItemTower.Items;

    /// <summary>Hash of the training options.</summary>
    public string ConfigHash => Description.ConfigHash;

    /// <summary>Seed of the training.</summary>
    public ulong Seed => Description.Seed;

    /// <summary>Hash of the data.</summary>
    public string DatasetHash => Description.DatasetHash;

    /// <summary>All tensors that serving needs, by path: <c>user_tower.*</c> with the trained item ids, <c>item_tower.*</c>.</summary>
    public IEnumerable<(string Name, AnyTensor Tensor)> WeightTensors =>
        UserTower.AllTensors("user_tower").Concat(ItemTower.AllTensors("item_tower"));

    /// <summary>Opens a folder.</summary>
    /// <exception cref="InvalidDataException">A file is missing or damaged, or a tensor has another type or shape than
    /// the description asks for; the message names the file and the tensor.</exception>
    public static TrainedModel Load(string folder) => Load(folder, withOverArch: true);

    /// <summary>Opens the towers of a folder; an OverArch that is there too is passed over, whatever it is.</summary>
    /// <exception cref="InvalidDataException">As of <see cref="Load(string)"/>.</exception>
    public static TrainedModel LoadTowers(string folder) => Load(folder, withOverArch: false);

    static TrainedModel Load(string folder, bool withOverArch)
    {
        string path = Path.Combine(folder, ModelFile);
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"The folder '{folder}' holds no trained model: there is no {ModelFile}.");
        }
        var description = StrictJson.Read<TrainedDescription>(File.ReadAllBytes(path), path);
        if (!withOverArch) description = description with { OverArch = null };
        var files = new List<IDisposable>();
        try
        {
            var items = OpenItems(Path.Combine(folder, ItemsFile), files);
            string weightsPath = Path.Combine(folder, WeightsFile);
            var weights = Open(weightsPath, files);
            CheckFinite(weights);
            var scorer = description.OverArch is null ? null : Open(Path.Combine(folder, OverArchFile), files);
            if (scorer is not null) CheckFinite(scorer);
            AnyTensor? Find(string name) => weights.Tensors.TryGetValue(name, out var tensor)
                || (scorer is not null && scorer.Tensors.TryGetValue(name, out tensor)) ? tensor : null;
            return FromTensors(description, items, Find, $"'{weightsPath}'", files);
        }
        catch
        {
            foreach (var file in files) file.Dispose();
            throw;
        }
    }

    /// <summary>Binds weights that are in memory or mapped; only the tensors that the description needs are asked for.</summary>
    /// <param name="description">What the model is.</param>
    /// <param name="items">Rows of the id and history tables.</param>
    /// <param name="tensors">The tensor of a path such as <c>item_tower.id.weight</c>, or null; see docs/weights.md.</param>
    /// <param name="origin">What errors call the weights: a file's path.</param>
    /// <exception cref="InvalidDataException">A tensor is missing or has another type or shape.</exception>
    public static TrainedModel FromTensors(
        TrainedDescription description, ItemIds items, Func<string, AnyTensor?> tensors, string origin) =>
        FromTensors(description, items, tensors, origin, []);

    static TrainedModel FromTensors(
        TrainedDescription description, ItemIds items, Func<string, AnyTensor?> tensors, string origin, IReadOnlyList<IDisposable> files)
    {
        var user = UserTower.FromTensors(description.Towers, tensors, items, origin);
        var item = ItemTower.FromTensors(description.Towers, tensors, items, origin);
        return new TrainedModel(description, user, item, files)
        {
            OverArch = description.OverArch is { } overArch
                ? TrainedOverArch.FromTensors(overArch, description.Towers, tensors, items.Count, origin)
                : null,
        };
    }

    /// <summary>Writes the files; each replaces its predecessor in one step, the description last.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        // The ids have a file of their own, so that weights trained elsewhere need no copy of them.
        var weights = WeightTensors.Where(t => !t.Name.StartsWith("user_tower.item_id", StringComparison.Ordinal)).ToList();
        Replace(Path.Combine(folder, ItemsFile), Items.Tensors);
        Replace(Path.Combine(folder, WeightsFile), weights);
        if (OverArch is not null) Replace(Path.Combine(folder, OverArchFile), [.. OverArch.Tensors]);
        DurableFolder.ReplaceFile(Path.Combine(folder, ModelFile), StrictJson.Write(Description));
    }

    /// <summary>Closes the files; the towers of a loaded model may not be used afterwards.</summary>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    /// <summary>Writes a file of tensors beside its place, then moves it there.</summary>
    public static void Replace(string path, IReadOnlyList<(string Name, AnyTensor Tensor)> tensors)
    {
        string partial = path + ".partial";
        try
        {
            SafetensorsWriter.Write(partial, tensors);
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    static SafetensorsFile Open(string path, List<IDisposable> files)
    {
        if (!File.Exists(path)) throw new InvalidDataException($"The trained model is incomplete: there is no file '{path}'.");
        var file = SafetensorsFile.Open(path);
        files.Add(file);
        return file;
    }

    static ItemIds OpenItems(string path, List<IDisposable> files)
    {
        var file = Open(path, files);
        var source = new TensorSource(name => file.Tensors.TryGetValue(name, out var tensor) ? tensor : null, $"'{path}'");
        var items = file.Tensors.ContainsKey("items.id_start")
            ? source.GetTexts("items.id_start", "items.id_text")
            : ItemIds.FromTensors(source.Get<long>("items.ids", [-1]), default, default);
        for (int row = 1; row < items.Count; row++)
        {
            // Look-up is a binary search, so ids out of order would silently not be found.
            if (items.Compare(row - 1, row) >= 0)
            {
                throw new InvalidDataException($"The ids in '{path}' do not ascend at row {row}: '{items.Text(row)}'.");
            }
        }
        return items;
    }

    static void CheckFinite(SafetensorsFile file)
    {
        foreach (var (name, tensor) in file.Tensors)
        {
            switch (tensor.Type)
            {
                case ElementType.F32:
                    var values = tensor.As<float>();
                    for (long i = 0; i < values.Count; i++) Check(values[i], name, i);
                    break;
                case ElementType.BF16:
                    var halves = tensor.As<BFloat16>();
                    for (long i = 0; i < halves.Count; i++) Check((float)halves[i], name, i);
                    break;
            }
        }

        void Check(float value, string name, long element)
        {
            if (float.IsFinite(value)) return;
            throw new InvalidDataException($"The tensor '{name}' of '{file.Path}' holds {value} at element {element}.");
        }
    }
}
