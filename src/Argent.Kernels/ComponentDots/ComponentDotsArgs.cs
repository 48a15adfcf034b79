using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// Dots of every component of a candidate with every component of its request's user:
/// dots[c, q * P + p] = items[c, q * D .. (q + 1) * D] · users[request[c], p * D .. (p + 1) * D].
/// </summary>
/// <remarks>
/// Tolerance: a sum over D errs by at most D * 2^-24 times the sum of |products|. The bits of a candidate do not depend
/// on the candidates beside it, nor on threads.
/// </remarks>
/// <exception cref="ArgumentOutOfRangeException">A request is outside [0, R).</exception>
public readonly record struct ComponentDotsArgs
{
    /// <summary>[R, P * D] float32: the components of each request's user, one after the other.</summary>
    public required Tensor<float> Users { get; init; }

    /// <summary>[C, I] float32, I at least Q * D: the components of each candidate; columns past Q * D are not read.</summary>
    public required Tensor<float> Items { get; init; }

    /// <summary>[C] int32, each in [0, R).</summary>
    public required Tensor<int> Request { get; init; }

    /// <summary>P, at least 1.</summary>
    public required int UserComponents { get; init; }

    /// <summary>Q, at least 1.</summary>
    public required int ItemComponents { get; init; }

    /// <summary>[C, Q * P] float32, overwritten.</summary>
    public required Tensor<float> Dots { get; init; }
}
