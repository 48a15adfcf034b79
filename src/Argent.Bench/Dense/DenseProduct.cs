using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Bench;

/// <summary>One product and everybody who computes it.</summary>
sealed class DenseProduct : IDisposable
{
    /// <summary>This engine, with weights that were laid out once.</summary>
    public const string Prepared = "argent";

    /// <summary>This engine, with weights as they are stored.</summary>
    public const string Stored = "argent, weights as stored";

    /// <summary>OpenBLAS.</summary>
    public const string Sgemm = "openblas-sgemm";

    readonly DenseShape _shape;
    readonly IKernels _kernels;
    readonly OpenBlas? _blas;
    readonly DenseArgs _stored, _prepared;

    public DenseProduct(DenseShape shape, IKernels kernels, OpenBlas? blas, ulong seed)
    {
        (_shape, _kernels, _blas) = (shape, kernels, blas);
        var random = new Random((int)seed);
        _stored = new DenseArgs
        {
            Input = DenseBenchmark.Floats(random, new Shape(shape.M, shape.K)),
            Weight = DenseBenchmark.Floats(random, new Shape(shape.N, shape.K)),
            Output = Tensor.Zeros<float>(new Shape(shape.M, shape.N)),
        };
        _prepared = _stored with { WeightPanels = RowPanels.Of(_stored.Weight) };
    }

    /// <summary>Everybody; a run computes the product <paramref name="repeats"/> times.</summary>
    public IEnumerable<IContender> Contenders(RunClock clock, int repeats)
    {
        yield return Of(Prepared, () => _kernels.Dense(_prepared));
        yield return Of(Stored, () => _kernels.Dense(_stored));
        if (_blas is not { } blas) yield break;
        yield return Of(Sgemm, () => blas.Sgemm(_stored));
        if (_shape.M == 1) yield return Of("openblas-sgemv", () => blas.Sgemv(_stored));

        LocalContender Of(string engine, Action work) => new(engine, clock, () =>
        {
            for (int i = 0; i < repeats; i++) work();
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stored.Input.Storage.Dispose();
        _stored.Weight.Storage.Dispose();
        _stored.Output.Storage.Dispose();
        _prepared.WeightPanels.Storage.Dispose();
    }
}
