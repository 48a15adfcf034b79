#include "argent.cuh"

// rows[i] = table[indices[i]], or zeros where the index is negative. The host has checked that every index is below the
// table's length. One thread copies one number; a warp's threads are neighbours in a row.
struct ArgentGatherRowsArgs
{
    const float* table;  // [V, D]
    const i32* indices;  // [n]
    float* rows;         // [n, D]
    i64 count;           // n
    i64 columns;         // D
};

extern "C" __global__ void __launch_bounds__(256) argent_gather_rows(const ArgentGatherRowsArgs args)
{
    const i64 total = args.count * args.columns;
    const i64 step = static_cast<i64>(gridDim.x) * blockDim.x;
    for (i64 i = static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x; i < total; i += step)
    {
        const i64 row = i / args.columns;
        const i32 index = args.indices[row];
        args.rows[i] = index < 0 ? 0.0f : args.table[index * args.columns + (i - row * args.columns)];
    }
}
ARGENT_KERNEL(argent_gather_rows)
