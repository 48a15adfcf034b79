using Argent.Model;

namespace Argent.Training;

/// <summary>The wanted items of one task: for each query row that has any, item rows and weights.</summary>
sealed class TaskTargets
{
    /// <summary>Rows of the query vectors (user * heads + head) that have targets, ascending.</summary>
    public List<int> QueryRows { get; } = [];

    /// <summary>Bounds of each row's targets; one more than rows.</summary>
    public List<int> Start { get; } = [0];

    /// <summary>Trained item rows.</summary>
    public List<int> Items { get; } = [];

    /// <summary>Weight of each target.</summary>
    public List<float> Weights { get; } = [];

    /// <summary>Ends the targets of a query row; a row without any does not take part.</summary>
    public void Close(int queryRow)
    {
        if (Items.Count == Start[^1]) return;
        QueryRows.Add(queryRow);
        Start.Add(Items.Count);
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        QueryRows.Clear();
        Items.Clear();
        Weights.Clear();
        Start.Clear();
        Start.Add(0);
    }
}

/// <summary>Users that go through the tower together and are asked for one task.</summary>
sealed class UserGroup
{
    /// <summary>An empty group for towers of <paramref name="config"/>.</summary>
    public UserGroup(TowerConfig config)
    {
        Inputs = new UserBatchBuilder(config);
    }

    /// <summary>The task, as a head.</summary>
    public int Task { get; private set; }

    /// <summary>The earliest moment from which its users are asked, in Unix seconds; the largest number without any.</summary>
    public long Moment { get; set; } = long.MaxValue;

    /// <summary>What the users show.</summary>
    public UserBatchBuilder Inputs { get; }

    /// <summary>What is asked.</summary>
    public TaskTargets Targets { get; } = new();

    /// <summary>Forgets all users; the next ones are asked for <paramref name="task"/>.</summary>
    public void Clear(int task)
    {
        Task = task;
        Moment = long.MaxValue;
        Inputs.Clear();
        Targets.Clear();
    }
}
