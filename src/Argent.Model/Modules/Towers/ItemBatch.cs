using Argent.Tensors;

namespace Argent.Model;

/// <summary>Items as a tower reads them.</summary>
/// <param name="Count">n, items.</param>
/// <param name="Rows">[n] int32, rows of the id table; -1 for an item that training never saw.</param>
/// <param name="Features">For each feature of the tower, one bag of table rows per item.</param>
public readonly record struct ItemBatch(int Count, Tensor<int> Rows, IReadOnlyList<IdBags> Features);
