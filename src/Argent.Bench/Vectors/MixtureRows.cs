using System.Numerics;
using System.Runtime.InteropServices;
using Argent.Kernels;

namespace Argent.Bench;

/// <summary>Draws the rows of a mixture, chunk by chunk.</summary>
unsafe struct MixtureRows : IChunkedWork
{
    // Half of the centres' own spread, so that items of one centre differ along the same directions as centres do.
    const float SharedNoise = 0.5f;

    /// <summary>[Rows, Dim], overwritten.</summary>
    public float* Output;

    /// <summary>Rows of this call, of a chunk, and values of a row.</summary>
    public int Rows, RowsPerChunk, Dim;

    /// <summary>Number of the first chunk of this call in the whole matrix.</summary>
    public int FirstChunk;

    /// <inheritdoc cref="MixtureCentres.Vectors"/>
    public float* Centres;

    /// <inheritdoc cref="MixtureCentres.Sums"/>
    public double* CentreSums;

    /// <inheritdoc cref="MixtureCentres.Count"/>
    public int CentreCount;

    /// <inheritdoc cref="MixtureCentres.Basis"/>
    public float* Basis;

    /// <inheritdoc cref="MixtureDraw.Seed"/>
    public ulong Seed;

    /// <inheritdoc cref="MixtureDraw.Noise"/>
    public float Noise;

    /// <inheritdoc cref="MixtureDraw.NormSpread"/>
    public float NormSpread;

    /// <inheritdoc/>
    public readonly void Run(int chunk)
    {
        // Chunk 0 of a seed draws the centres.
        var chance = new BlockChance(Seed, (ulong)(FirstChunk + chunk) + 1);
        var sums = new ReadOnlySpan<double>(CentreSums, CentreCount);
        float noise = Noise / MathF.Sqrt(Dim), shared = SharedNoise / MathF.Sqrt((float)MixtureCentres.Rank * Dim);
        int end = Math.Min(Rows, (chunk + 1) * RowsPerChunk);
        for (int i = chunk * RowsPerChunk; i < end; i++)
        {
            int at = sums.BinarySearch(chance.Unit() * sums[^1]);
            int centre = Math.Min(at < 0 ? ~at : at, CentreCount - 1);
            var row = new Span<float>(Output + (long)i * Dim, Dim);
            var from = new ReadOnlySpan<float>(Centres + (long)centre * Dim, Dim);
            for (int d = 0; d < Dim; d++) row[d] = from[d] + noise * chance.Normal();
            for (int r = 0; r < MixtureCentres.Rank; r++)
            {
                AddScaled(row, new ReadOnlySpan<float>(Basis + r * Dim, Dim), shared * chance.Normal());
            }
            SetLength(row, NormSpread > 0 ? MathF.Exp(NormSpread * chance.Normal()) : 1);
        }
    }

    /// <summary>Adds a multiple of one row to another.</summary>
    public static void AddScaled(Span<float> to, ReadOnlySpan<float> from, float factor)
    {
        var wide = MemoryMarshal.Cast<float, Vector<float>>(to);
        var added = MemoryMarshal.Cast<float, Vector<float>>(from);
        for (int v = 0; v < wide.Length; v++) wide[v] += added[v] * factor;
        for (int d = wide.Length * Vector<float>.Count; d < to.Length; d++) to[d] += from[d] * factor;
    }

    /// <summary>Gives a row that is not zero a length.</summary>
    public static void SetLength(Span<float> row, float length)
    {
        double sum = 0;
        foreach (float value in row) sum += (double)value * value;
        float factor = (float)(length / Math.Sqrt(sum));
        foreach (ref float value in row) value *= factor;
    }
}

/// <summary>Chance of one block of rows: SplitMix64 (Steele, Lea and Flood 2014), started by a seed and the block's number.</summary>
struct BlockChance(ulong seed, ulong block)
{
    ulong _state = seed * 0xD1342543DE82EF95 + block * 0xDA942042E4DD58B5;
    float _spare = float.NaN;

    /// <summary>A number of [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number of the standard normal distribution (Box and Muller 1958, both of each pair).</summary>
    public float Normal()
    {
        if (!float.IsNaN(_spare))
        {
            float spare = _spare;
            _spare = float.NaN;
            return spare;
        }
        ulong bits = Next();
        // Two numbers of 32 bits; the first is never 0, so that its logarithm is finite.
        float radius = MathF.Sqrt(-2 * MathF.Log(((uint)bits + 1f) * (1f / 4294967296f)));
        var (sin, cos) = MathF.SinCos((bits >> 32) * (2 * MathF.PI / 4294967296f));
        _spare = radius * sin;
        return radius * cos;
    }

    ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
