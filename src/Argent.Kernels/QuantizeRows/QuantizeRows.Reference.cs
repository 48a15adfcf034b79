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
            float scale = args.Scale > 0 ? args.Scale : max / CodeMax;
            args.Scales.Pointer[r] = scale;
            if (args.Clamped.IsPresent) args.Clamped.Pointer[r] = Clamped(in args, row, scale);
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
        Checks.IsOrMissing("QuantizeRows: Clamped", args.Clamped, new(rows[0]), "Rows", rows);
        if (!(args.Scale >= 0 && float.IsFinite(args.Scale)))
        {
            throw new ArgumentException($"QuantizeRows: Scale is {args.Scale}; it is finite and above 0, or 0 for a scale per row.");
        }
        if (args.Codes.Shape[1] < rows[1])
        {
            throw new ArgumentException($"QuantizeRows: Codes {args.Codes.Shape} is narrower than Rows {rows}.");
        }
    }

    public static ArgumentException NotFinite(long row, Shape rows) =>
        new($"QuantizeRows: row {row} of Rows {rows} holds a value that is not finite.");

    /// <summary>The nearest code, half to even.</summary>
    public static sbyte Code(float value) => (sbyte)MathF.Round(Math.Clamp(value, -CodeMax, CodeMax));

    /// <summary>Values of a row whose nearest code would lie outside -127 to 127.</summary>
    public static int Clamped(in QuantizeRowsArgs args, float* row, float scale)
    {
        // A scale of its own fits the row.
        if (args.Scale == 0) return 0;
        int clamped = 0;
        for (long d = 0; d < args.Rows.Shape[1]; d++)
        {
            if (MathF.Abs(MathF.Round(Centered(in args, row, d) / scale)) > CodeMax) clamped++;
        }
        return clamped;
    }

    static float Centered(in QuantizeRowsArgs args, float* row, long d) =>
        args.Center.IsPresent ? row[d] - args.Center.Pointer[d] : row[d];
}
