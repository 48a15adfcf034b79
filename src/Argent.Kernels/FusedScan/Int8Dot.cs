using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

// The intrinsics are marked as a preview; IsSupported is asked before any of them runs.
#pragma warning disable CA2252

namespace Argent.Kernels;

/// <summary>
/// How 32 codes of an item are multiplied with 32 of a query: exact int32 sums, whichever way. Codes lie in [-127, 127].
/// </summary>
unsafe interface IInt8Dot
{
    /// <summary>Reads 32 codes of an item.</summary>
    static abstract Vector256<sbyte> Load(sbyte* codes);

    /// <summary>Adds the products to eight sums; what the eight sums add up to is the dot less <see cref="ScanQuery.Offset"/>.</summary>
    static abstract Vector256<int> Add(Vector256<int> sums, Vector256<sbyte> codes, sbyte* query, byte* queryAbs);
}

/// <summary>
/// AVX2. The dot of codes x and q is the sum of |q| * (x with q's sign): one unsigned-by-signed multiplication that adds
/// pairs in 16 bits without saturation, since 2 * 127 * 127 &lt; 32,768. Faster than widening both to 16 bits, as exact.
/// </summary>
readonly unsafe struct Avx2Dot : IInt8Dot
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<sbyte> Load(sbyte* codes) => Avx.LoadVector256(codes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sums, Vector256<sbyte> codes, sbyte* query, byte* queryAbs)
    {
        var pairs = Avx2.MultiplyAddAdjacent(Avx.LoadVector256(queryAbs), Avx2.Sign(codes, Avx.LoadVector256(query)));
        return Avx2.Add(sums, Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One));
    }
}

/// <summary>
/// AVX-VNNI: four products of an unsigned and a signed byte are added to each int32 sum in one step, without saturation.
/// Item codes become unsigned by adding 128, which adds 128 * (sum of the query's codes) to every dot: a constant.
/// </summary>
readonly unsafe struct AvxVnniDot : IInt8Dot
{
    /// <summary>Whether this processor has it.</summary>
    public static bool IsSupported => AvxVnni.IsSupported;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<sbyte> Load(sbyte* codes) => Avx2.Xor(Avx.LoadVector256(codes), Vector256.Create(sbyte.MinValue));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sums, Vector256<sbyte> codes, sbyte* query, byte* queryAbs) =>
        AvxVnni.MultiplyWideningAndAdd(sums, codes.AsByte(), Avx.LoadVector256(query));
}

/// <summary>One query as the tile's loops read it.</summary>
unsafe struct ScanQuery
{
    /// <summary>[Dp] int8 codes.</summary>
    public sbyte* Codes;

    /// <summary>[Dp] their absolute values.</summary>
    public byte* Abs;

    /// <summary>The query's scale.</summary>
    public float Scale;

    /// <summary>What is added to the sums of products to make the dot.</summary>
    public int Offset;

    /// <summary>Fills the query in; <paramref name="abs"/> has room for Dp bytes.</summary>
    public static ScanQuery Of(in FusedScanArgs args, int query, byte* abs, bool isVnni)
    {
        int dim = args.Index.PaddedDim, sum = 0;
        sbyte* codes = args.Queries.Pointer + (long)query * dim;
        for (int d = 0; d < dim; d++)
        {
            abs[d] = (byte)Math.Abs((int)codes[d]);
            sum += codes[d];
        }
        return new ScanQuery
        {
            Codes = codes,
            Abs = abs,
            Scale = args.QueryScales.Pointer[query],
            Offset = isVnni ? -128 * sum : 0,
        };
    }
}
