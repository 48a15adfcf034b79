using System.Globalization;
using Argent.Data;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>
/// Generated vectors that behave like learned embeddings: a mixture whose centres lie near a space of few dimensions, so
/// that lists have neighbours; uneven weights; noise inside each centre, some of it along the same few dimensions; norms
/// that vary from item to item. Queries are of unit length, come from the same centres and scatter more.
/// </summary>
sealed record Mixture
{
    /// <summary>Vectors of items.</summary>
    public required int Items { get; init; }

    /// <summary>Vectors of queries.</summary>
    public int Queries { get; init; } = 512;

    /// <summary>D.</summary>
    public int Dim { get; init; } = 128;

    /// <summary>Where chance starts.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Centres: 2,000, and 2 in a thousand of larger catalogues, so that a centre keeps some hundred items.</summary>
    public int Centres => Math.Max(2000, Items / 500);

    /// <summary>A name for files: every parameter that changes a value is in it.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"mixture-{Items}x{Dim}-seed{Seed}");

    /// <summary>Writes items and queries, <c>[n, D]</c> float32 each.</summary>
    public void Write(string itemsPath, string queriesPath, Workers workers, Progress progress)
    {
        var centres = new MixtureCentres(Centres, Dim, Seed);
        progress.Step("generate vectors", Items, "vectors");
        Write(itemsPath, Items, centres.Items(Seed), workers, progress);
        Write(queriesPath, Queries, centres.Queries(Seed), workers, Progress.None);
        progress.Done(string.Create(CultureInfo.InvariantCulture, $"{Items:N0} x {Dim} around {Centres:N0} centres"));
    }

    unsafe void Write(string path, int rows, MixtureDraw draw, Workers workers, Progress progress)
    {
        // Chance starts anew every 1,024 rows, so the values depend neither on threads nor on how many rows are written.
        const int ChunkRows = 1024, BlockRows = 64 * ChunkRows;
        string partial = path + ".partial";
        using (var file = new NpyRowWriter<float>(partial, rows, Dim))
        {
            var block = Tensor.Zeros<float>(new Shape(Math.Min(BlockRows, rows), Dim));
            for (int first = 0; first < rows; first += BlockRows)
            {
                int count = Math.Min(BlockRows, rows - first);
                var filled = block.Rows(0, count);
                fixed (float* centres = draw.Centres.Vectors, basis = draw.Centres.Basis)
                fixed (double* sums = draw.Centres.Sums)
                {
                    var work = new MixtureRows
                    {
                        Output = filled.Pointer,
                        Rows = count,
                        RowsPerChunk = ChunkRows,
                        FirstChunk = first / ChunkRows,
                        Dim = Dim,
                        Centres = centres,
                        CentreSums = sums,
                        CentreCount = draw.Centres.Count,
                        Basis = basis,
                        Seed = draw.Seed,
                        Noise = draw.Noise,
                        NormSpread = draw.NormSpread,
                    };
                    workers.Run(ref work, (count + ChunkRows - 1) / ChunkRows);
                }
                file.Write(filled);
                progress.Advance(count);
            }
            block.Storage.Dispose();
            file.Complete();
        }
        File.Move(partial, path, overwrite: true);
    }
}

/// <summary>How rows are drawn around the centres.</summary>
/// <param name="Centres">The centres.</param>
/// <param name="Seed">Where chance starts.</param>
/// <param name="Noise">Length of the noise beside a centre of length 1.</param>
/// <param name="NormSpread">Standard deviation of the logarithm of a row's length.</param>
sealed record MixtureDraw(MixtureCentres Centres, ulong Seed, float Noise, float NormSpread);
