using System.Text.Json;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>Where a training is, beside its tensors: the metadata of <c>checkpoint.safetensors</c>.</summary>
sealed record CheckpointState
{
    /// <summary>Hash of the data set.</summary>
    public required string DatasetHash { get; init; }

    /// <summary>Hash of the options.</summary>
    public required string OptionsHash { get; init; }

    /// <summary>Epochs done, in order.</summary>
    public required IReadOnlyList<EpochReport> Epochs { get; init; }

    /// <summary>The epoch with the best validation.</summary>
    public required int BestEpoch { get; init; }
}

/// <summary>
/// Everything that a training needs to go on: weights, their average, the best ones, the optimiser's state. Random
/// numbers need none, as they are functions of seed and epoch. One file, so that it is never half of two states.
/// </summary>
sealed class Checkpoint(string folder, string file = "checkpoint.safetensors")
{
    const string StateKey = "state";

    readonly string _path = Path.Combine(folder, file);

    /// <summary>Replaces the checkpoint in one step.</summary>
    public void Write(CheckpointState state, IReadOnlyList<(string Name, AnyTensor Tensor)> tensors)
    {
        string partial = _path + ".partial";
        try
        {
            string text = JsonSerializer.Serialize(state, StrictJson.Compact);
            SafetensorsWriter.Write(partial, tensors, new Dictionary<string, string> { [StateKey] = text });
            File.Move(partial, _path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Copies a checkpoint of the same data and options into <paramref name="tensors"/>.</summary>
    /// <returns>Where the training was, or null when there is no checkpoint.</returns>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or of other data or options.</exception>
    public CheckpointState? Read(string datasetHash, string optionsHash, IReadOnlyList<(string Name, AnyTensor Tensor)> tensors)
    {
        if (!File.Exists(_path)) return null;
        using var file = SafetensorsFile.Open(_path);
        if (!file.Metadata.TryGetValue(StateKey, out string? text)) throw Bad("holds no state of a training");
        var state = Parse(text);
        if (state.DatasetHash != datasetHash) throw Bad("was written for other data");
        if (state.OptionsHash != optionsHash) throw Bad("was written with other options");
        foreach (var (name, tensor) in tensors)
        {
            if (!file.Tensors.TryGetValue(name, out var saved) || saved.Type != tensor.Type || saved.Shape != tensor.Shape)
            {
                throw Bad($"has no tensor '{name}' of {tensor.Type}{tensor.Shape}");
            }
        }
        foreach (var (name, tensor) in tensors) Copy(file.Tensors[name], tensor);
        return state;
    }

    CheckpointState Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<CheckpointState>(text, StrictJson.Compact) ?? throw Bad("holds no state of a training");
        }
        catch (JsonException e)
        {
            throw Bad("has a damaged state: " + e.Message);
        }
    }

    static unsafe void Copy(in AnyTensor from, in AnyTensor to) =>
        Buffer.MemoryCopy(from.Pointer, to.Pointer, to.ByteLength, from.ByteLength);

    InvalidDataException Bad(string why) =>
        new($"The checkpoint '{_path}' {why}; train without resuming, or into another folder.");
}
