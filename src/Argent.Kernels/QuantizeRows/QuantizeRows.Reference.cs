using Argent.Tensors;

namespace Argent.Kernels;

static unsafe class QuantizeRowsReference
{
    /// <summary>The largest code: -128 is never used, so that codes are symmetric.</summary>
    public const float CodeMax = 127f;

    public static void Run(in QuantizeRowsArgs args)
    {
        Check(in args);
        long rows = args.Rows.Shape[0], dim = args.Rows.Shape[1], padded = args.Codes.Shape[1];
        for (long r = 0; r < rows; r++)
        {
            float* row = args.Rows.Pointer + r * dim;
            sbyte* codes = args.Codes.Pointer + r * padded;
            float max = 0;
            for (long d = 0; d < dim; d++) max = MathF.Max(max, MathF.Abs(Centered(in args, row, d)));
            if (!float.IsFinite(max)) throw NotFinite(r, args.Rows.Shape);
            float scale = max / CodeMax;
            args.Scales.Pointer[r] = scale;
            for (long d = 0; d < padded; d++)
            {
                float value = d < dim && scale > 0 ? Centered(in args, row, d) / scale : 0f;
                codes[d] = Code(value);
            }
        }
    }

    public static void Check(in QuantizeRowsArgs args)
    {
        Checks.Rank("QuantizeRows: Rows", args.Rows, 2);
        Checks.Rank("QuantizeRows: Codes", args.Codes, 2);
        Shape rows = args.Rows.Shape;
        Checks.IsOrMissing("QuantizeRows: Center", args.Center, new(rows[1]), "Rows", rows);
        Checks.Is("QuantizeRows: Codes", args.Codes, new(rows[0], args.Codes.Shape[1]), "Rows", rows);
        Checks.Is("QuantizeRows: Scales", args.Scales, new(rows[0]), "Rows", rows);
        if (args.Codes.Shape[1] < rows[1])
        {
            throw new ArgumentException($"QuantizeRows: Codes {args.Codes.Shape} is narrower than Rows {rows}.");
        }
    }

    public static ArgumentException NotFinite(long row, Shape rows) =>
        new($"QuantizeRows: row {row} of Rows {rows} holds a value that is not finite.");

    /// <summary>The nearest code, half to even.</summary>
    public static sbyte Code(float value) => (sbyte)MathF.Round(Math.Clamp(value, -CodeMax, CodeMax));

    static float Centered(in QuantizeRowsArgs args, float* row, long d) =>
        args.Center.IsPresent ? row[d] - args.Center.Pointer[d] : row[d];
}
