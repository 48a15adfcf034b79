#include "argent.cuh"

// values[i] = formula(inputs[0, i], inputs[1, i], ...); what is not finite becomes 0 and is counted. A thread to an item: all
// run the same instructions, so a warp never diverges. Results are rows of shared memory, a column to a thread; places are those
// of the C# FormulaInstruction. Arithmetic, comparisons and logic have the CPU's bits; exponentials, logarithms and powers are
// computed in float64 and rounded once.
struct ArgentEvaluateFormulaArgs
{
    const i32* instructions;  // [instruction_count, 5]: step, three operands, target
    const float* constants;
    const float* inputs;  // [I, n]
    float* values;        // [n]
    u64* not_finite;      // [1], added to
    i64 count;            // n
    i32 instruction_count;
    i32 result;
};

ARGENT_INLINE double argent_double_of(u64 bits) { return __longlong_as_double(static_cast<i64>(bits)); }

// e^x within 1e-15 of it for |x| up to 200; beyond, where float32 has only 0 and infinity, that of 200. With n = round(x / ln 2)
// and |r| at most 0.347, the terms of the series after r^13 / 13! are under 1e-17.
ARGENT_INLINE double argent_exp64(double x)
{
    x = x > 200.0 ? 200.0 : x < -200.0 ? -200.0 : x;
    // Added to this, a double has no room for a fraction.
    const double whole = 6755399441055744.0;
    const double n = x * 1.4426950408889634 + whole - whole;
    double r = argent_fma(-n, 0.6931471803691238, x);
    r = argent_fma(-n, 1.9082149292705877e-10, r);
    double p = 1.0 / 6227020800.0;
    double factorial = 479001600.0;
#pragma unroll
    for (i32 k = 12; k >= 0; k--)
    {
        p = argent_fma(p, r, 1.0 / factorial);
        factorial = k > 0 ? factorial / k : factorial;
    }
    return p * argent_double_of(static_cast<u64>(static_cast<i64>(n) + 1023) << 52);
}

// log x for a positive finite float, within 1e-13 of it. With x = 2^e m, m in [sqrt 1/2, sqrt 2), and s = (m - 1) / (m + 1):
// log m = 2 (s + s^3 / 3 + ...), and s^2 under 0.0295.
ARGENT_INLINE double argent_log64(float x)
{
    u64 bits = static_cast<u64>(__double_as_longlong(static_cast<double>(x)));
    // What is above sqrt 1/2 in the fraction counts to the next power.
    bits += 0x3ff0000000000000ull - 0x3fe6a09e667f3bcdull;
    const i64 exponent = static_cast<i64>(bits >> 52) - 1023;
    const double m = argent_double_of((bits & 0x000fffffffffffffull) + 0x3fe6a09e667f3bcdull);
    const double s = (m - 1.0) / (m + 1.0), z = s * s;
    double p = 0.0;
#pragma unroll
    for (i32 k = 19; k >= 1; k -= 2) p = argent_fma(p, z, 1.0 / k);
    return argent_fma(static_cast<double>(exponent), 0.6931471805599453, 2.0 * s * p);
}

ARGENT_INLINE float argent_infinity() { return __uint_as_float(0x7f800000u); }
ARGENT_INLINE float argent_not_a_number() { return __uint_as_float(0x7fc00000u); }

ARGENT_INLINE float argent_formula_exp(float a)
{
    return argent_is_nan(a) ? a : static_cast<float>(argent_exp64(static_cast<double>(a)));
}

ARGENT_INLINE float argent_formula_log(float a)
{
    if (argent_is_nan(a) || a < 0.0f) return argent_not_a_number();
    if (a == 0.0f) return -argent_infinity();
    return a == argent_infinity() ? a : static_cast<float>(argent_log64(a));
}

// a to the power b with the special cases of C.
ARGENT_INLINE float argent_formula_power(float a, float b)
{
    if (b == 0.0f || a == 1.0f) return 1.0f;
    if (argent_is_nan(a) || argent_is_nan(b)) return argent_not_a_number();
    const float size = fabsf(a), power = fabsf(b);
    if (power == argent_infinity())
    {
        if (size == 1.0f) return 1.0f;
        return (size > 1.0f) == (b > 0.0f) ? argent_infinity() : 0.0f;
    }
    // From 2^24 on all floats are even numbers.
    const bool is_large = power >= 16777216.0f;
    const i32 near = is_large ? 0 : static_cast<i32>(b);
    const bool is_whole = is_large || argent_from_int(near) == b;
    const bool is_negative = (__float_as_uint(a) >> 31) != 0u && (near & 1) != 0 && is_whole;
    float value;
    if (size == 0.0f || size == argent_infinity()) value = (size == 0.0f) == (b > 0.0f) ? 0.0f : argent_infinity();
    else if (a < 0.0f && !is_whole) return argent_not_a_number();
    else value = static_cast<float>(argent_exp64(static_cast<double>(b) * argent_log64(size)));
    return is_negative ? -value : value;
}

// The smaller, -0 before 0; NaN where one is NaN.
ARGENT_INLINE float argent_formula_min(float a, float b)
{
    if (argent_is_nan(a) || argent_is_nan(b)) return argent_not_a_number();
    if (a == b) return (__float_as_uint(a) >> 31) != 0u ? a : b;
    return a < b ? a : b;
}

ARGENT_INLINE float argent_formula_step(i32 step, float a, float b, float c)
{
    switch (step)
    {
    case 2: return argent_add(a, b);
    case 3: return argent_sub(a, b);
    case 4: return argent_mul(a, b);
    case 5: return b == 0.0f ? 0.0f : argent_div(a, b);
    case 6: return argent_formula_power(a, b);
    case 7: return -a;
    case 8: return argent_formula_min(a, b);
    case 9: return -argent_formula_min(-a, -b);
    case 10: return fabsf(a);
    case 11: return argent_formula_exp(a);
    case 12: return argent_formula_log(a);
    case 13: return argent_sqrt(a);
    case 14: return argent_div(1.0f, argent_add(1.0f, argent_formula_exp(-a)));
    case 15: return a < b ? 1.0f : 0.0f;
    case 16: return a <= b ? 1.0f : 0.0f;
    case 17: return a == b ? 1.0f : 0.0f;
    case 18: return a != 0.0f && b != 0.0f ? 1.0f : 0.0f;
    case 19: return a != 0.0f || b != 0.0f ? 1.0f : 0.0f;
    case 20: return a == 0.0f ? 1.0f : 0.0f;
    default: return a != 0.0f ? b : c;
    }
}

ARGENT_INLINE float argent_formula_at(const ArgentEvaluateFormulaArgs& args, const float* rows, i32 place, i64 item)
{
    if (place >= 0) return rows[place * blockDim.x + threadIdx.x];
    const i32 number = ~place;
    return (number & 1) == 0 ? args.constants[number >> 1] : args.inputs[(number >> 1) * args.count + item];
}

extern "C" __global__ void __launch_bounds__(128) argent_evaluate_formula(const ArgentEvaluateFormulaArgs args)
{
    ARGENT_DYNAMIC_SHARED(float, rows);
    const i64 item = static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (item >= args.count) return;
    for (i32 i = 0; i < args.instruction_count; i++)
    {
        const i32* step = args.instructions + i * 5;
        const float a = argent_formula_at(args, rows, step[1], item);
        const float b = argent_formula_at(args, rows, step[2], item);
        const float c = argent_formula_at(args, rows, step[3], item);
        rows[step[4] * blockDim.x + threadIdx.x] = argent_formula_step(step[0], a, b, c);
    }
    const float value = argent_formula_at(args, rows, args.result, item);
    const bool is_finite = fabsf(value) < argent_infinity();
    args.values[item] = is_finite ? value : 0.0f;
    if (!is_finite) atomicAdd(args.not_finite, 1ull);
}
ARGENT_KERNEL(argent_evaluate_formula)
