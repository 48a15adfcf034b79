using System.Globalization;
using Argent.Data;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Publish;

/// <summary>Centroids that divide the space of the rows, and how they were found.</summary>
/// <param name="Centroids">[L, D] float32; of length 1 when lists are divided by direction.</param>
/// <param name="Bias">[L] float32 that makes row · centroid + bias largest for the nearest, or no tensor.</param>
/// <param name="Objective">Mean squared distance of the sample from its centroids, weighted where items are, before each
/// round and at the end.</param>
/// <param name="SampleRows">Rows of the training sample.</param>
/// <param name="Reseeded">Lists that were given a new centroid because they were empty or far too small.</param>
sealed record Clustering(
    Tensor<float> Centroids, Tensor<float> Bias, IReadOnlyList<double> Objective, int SampleRows, int Reseeded);

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

    readonly KMeansOptions _options;
    readonly IKernels _kernels;
    readonly NearestLists _nearest;
    readonly Tensor<float> _sample, _squares, _weights, _centroids, _bias, _best;
    readonly Tensor<int> _lists;
    SeededRandom _random;
    int _reseeded;

    KMeans(in Tensor<float> rows, KMeansOptions options, IKernels kernels)
    {
        (_options, _kernels, _random) = (options, kernels, new SeededRandom(options.Seed));
        int lists = options.NList, dim = (int)rows.Shape[1];
        int[] chosen = _random.Rows((int)rows.Shape[0], options.SampleRows());
        _sample = Argent.Publish.SampleRows.Copy(rows, chosen, kernels.Workers);
        _squares = Tensor.Zeros<float>(new Shape(chosen.Length));
        Distances.Squares(_sample, _squares, kernels.Workers);
        if (options.Spherical)
        {
            _weights = _squares;
            kernels.NormalizeRows(new NormalizeRowsArgs { Input = _sample, Output = _sample });
        }
        _centroids = Tensor.Zeros<float>(new Shape(lists, dim));
        _bias = options.Spherical ? default : Tensor.Zeros<float>(new Shape(lists));
        _lists = Tensor.Zeros<int>(new Shape(chosen.Length));
        _best = Tensor.Zeros<float>(new Shape(chosen.Length));
        _nearest = new NearestLists(kernels, lists);
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
        using var training = new KMeans(rows, options, kernels);
        return training.Run(progress);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _nearest.Dispose();
        _sample.Storage.Dispose();
        _squares.Storage.Dispose();
        _lists.Storage.Dispose();
        _best.Storage.Dispose();
    }

    Clustering Run(Progress progress)
    {
        Seeding.Draw(_sample, _weights, _centroids, ref _random, _kernels.Workers);
        var objective = new List<double>();
        for (int round = 0; round < _options.Rounds; round++)
        {
            objective.Add(Assign());
            var members = new ListMembers(_lists, _options.NList);
            members.Average(_sample, _weights, _centroids, _kernels.Workers);
            Reseed(members, isQuiet: round >= _options.Rounds - QuietRounds);
            progress.Advance(1);
        }
        objective.Add(Assign());
        return new Clustering(_centroids, _bias, objective, (int)_lists.Count, _reseeded);
    }

    /// <summary>Finds the nearest list of every sample row and returns their mean squared distance.</summary>
    double Assign()
    {
        if (_options.Spherical) _kernels.NormalizeRows(new NormalizeRowsArgs { Input = _centroids, Output = _centroids });
        else ListCentroids.EuclideanBias(_centroids, _bias, _kernels.Workers);
        _nearest.Find(_sample, _centroids, _bias, _lists, _best);
        return _options.Spherical ? MeanOfDirections() : MeanOfDistances();
    }

    /// <summary>|x - c|² = |x|² - 2 (x · c - |c|² / 2).</summary>
    double MeanOfDistances()
    {
        double sum = 0;
        for (long r = 0; r < _lists.Count; r++) sum += _squares.Pointer[r] - 2.0 * _best.Pointer[r];
        return Math.Max(0, sum / _lists.Count);
    }

    /// <summary>|x - c|² = 2 - 2 x · c for directions, weighted.</summary>
    double MeanOfDirections()
    {
        double sum = 0, total = 0;
        for (long r = 0; r < _lists.Count; r++)
        {
            sum += _weights.Pointer[r] * (2 - 2.0 * _best.Pointer[r]);
            total += _weights.Pointer[r];
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
            Split(big, small, members.Rows[members.Start[big] + _random.Below(members.Count(big))]);
            _reseeded++;
            // Half each, as far as anyone can know before the next round; both may be split again.
            largest.Enqueue(big, (key.Size / 2, big));
        }
    }

    /// <summary>
    /// Puts two centroids to both sides of the centroid of <paramref name="big"/>, on the line to one of its rows. The row
    /// itself would be no use: where there are many dimensions, nearly all rows lie nearer to the mean than to any row.
    /// </summary>
    void Split(int big, int small, int row)
    {
        Span<float> left = _centroids.Row(big), right = _centroids.Row(small), towards = _sample.Row(row);
        for (int d = 0; d < left.Length; d++)
        {
            float step = SplitStep * (towards[d] - left[d]);
            (left[d], right[d]) = (left[d] - step, left[d] + step);
        }
    }
}
