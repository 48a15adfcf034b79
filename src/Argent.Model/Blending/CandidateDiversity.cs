using System.Runtime.Intrinsics;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>How much every candidate would add to the diversity of a list's last places.</summary>
unsafe ref struct CandidateDiversity
{
    readonly ref readonly ComposeArgs _args;
    readonly DiversityConfig _config;
    readonly int _count;
    readonly int _window;
    readonly Span<float> _rows;
    readonly Span<bool> _marks;
    readonly double _weights;
    WindowResiduals _residuals;
    int _added;

    /// <summary>Diversity beside an empty list.</summary>
    public CandidateDiversity(in ComposeArgs args, Scratch scratch)
    {
        _args = ref args;
        _config = args.Plan.Diversity!;
        _count = (int)args.Quality.Count;
        _window = (int)Math.Max(1, Math.Min(_config.Window, args.Positions.Count));
        for (int s = 0; s < _config.Similarity.Count; s++) _weights += _config.Similarity[s].Weight;
        _marks = scratch.RentZeroed<bool>(new Shape(args.Classes.Count)).Span;
        if (_config.Kind == DiversityKind.Mmr) _rows = scratch.RentZeroed<float>(new Shape((long)_window * _count)).Span;
        else _residuals = new WindowResiduals(_count, _window, scratch);
    }

    /// <summary>What each candidate adds.</summary>
    public readonly void Gains(Span<float> gains)
    {
        switch (_config.Kind)
        {
            case DiversityKind.Mmr:
                gains.Fill(_added == 0 ? 0 : float.PositiveInfinity);
                for (int m = 0; m < Math.Min(_added, _window); m++)
                {
                    var row = _rows.Slice(m * _count, _count);
                    int i = 0;
                    for (; i + 8 <= _count; i += 8)
                    {
                        Vector256.Min(Vector256.Create(gains[i..]), -Vector256.Create<float>(row[i..])).CopyTo(gains[i..]);
                    }
                    for (; i < _count; i++) gains[i] = Math.Min(gains[i], -row[i]);
                }
                break;
            case DiversityKind.Ssd:
                _residuals.Volumes(gains);
                break;
            default:
                _residuals.Logarithms(gains);
                break;
        }
    }

    /// <summary>Takes a candidate into the window.</summary>
    public void Add(int candidate)
    {
        if (_config.Kind == DiversityKind.Mmr)
        {
            // The oldest row is overwritten: a maximum has no order.
            Similarities(candidate, _rows.Slice(_added++ % _window * _count, _count));
            return;
        }
        _residuals.Slide();
        Similarities(candidate, _residuals.NextRow);
        _residuals.Add(candidate);
    }

    /// <summary>The similarity of one candidate with all: a weighted mean.</summary>
    readonly void Similarities(int candidate, Span<float> row)
    {
        row.Clear();
        for (int s = 0; s < _config.Similarity.Count; s++)
        {
            float weight = (float)(_config.Similarity[s].Weight / _weights);
            int classes = _args.Plan.SimilarityClasses[s];
            if (classes < 0) AddCosines(candidate, weight, row);
            else AddOverlaps(candidate, weight, classes, row);
        }
        // Also for items that have none of the classes: nothing is as like an item as itself.
        row[candidate] = 1;
    }

    readonly void AddCosines(int candidate, float weight, Span<float> row)
    {
        int dim = (int)_args.Vectors.Shape[1];
        float* vectors = _args.Vectors.Pointer, own = vectors + (long)candidate * dim;
        for (int i = 0; i < row.Length; i++)
        {
            float* other = vectors + (long)i * dim;
            var (sum0, sum1) = (Vector256<float>.Zero, Vector256<float>.Zero);
            int d = 0;
            for (; d + 16 <= dim; d += 16)
            {
                sum0 += Vector256.Load(own + d) * Vector256.Load(other + d);
                sum1 += Vector256.Load(own + d + 8) * Vector256.Load(other + d + 8);
            }
            float dot = Vector256.Sum(sum0 + sum1);
            for (; d < dim; d++) dot += own[d] * other[d];
            row[i] += weight * dot;
        }
    }

    readonly void AddOverlaps(int candidate, float weight, int set, Span<float> row)
    {
        var own = _args.Classes.Of(set, candidate);
        var start = _args.Classes.Start.Row(set);
        var ids = _args.Classes.Ids.Span;
        foreach (int id in own) _marks[id] = true;
        for (int i = 0; i < row.Length; i++)
        {
            int shared = 0;
            var other = ids[start[i]..start[i + 1]];
            foreach (int id in other) shared += _marks[id] ? 1 : 0;
            if (shared > 0) row[i] += weight * shared / MathF.Sqrt((float)own.Length * other.Length);
        }
        foreach (int id in own) _marks[id] = false;
    }
}
