#include "argent.cuh"
#include "row_sums.cuh"

// Divides each row by its length, which is summed in float64; a row shorter than 1e-12 becomes zero. Eight lanes to a row; may
// work in place.
struct ArgentNormalizeRowsArgs
{
    const float* input;  // [M, D]
    float* output;       // [M, D]
    i64 rows;            // M
    i64 columns;         // D
};

extern "C" __global__ void __launch_bounds__(256) argent_normalize_rows(const ArgentNormalizeRowsArgs args)
{
    const u32 lane = threadIdx.x % 8;
    const i64 row = (static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x) / 8;
    // Lanes past the last row take part in the sums of their warp.
    const float* input = args.input + (row < args.rows ? row : 0) * args.columns;
    const double length = argent_sqrt(argent_row_squares(input, 0.0, args.columns, lane));
    if (row >= args.rows) return;
    const float factor = length < 1e-12 ? 0.0f : static_cast<float>(1.0 / length);
    float* output = args.output + row * args.columns;
    for (i64 d = lane; d < args.columns; d += 8) output[d] = argent_mul(input[d], factor);
}
ARGENT_KERNEL(argent_normalize_rows)
