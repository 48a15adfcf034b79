using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>
/// The best list of each row by row · centroid + bias; equal scores go to the lower list. With coarse centroids a row meets
/// the lists near its region only: it may miss its nearest list, for one that is mostly nearly as near.
/// </summary>
sealed unsafe class NearestLists : IDisposable
{
    // 16 MB of scores stay in a third-level cache; fewer than 256 rows would spend the product on packing centroids.
    const long ScoresMax = 4 << 20;
    const int RowsMin = 256, RowsMax = 4096;

    // Lists near a list that a row of it may move to. Measured on 262,144 x 128 with 1,024 lists, ten rounds of which every
    // third compares with all: the mean squared distance is .1 to .4 % above that of ten whole rounds with 64, .05 to .14 %
    // with 128, .01 to .1 % with 256; a round costs a seventh, a fourth and less than half of a whole one.
    const int NeighboursWanted = 128;

    // Lists near a region, as a multiple of the lists that a region has.
    const int RegionLists = 6;

    readonly IKernels _kernels;
    readonly CoarseCentroids? _coarse;
    readonly Tensor<float> _centroids, _bias;
    Tensor<float> _scores;
    Tensor<int> _neighbours, _regionLists;

    /// <summary>For centroids that may change between calls of <see cref="Moved"/>.</summary>
    /// <param name="centroids">[L, D] float32.</param>
    /// <param name="bias">[L] float32, or no tensor.</param>
    /// <param name="coarse">The upper level, or null to compare every row with every list.</param>
    /// <param name="kernels">Arithmetic.</param>
    public NearestLists(in Tensor<float> centroids, in Tensor<float> bias, CoarseCentroids? coarse, IKernels kernels)
    {
        (_centroids, _bias, _coarse, _kernels) = (centroids, bias, coarse, kernels);
        NList = (int)centroids.Shape[0];
        BlockRows = (int)Math.Clamp(ScoresMax / NList, RowsMin, RowsMax);
    }

    /// <summary>L.</summary>
    public int NList { get; }

    /// <summary>Rows that <see cref="Score"/> takes at a time.</summary>
    public int BlockRows { get; }

    /// <summary>True when <see cref="Find"/> compares every row with every list.</summary>
    public bool IsExact => _coarse is null;

    /// <summary>Forgets what lies near what: to be called when centroids have moved.</summary>
    public void Moved()
    {
        if (_neighbours.IsPresent) _neighbours.Storage.Dispose();
        if (_regionLists.IsPresent) _regionLists.Storage.Dispose();
        (_neighbours, _regionLists) = (default, default);
    }

    /// <summary>Scores of at most <see cref="BlockRows"/> rows against all lists: [rows, L], valid until the next call.</summary>
    public Tensor<float> Score(in Tensor<float> rows)
    {
        if (!_scores.IsPresent) _scores = Tensor.Zeros<float>(new Shape(BlockRows, NList));
        var scores = _scores.Rows(0, rows.Shape[0]);
        _kernels.Dense(new DenseArgs { Input = rows, Weight = _centroids, Bias = _bias, Output = scores });
        return scores;
    }

    /// <summary>Writes the best list of every row, and its score where <paramref name="best"/> is a tensor.</summary>
    /// <param name="rows">[n, D] float32.</param>
    /// <param name="lists">[n] int32, overwritten.</param>
    /// <param name="best">[n] float32, overwritten, or no tensor.</param>
    public void Find(in Tensor<float> rows, in Tensor<int> lists, in Tensor<float> best)
    {
        if (_coarse is not { } coarse)
        {
            _kernels.NearestRows(new NearestRowsArgs { Rows = rows, Table = _centroids, Bias = _bias, Nearest = lists, Best = best });
            return;
        }
        _kernels.NearestRows(new NearestRowsArgs { Rows = rows, Table = coarse.Centroids, Bias = coarse.Bias, Nearest = lists });
        FindAmong(rows, new ListMembers(lists, (int)coarse.Centroids.Shape[0]), ListsOfRegions(coarse), lists, best);
    }

    /// <summary>The same, where a row meets only the lists near the one that it is in, itself included.</summary>
    public void Improve(in Tensor<float> rows, in Tensor<int> lists, in Tensor<float> best) =>
        FindAmong(rows, new ListMembers(lists, NList), Neighbours(), lists, best);

    /// <inheritdoc/>
    public void Dispose()
    {
        Moved();
        if (_scores.IsPresent) _scores.Storage.Dispose();
    }

    Tensor<int> Neighbours()
    {
        if (_neighbours.IsPresent) return _neighbours;
        return _neighbours = ListNeighbours.Of(_centroids, _centroids, _bias, Math.Min(NeighboursWanted, NList), _kernels);
    }

    Tensor<int> ListsOfRegions(CoarseCentroids coarse)
    {
        if (_regionLists.IsPresent) return _regionLists;
        long met = Math.Min(NList, RegionLists * (NList / coarse.Centroids.Shape[0] + 1));
        return _regionLists = ListNeighbours.Of(coarse.Centroids, _centroids, _bias, (int)met, _kernels);
    }

    void FindAmong(
        in Tensor<float> rows, ListMembers groups, in Tensor<int> candidates, in Tensor<int> lists, in Tensor<float> best)
    {
        var (start, members) = (Tensor.From<int>(groups.Start), Tensor.From<int>(groups.Rows));
        _kernels.NearestRows(new NearestRowsArgs
        {
            Rows = rows,
            Table = _centroids,
            Bias = _bias,
            GroupStart = start,
            Members = members,
            Candidates = candidates,
            Nearest = lists,
            Best = best,
        });
        start.Storage.Dispose();
        members.Storage.Dispose();
    }
}
