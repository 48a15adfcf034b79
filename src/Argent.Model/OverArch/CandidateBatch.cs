using Argent.Tensors;

namespace Argent.Model;

/// <summary>Candidates of B requests as an <see cref="OverArch"/> reads them, one after another.</summary>
public readonly ref struct CandidateBatch
{
    /// <summary>[B * H, D] float32, the heads of request 0, then those of request 1, ...</summary>
    public required Tensor<float> Queries { get; init; }

    /// <summary>[B + 1] int32: the candidates of request b are rows Start[b] to Start[b + 1] of what follows.</summary>
    public required Tensor<int> Start { get; init; }

    /// <summary>[C] int32, the request of each candidate: indices for gathering rows that are computed once per request.</summary>
    public required Tensor<int> Request { get; init; }

    /// <summary>[C, I] float32, the item side of each candidate; no tensor unless <see cref="OverArch.ReadsItems"/>.</summary>
    public Tensor<float> Items { get; init; }

    /// <summary>[C, F] float32, the cross features by the names of <see cref="OverArchConfig.Features"/>.</summary>
    public required Tensor<float> Features { get; init; }

    /// <summary>
    /// [n, I] float32, the item side of the users' past items that are in the catalogue, all histories of a user in turn; no
    /// tensor unless <see cref="OverArch.ReadsHistory"/>.
    /// </summary>
    public Tensor<float> History { get; init; }

    /// <summary>[B + 1] int32, bounds of each request's past items; no tensor unless <see cref="OverArch.ReadsHistory"/>.</summary>
    public Tensor<int> HistoryStart { get; init; }

    /// <summary>B, requests.</summary>
    public int Requests => (int)Start.Count - 1;

    /// <summary>C, candidates.</summary>
    public int Count => (int)Request.Count;
}
