using System.Globalization;
using Argent.Data;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>Centroids that divide the space of the rows, and how they were found.</summary>
/// <param name="Centroids">[L, D] float32; of length 1 when lists are divided by direction.</param>
/// <param name="Bias">[L] float32 that makes row · centroid + bias largest for the nearest, or no tensor.</param>
/// <param name="Objective">Mean squared distance of the sample from its centroids, weighted where items are, before each
/// round and at the end; at most a little above the truth, where rows were compared with near lists only.</param>
/// <param name="SampleRows">Rows of the training sample.</param>
/// <param name="Reseeded">Lists that were given a new centroid because they were empty or far too small.</param>
/// <param name="Coarse">The upper level where there are many lists, or null.</param>
sealed record Clustering(
    Tensor<float> Centroids, Tensor<float> Bias, IReadOnlyList<double> Objective, int SampleRows, int Reseeded,
    CoarseCentroids? Coarse);

/// <summary>
/// k-means over a sample of the rows: k-means++ seeds, Lloyd's rounds by matrix products. While it runs, lists that are
/// empty or tiny are moved into the largest ones, which is what keeps list sizes even without bending any border.
/// </summary>
sealed unsafe class KMeans : IDisposable
{
    // A list of twice the mean is worth splitting; one of a fifth of it is worth giving up for that.
    const double SplitAbove = 2.0, DissolveBelow = 0.2;

    // Far enough that rounding does not hide it, near enough that both halves lie around the old mean.
    const float SplitStep = 0.1f;

    // Moved centroids need two undisturbed rounds to settle.
    const int QuietRounds = 2;

    // Every third round compares rows with all lists (or looks through the regions), those between only with the lists near
    // their own: rows that change lists mostly go next door.
    const int WholeRounds = 3;

    // The first rounds take a few rows per list. Ten rounds on 262,144 x 128 with 1,024 lists end .2 to .5 % lower for them.
    const int FewPerList = 32, FirstRounds = 5;

    readonly KMeansOptions _options;
    readonly IKernels _kernels;
    readonly NearestLists _nearest;
    readonly CoarseCentroids? _coarse;
    readonly KMeansSample _rows;
    readonly Tensor<float> _centroids, _bias, _best;
    readonly Tensor<int> _lists;
    SeededRandom _random;
    int _reseeded;

    KMeans(KMeansSample sample, CoarseCentroids? coarse, KMeansOptions options, IKernels kernels, SeededRandom random)
    {
        (_rows, _coarse, _options, _kernels, _random) = (sample, coarse, options, kernels, random);
        _centroids = Tensor.Zeros<float>(new Shape(options.NList, sample.Vectors.Shape[1]));
        _bias = options.Spherical ? default : Tensor.Zeros<float>(new Shape(options.NList));
        _lists = Tensor.Zeros<int>(new Shape(sample.Count));
        _best = Tensor.Zeros<float>(new Shape(sample.Count));
        _nearest = new NearestLists(_centroids, _bias, coarse, kernels);
    }

    /// <summary>Divides the space of <paramref name="rows"/>.</summary>
    /// <param name="rows">[n, D] float32, finite; n at least NList.</param>
    /// <param name="options">How.</param>
    /// <param name="kernels">Arithmetic.</param>
    /// <param name="progress">One unit per round.</param>
    /// <exception cref="ArgumentException">There are fewer rows than lists.</exception>
    public static Clustering Train(in Tensor<float> rows, KMeansOptions options, IKernels kernels, Progress progress)
    {
        if (options.NList < 1 || options.NList > rows.Shape[0])
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{options.NList} lists are asked for {rows.Shape[0]} items; 1 to {rows.Shape[0]} are possible."));
        }
        var random = new SeededRandom(options.Seed);
        using var sample = KMeansSample.Of(rows, options, ref random, kernels);
        var coarse = options.NList >= options.TwoLevelsFrom ? CoarseCentroids.Of(sample.Vectors, options, kernels) : null;
        using var training = new KMeans(sample, coarse, options, kernels, random);
        training.Start();
        return training.Run(progress);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _nearest.Dispose();
        _lists.Storage.Dispose();
        _best.Storage.Dispose();
    }

    /// <summary>
    /// First centroids. Rounds over few rows cost little and take the first, large steps; drawn centroids alone would
    /// spend whole rounds on them.
    /// </summary>
    void Start()
    {
        if (_coarse is { } coarse)
        {
            coarse.Seed(_rows, _centroids, ref _random, _kernels);
            return;
        }
        int[] points = _random.Rows(_rows.Count, Seeding.Points(_options.NList));
        Seeding.Draw(_rows, points, _centroids, ref _random, _kernels.Workers);
        int[] few = _random.Rows(_rows.Count, checked(_options.NList * FewPerList));
        if (few.Length > _rows.Count / 2) return;
        using var part = _rows.Take(few, _kernels.Workers);
        using var first = new KMeans(part, null, _options with { Rounds = FirstRounds }, _kernels, _random);
        first._centroids.CopyFrom(_centroids);
        first.Run(Progress.None);
        _centroids.CopyFrom(first._centroids);
    }

    Clustering Run(Progress progress)
    {
        var objective = new List<double>();
        for (int round = 0; round < _options.Rounds; round++)
        {
            objective.Add(Assign(round));
            var members = new ListMembers(_lists, _options.NList);
            members.Average(_rows.Vectors, _rows.Weights, _centroids, _kernels.Workers);
            // A list that has moved is only found in a round that learns anew what lies near what.
            if (_nearest.IsExact || round % WholeRounds == 0) Reseed(members, isQuiet: round >= _options.Rounds - QuietRounds);
            progress.Advance(1);
        }
        objective.Add(Assign(_options.Rounds));
        return new Clustering(_centroids, _bias, objective, (int)_lists.Count, _reseeded, _coarse);
    }

    /// <summary>Finds a list near every sample row, in whole rounds the nearest, and returns their mean squared distance.</summary>
    double Assign(int round)
    {
        if (_options.Spherical) _kernels.NormalizeRows(new NormalizeRowsArgs { Input = _centroids, Output = _centroids });
        else ListCentroids.EuclideanBias(_centroids, _bias, _kernels.Workers);
        // Where there are very many lists, finding what lies near what costs as much as a round: it is done for three.
        if (_nearest.IsExact || round % WholeRounds <= 1) _nearest.Moved();
        // With regions a later whole round would forget better lists than it finds.
        bool isWhole = _nearest.IsExact ? round % WholeRounds == 0 : round == 0;
        if (isWhole) _nearest.Find(_rows.Vectors, _lists, _best);
        else _nearest.Improve(_rows.Vectors, _lists, _best);
        return _options.Spherical ? MeanOfDirections() : MeanOfDistances();
    }

    /// <summary>|x - c|² = |x|² - 2 (x · c - |c|² / 2).</summary>
    double MeanOfDistances()
    {
        double sum = 0;
        for (long r = 0; r < _lists.Count; r++) sum += _rows.Squares.Pointer[r] - 2.0 * _best.Pointer[r];
        return Math.Max(0, sum / _lists.Count);
    }

    /// <summary>|x - c|² = 2 - 2 x · c for directions, weighted.</summary>
    double MeanOfDirections()
    {
        double sum = 0, total = 0;
        for (long r = 0; r < _lists.Count; r++)
        {
            sum += _rows.Weights.Pointer[r] * (2 - 2.0 * _best.Pointer[r]);
            total += _rows.Weights.Pointer[r];
        }
        return total > 0 ? Math.Max(0, sum / total) : 0;
    }

    /// <summary>Moves the centroids of empty and tiny lists to rows of the largest lists.</summary>
    void Reseed(ListMembers members, bool isQuiet)
    {
        double mean = (double)_lists.Count / _options.NList;
        int[] bySize = [.. Enumerable.Range(0, _options.NList).OrderBy(members.Count)];
        var largest = new PriorityQueue<int, (double Size, int List)>();
        for (int l = 0; l < _options.NList; l++) largest.Enqueue(l, (-members.Count(l), l));
        foreach (int small in bySize)
        {
            double size = members.Count(small);
            if (size > 0 && (isQuiet || size > DissolveBelow * mean)) break;
            if (!largest.TryDequeue(out int big, out var key)) break;
            bool isWorth = -key.Size > 1 && (size == 0 || -key.Size > SplitAbove * mean);
            if (!isWorth) break;
            MoveOut(members, small);
            Split(big, small, members.Rows[members.Start[big] + _random.Below(members.Count(big))]);
            _reseeded++;
            // Half each, as far as anyone can know before the next round; both may be split again.
            largest.Enqueue(big, (key.Size / 2, big));
        }
    }

    /// <summary>
    /// Rows of a list that is given up go to the nearest other list: the next round looks for their list around it.
    /// </summary>
    void MoveOut(ListMembers members, int list)
    {
        if (members.Count(list) == 0) return;
        int dim = (int)_centroids.Shape[1], nearest = list;
        float most = float.NegativeInfinity;
        float* from = _centroids.Pointer + (long)list * dim;
        for (int l = 0; l < _options.NList; l++)
        {
            float score = Distances.Dot(from, _centroids.Pointer + (long)l * dim, dim) + (_bias.IsPresent ? _bias.Pointer[l] : 0);
            if (l == list || !(score > most)) continue;
            (nearest, most) = (l, score);
        }
        for (int i = members.Start[list]; i < members.Start[list + 1]; i++) _lists.Pointer[members.Rows[i]] = nearest;
    }

    /// <summary>
    /// Puts two centroids to both sides of the centroid of <paramref name="big"/>, on the line to one of its rows. The row
    /// itself would be no use: where there are many dimensions, nearly all rows lie nearer to the mean than to any row.
    /// </summary>
    void Split(int big, int small, int row)
    {
        Span<float> left = _centroids.Row(big), right = _centroids.Row(small), towards = _rows.Vectors.Row(row);
        for (int d = 0; d < left.Length; d++)
        {
            float step = SplitStep * (towards[d] - left[d]);
            (left[d], right[d]) = (left[d] - step, left[d] + step);
        }
    }
}
