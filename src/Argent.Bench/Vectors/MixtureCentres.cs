namespace Argent.Bench;

/// <summary>The centres of a mixture and how often each is drawn.</summary>
sealed class MixtureCentres
{
    // Items scatter by .8 of a centre's length and queries by 1: an inverted file of 1,024 lists then finds about .97 of the
    // best 100 of a million at 32 probes, as it does with learned embeddings. Norms of learned items differ by a tenth.
    const float ItemNoise = 0.8f, QueryNoise = 1, ItemNormSpread = 0.1f;

    // Of a centre's coordinates, the part outside the common space.
    const float OwnShare = 0.3f;

    /// <summary>Dimensions of the space that centres share.</summary>
    public const int Rank = 32;

    /// <summary>Draws the centres.</summary>
    public MixtureCentres(int count, int dim, ulong seed)
    {
        (Count, Vectors, Basis, Sums) = (count, new float[count * dim], new float[Rank * dim], new double[count]);
        var chance = new BlockChance(seed, 0);
        foreach (ref float value in Basis.AsSpan()) value = chance.Normal();
        double sum = 0;
        for (int c = 0; c < count; c++)
        {
            var centre = Vectors.AsSpan(c * dim, dim);
            foreach (ref float value in centre) value = OwnShare * chance.Normal();
            for (int r = 0; r < Rank; r++) MixtureRows.AddScaled(centre, Basis.AsSpan(r * dim, dim), chance.Normal() / MathF.Sqrt(Rank));
            MixtureRows.SetLength(centre, 1);
            // A Pareto tail: a few centres hold many items.
            sum += Math.Pow(1 - chance.Unit(), -0.5) - 1 + 0.3;
            Sums[c] = sum;
        }
    }

    /// <summary>Number of centres.</summary>
    public int Count { get; }

    /// <summary>[C, D] of unit length.</summary>
    public float[] Vectors { get; }

    /// <summary>[Rank, D] directions that centres and noise share.</summary>
    public float[] Basis { get; }

    /// <summary>[C] running sums of the weights.</summary>
    public double[] Sums { get; }

    /// <summary>Rows of items.</summary>
    public MixtureDraw Items(ulong seed) => new(this, seed * 2 + 1, ItemNoise, ItemNormSpread);

    /// <summary>Rows of queries, of unit length.</summary>
    public MixtureDraw Queries(ulong seed) => new(this, seed * 2 + 2, QueryNoise, 0);
}
