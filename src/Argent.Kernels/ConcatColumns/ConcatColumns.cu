#include "argent.cuh"

// output[i] = left[i] followed by right[i], a thread to a number.
struct ArgentConcatColumnsArgs
{
    const float* left;   // [M, left_columns]
    const float* right;  // [M, right_columns]
    float* output;       // [M, left_columns + right_columns]
    i64 rows;            // M
    i64 left_columns;
    i64 right_columns;
};

extern "C" __global__ void __launch_bounds__(256) argent_concat_columns(const ArgentConcatColumnsArgs args)
{
    const i64 columns = args.left_columns + args.right_columns;
    const i64 i = static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= args.rows * columns) return;
    const i64 row = i / columns, column = i - row * columns;
    args.output[i] = column < args.left_columns ? args.left[row * args.left_columns + column]
                                                : args.right[row * args.right_columns + (column - args.left_columns)];
}
ARGENT_KERNEL(argent_concat_columns)
