using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>Candidates of a group of users as the towers find them, in scratch memory.</summary>
readonly record struct Mined
{
    /// <summary>[G * H, D] float32.</summary>
    public required Tensor<float> Queries { get; init; }

    /// <summary>[C] int32 trained rows, of one user after the other, best first.</summary>
    public required Tensor<int> Items { get; init; }

    /// <summary>[G + 1] int32.</summary>
    public required Tensor<int> Start { get; init; }

    /// <summary>[C, H] float32, the heads' exact scores.</summary>
    public required Tensor<float> Scores { get; init; }

    /// <summary>What each user did.</summary>
    public required UserHistories Histories { get; init; }
}

/// <summary>
/// Finds the items that the towers score highest for a user, over all trained items and exactly: the candidates that an
/// OverArch will have to tell apart. The towers are finished: their vectors are computed once, and rounded as the embedding
/// cache rounds them.
/// </summary>
sealed class MinedCandidates
{
    readonly TrainedModel _model;
    readonly IKernels _kernels;
    readonly Tensor<BFloat16> _cache; // [N, D]

    public MinedCandidates(TrainedModel model, ItemInputs items, IKernels kernels)
    {
        (_model, _kernels) = (model, kernels);
        using var scratch = new Scratch();
        int count = model.Items.Count;
        int[] all = [.. Enumerable.Range(0, count)];
        var (embeddings, bias) = model.ItemTower.Forward(items.Batch(all, 0, default, scratch), new ForwardPass(kernels, scratch));
        _cache = Tensor.Zeros<BFloat16>(embeddings.Shape);
        (Embeddings, Bias) = (Tensor.Zeros<float>(embeddings.Shape), Tensor.Zeros<float>(bias.Shape));
        for (long i = 0; i < embeddings.Count; i++)
        {
            _cache[i] = (BFloat16)embeddings[i];
            Embeddings[i] = (float)_cache[i];
        }
        Bias.CopyFrom(bias);
    }

    /// <summary>[N, D] float32 of bfloat16 numbers.</summary>
    public Tensor<float> Embeddings { get; }

    /// <summary>[N] float32.</summary>
    public Tensor<float> Bias { get; }

    /// <summary>Candidates that every user of a group has: all items but those that one of them did.</summary>
    public int Most(UserGroup group)
    {
        int own = Own(group), done = 0;
        if (own >= 0)
        {
            var start = group.Inputs[own].Build().Start;
            for (int u = 0; u + 1 < start.Count; u++) done = Math.Max(done, start[u + 1] - start[u]);
        }
        return Math.Max(1, (int)Embeddings.Shape[0] - done);
    }

    /// <summary>The hardest items of each user that the user has not done.</summary>
    /// <param name="group">The users and what they are asked for.</param>
    /// <param name="most">Candidates of a user.</param>
    /// <param name="scratch">Memory.</param>
    public Mined Mine(UserGroup group, int most, Scratch scratch)
    {
        var pass = new ForwardPass(_kernels, scratch);
        var batch = group.Inputs.Build();
        var queries = _model.UserTower.Forward(batch, pass);
        var histories = Histories(batch, scratch);
        int users = group.Inputs.Count, heads = _model.Config.Tasks.Count;
        var top = Select(group, queries, histories, most, scratch);
        var (items, start) = (scratch.Rent<int>(new Shape(top.Count)), scratch.Rent<int>(new Shape(users + 1)));
        int count = 0;
        start[0] = 0;
        for (int u = 0; u < users; u++)
        {
            foreach (int item in top.Row(u))
            {
                if (item >= 0) items[count++] = item;
            }
            start[u + 1] = count;
        }
        items = items.Rows(0, count);
        var exact = scratch.Rent<float>(new Shape(users, most, heads));
        _kernels.ScoreCandidates(new ScoreCandidatesArgs
        {
            Queries = queries,
            Embeddings = _cache,
            Bias = Bias,
            Slots = top,
            Scores = exact,
        });
        var scores = scratch.Rent<float>(new Shape(count, heads));
        for (int u = 0, c = 0; u < users; u++)
        {
            for (int i = 0; i < most; i++)
            {
                if (top.Row(u)[i] >= 0) exact.Row(u).Slice(i * heads, heads).CopyTo(scores.Row(c++));
            }
        }
        return new Mined { Queries = queries, Items = items, Start = start, Scores = scores, Histories = histories };
    }

    /// <summary>[G, most] int32 items, best first, -1 where there are no more.</summary>
    Tensor<int> Select(UserGroup group, Tensor<float> queries, in UserHistories histories, int most, Scratch scratch)
    {
        int users = group.Inputs.Count, heads = _model.Config.Tasks.Count;
        var asked = scratch.Rent<float>(new Shape(users, queries.Shape[1]));
        for (int u = 0; u < users; u++) queries.Row((u * heads) + group.Task).CopyTo(asked.Row(u));
        var all = scratch.Rent<float>(new Shape(users, Embeddings.Shape[0]));
        _kernels.Dense(new DenseArgs { Input = asked, Weight = Embeddings, Bias = Bias, Output = all });
        int own = Own(group);
        for (int u = 0; own >= 0 && u < users; u++)
        {
            var done = histories.Of(own);
            foreach (int item in done.Ids.Span[done.Start[u]..done.Start[u + 1]]) all.Row(u)[item] = float.NegativeInfinity;
        }
        var positions = scratch.Rent<int>(new Shape(users, most));
        _kernels.SelectTopK(new SelectTopKArgs
        {
            Scores = all,
            Top = scratch.Rent<float>(new Shape(users, most)),
            Positions = positions,
        });
        return positions;
    }

    /// <summary>The history of the events that a group is asked for, or -1.</summary>
    int Own(UserGroup group) => _model.Config.Histories.ToList().IndexOf(_model.Config.Tasks[group.Task]);

    UserHistories Histories(in UserBatch batch, Scratch scratch)
    {
        int histories = _model.Config.Histories.Count, count = 0;
        var ids = scratch.Rent<int>(new Shape(batch.Bags.Take(histories).Sum(b => b.Ids.Count)));
        var starts = scratch.Rent<int>(new Shape(histories, batch.Count + 1));
        for (int h = 0; h < histories; h++)
        {
            var bags = batch.Bags[h];
            bags.Ids.Span.CopyTo(ids.Span[count..]);
            for (int u = 0; u <= batch.Count; u++) starts.Row(h)[u] = count + bags.Start[u];
            count += (int)bags.Ids.Count;
        }
        return new UserHistories(ids, starts);
    }
}
