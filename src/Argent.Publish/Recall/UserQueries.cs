using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>Queries as real users ask them: the user tower over the histories of a data set.</summary>
public static class UserQueries
{
    /// <summary>Queries of a sample of the users that have any history, all heads of one user after another.</summary>
    /// <param name="trained">The towers.</param>
    /// <param name="dataset">Users and their events.</param>
    /// <param name="seed">Chooses the users.</param>
    /// <param name="kernels">Arithmetic.</param>
    /// <returns>[Q, D] float32; no tensor when no user has a history that the model reads.</returns>
    public static Tensor<float> Sample(TrainedModel trained, Dataset dataset, ulong seed, IKernels kernels)
    {
        var histories = dataset.Events.Where(e => trained.Config.Histories.Contains(e.Task)).ToList();
        int[] users = [.. Enumerable.Range(0, dataset.UserIds.Count).Where(u => histories.Any(h => h.Of(u).Length > 0))];
        int heads = trained.UserTower.Tasks.Count;
        int[] chosen = new SeededRandom(seed).Rows(users.Length, Math.Max(1, SampleQueries.CountMax / heads));
        if (chosen.Length == 0) return default;
        var batch = new UserBatchBuilder(trained.Config);
        foreach (int i in chosen) trained.UserTower.Encoder.Encode(UserInputs.Of(dataset, histories, users[i]), batch);
        using var scratch = new Scratch();
        var queries = trained.UserTower.Forward(batch.Build(), new ForwardPass(kernels, scratch));
        var copy = Tensor.Zeros<float>(queries.Shape);
        copy.CopyFrom(queries);
        return copy;
    }
}
