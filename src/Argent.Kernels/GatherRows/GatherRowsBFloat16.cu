#include "argent.cuh"

// rows[i] = table[indices[i]] widened to float32, or zeros where the index is negative. The host has checked that every index
// is below the table's length. A warp copies one row; two columns to a thread where rows are of an even length.
struct ArgentGatherRowsBFloat16Args
{
    const u16* table;    // [V, D] bfloat16
    const i32* indices;  // [n]
    float* rows;         // [n, D]
    i64 count;           // n
    i64 columns;         // D
};

extern "C" __global__ void __launch_bounds__(256) argent_gather_rows_bf16(const ArgentGatherRowsBFloat16Args args)
{
    const i64 row = (static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x) / 32;
    if (row >= args.count) return;
    const i64 lane = threadIdx.x & 31;
    const i32 index = args.indices[row];
    const u16* from = args.table + (index < 0 ? 0 : index) * args.columns;
    float* to = args.rows + row * args.columns;
    if (args.columns % 2 != 0)
    {
        for (i64 d = lane; d < args.columns; d += 32) to[d] = index < 0 ? 0.0f : argent_from_bf16(from[d]);
        return;
    }
    const u32* pairs = reinterpret_cast<const u32*>(from);
    float2* wide = reinterpret_cast<float2*>(to);
    for (i64 d = lane; d < args.columns / 2; d += 32)
    {
        const u32 pair = index < 0 ? 0u : pairs[d];
        wide[d] = make_float2(__uint_as_float(pair << 16), __uint_as_float(pair & 0xffff0000u));
    }
}
ARGENT_KERNEL(argent_gather_rows_bf16)
