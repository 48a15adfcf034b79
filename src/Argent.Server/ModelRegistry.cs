using Argent.Kernels;
using Argent.Model;
using Argent.Serving;
using Argent.Tensors;

namespace Argent.Server;

/// <summary>The models in service, by name.</summary>
public sealed class ModelRegistry : IAsyncDisposable
{
    readonly Dictionary<string, Predictor> _predictors = new(StringComparer.Ordinal);

    /// <summary>Names in ordinal order.</summary>
    public IReadOnlyList<string> Names => [.. _predictors.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Opens an artifact, or every model of a folder of models at its newest version, and puts them in service.</summary>
    /// <exception cref="InvalidDataException">An artifact is damaged, or the folder holds none.</exception>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    public static ModelRegistry Load(
        string path, IKernels kernels, PredictorOptions options, FileMemory memory = FileMemory.Resident)
    {
        var registry = new ModelRegistry();
        foreach (string folder in ModelsFolder.ResolveAll(path))
        {
            var snapshot = Snapshot.Load(Artifact.Open(folder, memory: memory), kernels: kernels);
            registry._predictors.Add(snapshot.Manifest.Name, new Predictor(snapshot, kernels, options));
        }
        return registry;
    }

    /// <summary>The predictor of a model, or null.</summary>
    public Predictor? Find(string name) => _predictors.GetValueOrDefault(name);

    /// <summary>Stops every predictor after its waiting requests are answered.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var predictor in _predictors.Values) await predictor.DisposeAsync().ConfigureAwait(false);
        _predictors.Clear();
    }
}
