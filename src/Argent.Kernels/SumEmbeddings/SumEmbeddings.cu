#include "argent.cuh"

// output[b] = pool(table[ids[j]]) for j in [start[b], start[b + 1]), in the order of the ids; negative ids are skipped and not
// counted. A thread to a number of the output; a warp's threads are neighbours in a row.
struct ArgentSumEmbeddingsArgs
{
    const float* table;  // [V, D]
    const i32* ids;      // [n], each below V
    const i32* start;    // [B + 1]
    float* output;       // [B, D]
    i64 bags;            // B
    i64 columns;         // D
    u32 pooling;         // In the order of the C# enum: sum, mean, by the root of the count.
    u32 padding;
};

extern "C" __global__ void __launch_bounds__(256) argent_sum_embeddings(const ArgentSumEmbeddingsArgs args)
{
    const i64 i = static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= args.bags * args.columns) return;
    const i64 bag = i / args.columns, column = i - bag * args.columns;
    const i32 end = args.start[bag + 1];
    float sum = 0.0f;
    i32 count = 0;
    for (i32 j = args.start[bag]; j < end; j++)
    {
        const i32 id = args.ids[j];
        if (id < 0) continue;
        count++;
        sum = argent_add(sum, args.table[id * args.columns + column]);
    }
    float factor = 1.0f;
    if (args.pooling == 1u) factor = count == 0 ? 0.0f : argent_div(1.0f, argent_from_int(count));
    if (args.pooling == 2u) factor = argent_div(1.0f, argent_sqrt(argent_from_int(count + 1)));
    args.output[i] = argent_mul(sum, factor);
}
ARGENT_KERNEL(argent_sum_embeddings)
