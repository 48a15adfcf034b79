namespace Argent.Model;

/// <summary>Where each feature's values are in a filter index: bitmap rows of their own, or Bloom terms.</summary>
/// <param name="FirstExactRow">
/// By feature: the bitmap row of value id 0, the others follow in order of id; -1 when the values are Bloom terms.
/// </param>
/// <param name="ExactRows">Bitmap rows in all.</param>
/// <param name="HashCount">Bloom rows that each term sets.</param>
public sealed record FilterIndexLayout(int[] FirstExactRow, int ExactRows, int HashCount);
