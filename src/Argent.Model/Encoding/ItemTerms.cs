using Argent.Tensors;

namespace Argent.Model;

/// <summary>What the filter index knows about a run of items, as <see cref="Argent.Kernels.BuildSignaturesArgs"/> takes it.</summary>
/// <param name="TermStart">[n + 1] int32, bounds of each item's Bloom terms.</param>
/// <param name="Terms">[t] uint64 hashes.</param>
/// <param name="ExactStart">[n + 1] int32, bounds of each item's bitmap rows.</param>
/// <param name="ExactRows">[e] int32 bitmap rows.</param>
public sealed record ItemTerms(
    Tensor<int> TermStart, Tensor<ulong> Terms, Tensor<int> ExactStart, Tensor<int> ExactRows);
