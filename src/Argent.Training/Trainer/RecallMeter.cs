using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>Recall of events that were kept back, over the exact scores of all items, training items left out.</summary>
sealed class RecallMeter : IDisposable
{
    const int GroupUsers = 64;

    /// <summary>The longest list that is measured.</summary>
    const int ListMax = 100;

    const int ListShort = 20;

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

    /// <summary>Mean recall of the users that have held-out events.</summary>
    /// <param name="users">What users show.</param>
    /// <param name="items">All trained items, as a function of the memory for them.</param>
    /// <param name="seen">Events that are left out of the lists.</param>
    /// <param name="heldOut">What should be found.</param>
    public (double Recall20, double Recall100) Measure(
        UserDraw users, Func<Scratch, ItemBatch> items, IReadOnlyList<Interactions> seen, Interactions heldOut)
    {
        _itemMemory.Reset();
        var (embeddings, biases) = _model.ItemTower.Forward(items(_itemMemory), new ForwardPass(_kernels, _itemMemory));
        int[] asked = [.. Enumerable.Range(0, heldOut.Users).Where(user => !heldOut.Of(user).IsEmpty)];
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
                var (hits20, hits100) = Hits(row, heldOut.Of(group[i]));
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

    /// <summary>How many wanted items are among the best: an item's place is the number of items before it.</summary>
    static (int Hits20, int Hits100) Hits(ReadOnlySpan<float> scores, ReadOnlySpan<int> wanted)
    {
        int hits20 = 0, hits100 = 0;
        foreach (int item in wanted)
        {
            int place = 0;
            float score = scores[item];
            for (int other = 0; other < scores.Length && place < ListMax; other++)
            {
                if (scores[other] > score || (scores[other] == score && other < item)) place++;
            }
            hits20 += place < ListShort ? 1 : 0;
            hits100 += place < ListMax ? 1 : 0;
        }
        return (hits20, hits100);
    }
}
