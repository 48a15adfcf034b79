using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model.Tests;

/// <summary>What a kind is shown that asks for whole lists or for the history.</summary>
public sealed class WholeListTests : IDisposable
{
    readonly Workers _workers = new(1);
    readonly Scratch _scratch = new();

    public void Dispose()
    {
        _scratch.Dispose();
        _workers.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void All_candidates_of_a_request_come_in_one_batch_where_the_kind_sees_whole_lists(bool wholeLists)
    {
        var seen = new List<int[]>();
        var watching = new Watching(wholeLists, readsHistory: false, batch => seen.Add(batch.Start.ToArray()));
        var one = Create("test-whole-" + wholeLists, watching);
        // 8 users with 150 candidates and more for each of two heads: more than a chunk of 1,024.
        Ask(one, [.. Enumerable.Range(0, 8).SelectMany(_ => one.Users()[..1])]);
        int[] counts = [.. seen.SelectMany(start => start.Zip(start.Skip(1), (from, to) => to - from)).Where(count => count > 0)];
        Assert.True(seen.Count > 1);
        if (wholeLists) Assert.Single(counts.Distinct());
        else Assert.True(counts.Distinct().Count() > 1);
        Assert.Equal(wholeLists ? 8 : counts.Length, counts.Length);
        Assert.All(seen, start => Assert.Equal(0, start[0]));
    }

    [Fact]
    public void The_history_is_the_item_sides_of_past_items_in_the_catalogue_of_all_histories_in_turn()
    {
        var seen = new List<(int[] Start, float[] Rows)>();
        var one = Create("test-history", new Watching(true, readsHistory: true, batch =>
            seen.Add((batch.HistoryStart.ToArray(), batch.History.ToArray()))));
        var users = one.Users();
        Ask(one, users);
        var (start, rows) = (new List<int> { 0 }, new List<float>());
        foreach (var user in users)
        {
            foreach (string history in one.Towers.Histories)
            {
                if (user.History?.TryGetValue(history, out var ids) is not true) continue;
                foreach (string id in ids)
                {
                    int trained = one.Parts.UserTower!.HistoryItems.Find(id), row = one.Parts.Items.Ids.Find(id);
                    if (trained < 0 || row < 0) continue;
                    rows.AddRange(one.Served.Items.Row(one.Parts.Index.Lists.SlotOfRow[row]).ToArray().Select(v => (float)v));
                }
            }
            start.Add(rows.Count / (int)one.Served.Items.Shape[1]);
        }
        var (firstStart, firstRows) = Assert.Single(seen);
        Assert.Equal(start, firstStart);
        Assert.Equal(rows, firstRows);
        Assert.True(start[1] > 60);
    }

    OverArchModel Create(string kind, Watching watching)
    {
        OverArchKinds.Register(kind, (_, weights) => new WatchingOverArch(watching, weights));
        return new OverArchModel(kind, null, CpuKernels.Create(_workers), ["score.like", "score.save"]);
    }

    void Ask(OverArchModel one, UserInput[] users)
    {
        var batch = new RetrievalBatch(users.Length);
        foreach (var user in users) batch.Add(one.Model.Prepare(new RetrievalRequest { User = user, K = 60, NProbe = 12 }));
        _scratch.Reset();
        one.Model.Forward(batch, new ForwardPass(CpuKernels.Create(_workers), _scratch));
    }

    delegate void WatchedBatch(CandidateBatch batch);

    sealed class Watching(bool seesWholeList, bool readsHistory, WatchedBatch look)
    {
        public bool SeesWholeList { get; } = seesWholeList;

        public bool ReadsHistory { get; } = readsHistory;

        public WatchedBatch Look { get; } = look;
    }

    /// <summary>Passes the heads' scores on.</summary>
    sealed class WatchingOverArch(Watching watching, OverArchWeights weights) : OverArch(weights)
    {
        public override bool SeesWholeList => watching.SeesWholeList;

        public override bool ReadsHistory => watching.ReadsHistory;

        public override Tensor<float> Forward(in CandidateBatch batch, in ForwardPass pass)
        {
            watching.Look(batch);
            return batch.Features;
        }
    }
}
