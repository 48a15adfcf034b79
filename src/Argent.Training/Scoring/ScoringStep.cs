using Argent.Kernels;
using Argent.Model;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>An OverArch over mined candidates: on a tape for the gradients of a step, or on plain kernels for logits.</summary>
sealed class ScoringStep(
    MinedCandidates miner, OverArch overArch, ParameterSet parameters, StepDropout dropout, IKernels kernels) : IDisposable
{
    readonly Tape _tape = new(kernels, parameters);
    readonly Scratch _memory = new();

    /// <summary>Adds the gradients of a group of users.</summary>
    /// <param name="group">Users, each with targets, that are asked for one task.</param>
    /// <param name="candidates">Candidates of each user.</param>
    /// <param name="features">Computes cross features.</param>
    /// <returns>The loss, summed over targets that are among the candidates.</returns>
    public double Run(UserGroup group, int candidates, CrossFeatures features)
    {
        var mined = miner.Mine(group, Math.Min(candidates, miner.Most(group)), _memory);
        var pass = new ForwardPass(_tape, _memory) { Dropout = dropout.Fill };
        var logits = Forward(in mined, features, pass);
        var loss = Loss(logits, group, in mined, pass);
        double value = loss[0];
        _tape.Backward(loss);
        _tape.Clear();
        _memory.Reset();
        return value;
    }

    /// <summary>Calls <paramref name="read"/> with the candidates of a group and their logits [C, T]; nothing is learned.</summary>
    public void Look(UserGroup group, int candidates, CrossFeatures features, Action<Mined, Tensor<float>> read)
    {
        var mined = miner.Mine(group, candidates, _memory);
        read(mined, Forward(in mined, features, new ForwardPass(kernels, _memory)));
        _memory.Reset();
    }

    /// <summary>Calls <paramref name="read"/> with cross features [C, F] of a group's candidates.</summary>
    public void Features(UserGroup group, int candidates, CrossFeatures features, Action<Tensor<float>> read)
    {
        var mined = miner.Mine(group, candidates, _memory);
        read(Compute(in mined, features));
        _memory.Reset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tape.Dispose();
        _memory.Dispose();
    }

    Tensor<float> Compute(in Mined mined, CrossFeatures features)
    {
        var inputs = new CrossInputs
        {
            Candidates = mined.Items,
            Start = mined.Start,
            Scores = mined.Scores,
            Bias = miner.Bias,
            Histories = mined.Histories,
        };
        return features.Compute(in inputs, new ForwardPass(kernels, _memory));
    }

    Tensor<float> Forward(in Mined mined, CrossFeatures features, in ForwardPass pass)
    {
        int users = (int)mined.Start.Count - 1;
        var request = _memory.Rent<int>(new Shape(mined.Items.Count));
        for (int u = 0; u < users; u++) request.Span[mined.Start[u]..mined.Start[u + 1]].Fill(u);
        var past = overArch.ReadsHistory ? mined.Histories.Together(default, _memory) : default;
        var batch = new CandidateBatch
        {
            Queries = mined.Queries,
            Start = mined.Start,
            Request = request,
            Items = overArch.ReadsItems ? overArch.ItemSide(Embeddings(mined.Items), pass) : default,
            Features = Compute(in mined, features),
            History = past.Ids.IsPresent ? overArch.ItemSide(Embeddings(past.Ids), pass) : default,
            HistoryStart = past.Start,
        };
        return overArch.Forward(in batch, pass);
    }

    Tensor<float> Embeddings(Tensor<int> items)
    {
        var rows = _memory.Rent<float>(new Shape(items.Count, miner.Embeddings.Shape[1]));
        kernels.GatherRows(new GatherRowsArgs { Table = miner.Embeddings, Indices = items, Rows = rows });
        return rows;
    }

    /// <summary>Softmax cross entropy of each user's targets among the user's candidates.</summary>
    Tensor<float> Loss(Tensor<float> logits, UserGroup group, in Mined mined, in ForwardPass pass)
    {
        int users = (int)mined.Start.Count - 1, candidates = mined.Start[1];
        var column = _memory.RentZeroed<float>(new Shape(1, logits.Shape[1]));
        var own = _memory.Rent<float>(new Shape(logits.Shape[0], 1));
        column[group.Task] = 1;
        // A product with a unit vector picks the task's column, and its gradient puts it back.
        pass.Kernels.Dense(new DenseArgs { Input = logits, Weight = column, Output = own });
        var targets = group.Targets;
        var places = _memory.Rent<int>(new Shape(targets.Items.Count));
        var (start, weights) = (_memory.RentZeroed<int>(new Shape(users + 1)), _memory.Rent<float>(new Shape(targets.Items.Count)));
        for (int q = 0; q < targets.QueryRows.Count; q++)
        {
            int user = targets.QueryRows[q] / (int)logits.Shape[1];
            var items = mined.Items.Span[mined.Start[user]..mined.Start[user + 1]];
            start.Span[(user + 1)..].Fill(targets.Start[q + 1]);
            for (int t = targets.Start[q]; t < targets.Start[q + 1]; t++)
            {
                int place = items.IndexOf(targets.Items[t]);
                // A target that the towers do not find is not put in: it would be told by its low scores, and no candidate of
                // a request is like it.
                (places[t], weights[t]) = (Math.Max(0, place), place < 0 ? 0 : targets.Weights[t]);
            }
        }
        var loss = pass.Scratch.Rent<float>(new Shape(1));
        pass.Kernels.SoftmaxCrossEntropy(new SoftmaxCrossEntropyArgs
        {
            Logits = own.Reshape(new Shape(users, candidates)),
            Targets = places,
            TargetStart = start,
            TargetWeights = weights,
            Loss = loss,
        });
        return loss;
    }
}
