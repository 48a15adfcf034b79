using Argent.Data;
using Argent.Kernels;

namespace Argent.Training.Tests;

/// <summary>Towers that were trained once, of which every test takes a copy of its own.</summary>
public sealed class FinishedTowers : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("argent-finished-").FullName;

    public FinishedTowers() => TinyData.Train(Dataset, Options("towers"));

    internal Dataset Dataset { get; } = TinyData.Create();

    /// <summary>A copy of the towers.</summary>
    internal TrainOptions Copy()
    {
        string name = Path.GetRandomFileName();
        Directory.CreateDirectory(Path.Combine(_folder, name));
        foreach (string file in Directory.GetFiles(Path.Combine(_folder, "towers")))
        {
            File.Copy(file, Path.Combine(_folder, name, Path.GetFileName(file)));
        }
        return Options(name);
    }

    internal OverArchResult Train(TrainOptions towers, OverArchOptions options, int threads = 2)
    {
        using var workers = new Workers(threads);
        return OverArchTrainer.Train(
            Dataset, DatasetSplitter.Split(Dataset), towers, options, CpuKernels.Create(workers), Progress.None);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    TrainOptions Options(string name) => TinyData.Options(Path.Combine(_folder, name)) with { Epochs = 3, ScoredUsers = 60 };
}
