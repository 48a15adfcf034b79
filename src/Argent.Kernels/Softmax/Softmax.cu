#include "argent.cuh"
#include "row_sums.cuh"

// output[i, j] = exp(input[i, j] - max) / sum of the row. A row of -infinity becomes zeros; a NaN or +infinity makes its row
// NaN. Sixteen lanes to a row; may work in place.
struct ArgentSoftmaxArgs
{
    const float* input;  // [M, C]
    float* output;       // [M, C]
    i64 rows;            // M
    i64 columns;         // C
};

struct ArgentSoftmaxTerm
{
    const float* row;
    float max;
    __device__ __forceinline__ float operator()(i64 c) const { return argent_exp(argent_sub(row[c], max)); }
};

extern "C" __global__ void __launch_bounds__(256) argent_softmax(const ArgentSoftmaxArgs args)
{
    const u32 lane = threadIdx.x % 16;
    const i64 row = (static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x) / 16;
    // Lanes past the last row take part in the sums of their warp.
    const float* input = args.input + (row < args.rows ? row : 0) * args.columns;
    float max = __uint_as_float(0xff800000u);
    u32 has_nan = 0;
    for (i64 c = lane; c < args.columns; c += 16)
    {
        has_nan |= argent_is_nan(input[c]) ? 1u : 0u;
        if (input[c] > max) max = input[c];
    }
#pragma unroll
    for (i32 apart = 8; apart > 0; apart >>= 1)
    {
        max = argent_max(max, __shfl_xor_sync(ARGENT_ALL_LANES, max, apart));
        has_nan |= __shfl_xor_sync(ARGENT_ALL_LANES, has_nan, apart);
    }
    const ArgentSoftmaxTerm term{input, max};
    const float factor = static_cast<float>(1.0 / argent_exponential_sum(term, args.columns, lane));
    // In place: nobody writes before all have read.
    __syncwarp();
    if (row >= args.rows) return;
    const bool is_empty = __float_as_uint(max) == 0xff800000u && has_nan == 0;
    float* output = args.output + row * args.columns;
    for (i64 c = lane; c < args.columns; c += 16) output[c] = is_empty ? 0.0f : argent_mul(factor, term(c));
}
ARGENT_KERNEL(argent_softmax)
