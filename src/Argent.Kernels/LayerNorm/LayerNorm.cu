#include "argent.cuh"
#include "row_sums.cuh"

// output = (input - mean) / sqrt(variance + epsilon) * gain + shift by row; mean, variance and the difference are float64.
// Eight lanes to a row.
struct ArgentLayerNormArgs
{
    const float* input;  // [M, D]
    const float* gain;   // [D]
    const float* shift;  // [D]
    float* output;       // [M, D]
    i64 rows;            // M
    i64 columns;         // D
    float epsilon;
    u32 padding;
};

extern "C" __global__ void __launch_bounds__(256) argent_layer_norm(const ArgentLayerNormArgs args)
{
    const u32 lane = threadIdx.x % 8;
    const i64 row = (static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x) / 8;
    // Lanes past the last row take part in the sums of their warp.
    const float* input = args.input + (row < args.rows ? row : 0) * args.columns;
    const double mean = argent_row_sum(input, args.columns, lane) / static_cast<double>(args.columns);
    const double variance = argent_row_squares(input, mean, args.columns, lane) / static_cast<double>(args.columns);
    if (row >= args.rows) return;
    const double factor = 1.0 / argent_sqrt(variance + static_cast<double>(args.epsilon));
    float* output = args.output + row * args.columns;
    for (i64 d = lane; d < args.columns; d += 8)
    {
        const float normal = static_cast<float>((static_cast<double>(input[d]) - mean) * factor);
        output[d] = argent_add(argent_mul(normal, args.gain[d]), args.shift[d]);
    }
}
ARGENT_KERNEL(argent_layer_norm)
