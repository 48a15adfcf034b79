using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>Recall of events that were kept back, over the exact scores of all items, training items left out.</summary>
sealed class RecallMeter : IDisposable
{
    const int GroupUsers = 64;

    readonly TrainedModel _model;
    readonly IKernels _kernels;
    readonly Scratch _itemMemory = new();
    readonly Scratch _userMemory = new();
    readonly UserBatchBuilder _inputs;

    public RecallMeter(TrainedModel model, IKernels kernels)
    {
        (_model, _kernels) = (model, kernels);
        _inputs = new UserBatchBuilder(model.Config);
    }

    /// <summary>Mean recall of users that have held-out events.</summary>
    /// <param name="users">What users show.</param>
    /// <param name="items">All trained items, as a function of the memory for them.</param>
    /// <param name="seen">Events that are left out of the lists.</param>
    /// <param name="heldOut">What should be found.</param>
    /// <param name="most">Users that are asked at most: of more, those at even distances, the same ones every time.</param>
    public (double Recall20, double Recall100) Measure(
        UserDraw users, Func<Scratch, ItemBatch> items, IReadOnlyList<Interactions> seen, Interactions heldOut, int most)
    {
        _itemMemory.Reset();
        var (embeddings, biases) = _model.ItemTower.Forward(items(_itemMemory), new ForwardPass(_kernels, _itemMemory));
        int[] asked = Asked(heldOut, most), all = [.. Enumerable.Range(0, (int)embeddings.Shape[0])];
        int head = Math.Max(0, _model.Config.Tasks.ToList().IndexOf(heldOut.Task));
        double recall20 = 0, recall100 = 0;
        for (int first = 0; first < asked.Length; first += GroupUsers)
        {
            var group = asked.AsSpan(first, Math.Min(GroupUsers, asked.Length - first));
            _userMemory.Reset();
            var scores = Score(group, head, users, embeddings, biases);
            for (int i = 0; i < group.Length; i++)
            {
                var row = scores.Row(i);
                foreach (var events in seen)
                {
                    foreach (int item in events.Of(group[i])) row[item] = float.NegativeInfinity;
                }
                var (hits20, hits100) = RecallHits.Of(row, all, heldOut.Of(group[i]));
                recall20 += (double)hits20 / heldOut.Of(group[i]).Length;
                recall100 += (double)hits100 / heldOut.Of(group[i]).Length;
            }
        }
        return (recall20 / Math.Max(1, asked.Length), recall100 / Math.Max(1, asked.Length));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _itemMemory.Dispose();
        _userMemory.Dispose();
    }

    static int[] Asked(Interactions heldOut, int most)
    {
        int[] able = [.. Enumerable.Range(0, heldOut.Users).Where(user => !heldOut.Of(user).IsEmpty)];
        if (able.Length <= most) return able;
        return [.. Enumerable.Range(0, most).Select(i => able[(int)((long)i * able.Length / most)])];
    }

    Tensor<float> Score(ReadOnlySpan<int> group, int head, UserDraw users, Tensor<float> embeddings, Tensor<float> biases)
    {
        _inputs.Clear();
        foreach (int user in group) users.Show(user, _inputs);
        var pass = new ForwardPass(_kernels, _userMemory);
        var queries = _model.UserTower.Forward(_inputs.Build(), pass);
        int heads = _model.Config.Tasks.Count;
        var asked = _userMemory.Rent<float>(new Shape(group.Length, queries.Shape[1]));
        for (int i = 0; i < group.Length; i++) queries.Row((i * heads) + head).CopyTo(asked.Row(i));
        var scores = _userMemory.Rent<float>(new Shape(group.Length, embeddings.Shape[0]));
        _kernels.Dense(new DenseArgs { Input = asked, Weight = embeddings, Bias = biases, Output = scores });
        return scores;
    }
}
