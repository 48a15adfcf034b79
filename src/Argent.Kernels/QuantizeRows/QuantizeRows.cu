#include "argent.cuh"

struct ArgentQuantizeRowsArgs
{
    const float* rows;    // [R, D]
    const float* center;  // [D], or null
    i8* codes;            // [R, Dp]
    float* scales;        // [R]
    i32* clamped;         // [R], or null
    u64* not_finite;      // [1] the first row with a value that is not finite, if it is before what is there
    i64 count;            // R
    i64 dim;              // D
    i64 padded;           // Dp
    float scale;          // of all rows, or 0
};

// A warp has a row; each lane every 32nd value. A row that is not finite gets codes of 0 and a scale that is not a number.
extern "C" __global__ void __launch_bounds__(256) argent_quantize_rows(const ArgentQuantizeRowsArgs args)
{
    const i64 row = static_cast<i64>(blockIdx.x) * (blockDim.x / 32) + (threadIdx.x >> 5);
    const u32 lane = threadIdx.x & 31u;
    if (row >= args.count) return;
    const float* values = args.rows + row * args.dim;
    // Absolute values order as their bits do, with what is not finite on top.
    u32 largest = 0u;
    for (i64 d = lane; d < args.dim; d += 32)
    {
        const float value = args.center == nullptr ? values[d] : argent_sub(values[d], args.center[d]);
        largest = max(largest, __float_as_uint(value) & 0x7fffffffu);
    }
    largest = __reduce_max_sync(ARGENT_ALL_LANES, largest);
    const bool is_finite = largest < 0x7f800000u;
    float scale = args.scale > 0.0f ? args.scale : argent_div(__uint_as_float(largest), 127.0f);
    if (!is_finite) scale = __uint_as_float(0x7fc00000u);
    i32 clamped = 0;
    for (i64 d = lane; d < args.padded; d += 32)
    {
        i32 code = 0;
        if (d < args.dim && scale > 0.0f)
        {
            const float value = args.center == nullptr ? values[d] : argent_sub(values[d], args.center[d]);
            const float steps = argent_div(value, scale);
            code = argent_round(argent_max(-127.0f, argent_min(127.0f, steps)));
            // 127.5 rounds to 128, as to the even one; everything below rounds to 127.
            if (args.scale > 0.0f && fabsf(steps) >= 127.5f) ++clamped;
        }
        args.codes[row * args.padded + d] = static_cast<i8>(code);
    }
    clamped = argent_warp_sum(clamped);
    if (lane != 0u) return;
    args.scales[row] = scale;
    if (args.clamped != nullptr) args.clamped[row] = clamped;
    if (!is_finite) atomicMin(args.not_finite, static_cast<u64>(row));
}
ARGENT_KERNEL(argent_quantize_rows)
