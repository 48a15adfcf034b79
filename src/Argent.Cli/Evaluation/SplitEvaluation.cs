using Argent.Data;
using Argent.Model;

namespace Argent.Cli;

/// <summary>
/// Asks a published model what the users of a split wanted of one held-out task: each is told of by training events, their
/// training items of the task are excluded, and the answer is ordered by that task alone.
/// </summary>
sealed class SplitEvaluation
{
    /// <summary>Requests of one forward pass.</summary>
    const int BatchRequests = 128;

    readonly OpenModel _model;
    readonly Dataset _dataset;
    readonly Interactions _test;
    readonly int[] _users;
    readonly List<Interactions> _histories;
    readonly Interactions _own;
    readonly int[] _datasetRows;

    /// <summary>An evaluation of <paramref name="model"/> on the tested users of a split, or on some of them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dataset">Users and items.</param>
    /// <param name="split">What is known and what is asked.</param>
    /// <param name="usersMax">The most users, taken at even distances; 0 for all.</param>
    /// <param name="test">Held-out events of the split; those of its first task when left out.</param>
    public SplitEvaluation(OpenModel model, Dataset dataset, DatasetSplit split, int usersMax, Interactions? test = null)
    {
        (_model, _dataset, _test) = (model, dataset, test ?? split.Test);
        CheckTask(model.Model, _test.Task);
        int[] tested = [.. Enumerable.Range(0, dataset.UserIds.Count).Where(u => _test.Of(u).Length > 0)];
        _users = usersMax == 0 || tested.Length <= usersMax
            ? tested
            : [.. Enumerable.Range(0, usersMax).Select(i => tested[(long)i * tested.Length / usersMax])];
        var read = model.Model.Histories;
        _histories = [.. split.Train.Where(events => read.Contains(events.Task))];
        _own = split.Train.First(events => events.Task == _test.Task);
        _datasetRows = [.. Enumerable.Range(0, model.Model.Items.Count).Select(row => dataset.Items.Ids.Find(model.Model.Items.Text(row)))];
    }

    /// <summary>The task that is asked for.</summary>
    public string Task => _test.Task;

    /// <summary>Users that are asked about.</summary>
    public int Users => _users.Length;

    /// <summary>Those users, as rows of the data set.</summary>
    public IReadOnlyList<int> Asked => _users;

    /// <summary>Held-out events of those users.</summary>
    public long Events => _users.Sum(u => (long)_test.Of(u).Length);

    /// <summary>What everybody gets from the most popular items of the training part.</summary>
    public Ranking Popularity()
    {
        var metrics = Ranking.Metrics(_dataset.Items.Count);
        var popularity = new PopularityRanking(_own, _dataset.Items.Count);
        var top = new int[Ranking.K];
        foreach (int user in _users)
        {
            popularity.Top(_own.Of(user), top);
            metrics.Add(top, _test.Of(user));
        }
        return Ranking.Of(metrics);
    }

    /// <summary>What the model answers.</summary>
    /// <param name="name">What the progress calls it.</param>
    /// <param name="nprobe">Lists to probe; 0 is the model's default.</param>
    /// <param name="progress">Told of every batch.</param>
    public Ranking Model(string name, int nprobe, Progress progress)
    {
        var metrics = Ranking.Metrics(_dataset.Items.Count);
        Ask(name, r => r with { NProbe = nprobe }, (user, rows, _) => metrics.Add(DatasetRows(rows), HeldOut(user)), progress);
        var ranking = Ranking.Of(metrics);
        progress.Done(string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"Recall@20 {ranking.Recall20:0.0000}, Recall@100 {ranking.Recall100:0.0000}"));
        return ranking;
    }

    /// <summary>Asks for every user.</summary>
    /// <param name="name">What the progress calls it.</param>
    /// <param name="change">From the usual request to the one that is asked.</param>
    /// <param name="answered">Told of each answer: user, item rows of the model, values.</param>
    /// <param name="progress">Told of every batch.</param>
    public void Ask(string name, Func<RetrievalRequest, RetrievalRequest> change, Answered answered, Progress progress)
    {
        progress.Step(name, _users.Length, "users");
        var batch = new RetrievalBatch(BatchRequests);
        for (int first = 0; first < _users.Length; first += BatchRequests)
        {
            var users = _users.AsSpan(first, Math.Min(BatchRequests, _users.Length - first));
            batch.Clear();
            foreach (int user in users) batch.Add(_model.Model.Prepare(change(Request(user))));
            _model.Forward(batch);
            for (int i = 0; i < users.Length; i++) answered(users[i], batch.Rows(i), batch.Scores(i));
            progress.Advance(users.Length);
        }
    }

    /// <summary>The data set's rows of rows of the model.</summary>
    public int[] DatasetRows(ReadOnlySpan<int> rows)
    {
        var ranked = new int[rows.Length];
        for (int r = 0; r < rows.Length; r++) ranked[r] = _datasetRows[rows[r]];
        return ranked;
    }

    /// <summary>What a user wanted: rows of the data set.</summary>
    public ReadOnlySpan<int> HeldOut(int user) => _test.Of(user);

    /// <summary>What is asked for a user.</summary>
    public RetrievalRequest Request(int user) => new()
    {
        User = UserInputs.Of(_dataset, _histories, user),
        K = Ranking.K,
        Exclude = [.. _own.Of(user).ToArray().Select(_dataset.Items.Ids.Text)],
        Value = Task,
    };

    static void CheckTask(RetrievalModel model, string task)
    {
        if (!model.HasUserTower)
        {
            throw new InvalidDataException($"The model '{model.Name}' was published from plain vectors; it has no user tower to evaluate.");
        }
        if (model.Tasks.Contains(task, StringComparer.Ordinal)) return;
        throw new InvalidDataException(
            $"The split holds out the task '{task}'; the model '{model.Name}' has {string.Join(", ", model.Tasks)}.");
    }
}

/// <summary>Takes an answer.</summary>
/// <param name="user">The user.</param>
/// <param name="rows">Item rows of the model, best first.</param>
/// <param name="values">Their values.</param>
delegate void Answered(int user, ReadOnlySpan<int> rows, ReadOnlySpan<float> values);
