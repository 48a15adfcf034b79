#include "argent.cuh"

// output[c, column] = sum over the past items h of the candidate's request of weight(h, candidates[c]). A block serves a
// request: its candidates go into a hash table, in shared memory where they fit; then the past items' neighbours are looked
// up row after row. A neighbour comes once in a row, so no two threads add to one sum, and with a barrier behind each row the
// sums grow in the order of the past items: the bits are those of the CPU kernels.
struct ArgentSumNeighboursArgs
{
    const i64* row_start;        // [R + 1]
    const i32* neighbours;       // [n]
    const u16* weights;          // [n] bfloat16
    const i32* history;          // [m]
    const i32* history_start;    // [B + 1]
    const i32* candidates;       // [C]
    const i32* candidate_start;  // [B + 1]
    float* output;               // [C, columns], at the column that is written
    i32* ids;                    // [4 C], working memory
    float* sums;                 // [4 C], working memory
    i64 columns;
};

// Entries of a table in shared memory, 8 bytes each.
#define ARGENT_NEIGHBOUR_ENTRIES 4096

ARGENT_INLINE u32 argent_neighbour_place(i32 id, u32 shift)
{
    // The golden ratio: the upper bits of a product with it are spread best.
    return (static_cast<u32>(id) * 2654435769u) >> shift;
}

extern "C" __global__ void __launch_bounds__(256) argent_sum_neighbours(const ArgentSumNeighboursArgs args)
{
    __shared__ i32 shared_ids[ARGENT_NEIGHBOUR_ENTRIES];
    __shared__ float shared_sums[ARGENT_NEIGHBOUR_ENTRIES];
    const i32 first = args.candidate_start[blockIdx.x], last = args.candidate_start[blockIdx.x + 1];
    if (first == last) return;

    // A power of two from 2 to 4 entries a candidate: a look-up meets a free place soon, and tables in working memory, which
    // begin at 4 entries for each candidate before, do not overlap.
    u32 shift = 31;
    while ((1ll << (32 - shift)) < 2ll * (last - first)) shift--;
    const u32 entries = 1u << (32 - shift), mask = entries - 1;
    const bool fits = entries <= ARGENT_NEIGHBOUR_ENTRIES;
    i32* const ids = fits ? shared_ids : args.ids + 4ll * first;
    float* const sums = fits ? shared_sums : args.sums + 4ll * first;

    for (u32 i = threadIdx.x; i < entries; i += blockDim.x)
    {
        ids[i] = -1;
        sums[i] = 0.0f;
    }
    __syncthreads();
    for (i32 c = first + static_cast<i32>(threadIdx.x); c < last; c += static_cast<i32>(blockDim.x))
    {
        const i32 id = args.candidates[c];
        u32 place = argent_neighbour_place(id, shift);
        for (;;)
        {
            const i32 before = atomicCAS(&ids[place], -1, id);
            if (before == -1 || before == id) break;
            place = (place + 1) & mask;
        }
    }
    __syncthreads();

    const i32 past_end = args.history_start[blockIdx.x + 1];
    for (i32 h = args.history_start[blockIdx.x]; h < past_end; h++)
    {
        const i32 row = args.history[h];
        const i64 end = args.row_start[row + 1];
        for (i64 n = args.row_start[row] + threadIdx.x; n < end; n += blockDim.x)
        {
            const i32 id = args.neighbours[n];
            u32 place = argent_neighbour_place(id, shift);
            while (ids[place] != id && ids[place] != -1) place = (place + 1) & mask;
            if (ids[place] == id) sums[place] = argent_add(sums[place], argent_from_bf16(args.weights[n]));
        }
        __syncthreads();
    }

    for (i32 c = first + static_cast<i32>(threadIdx.x); c < last; c += static_cast<i32>(blockDim.x))
    {
        const i32 id = args.candidates[c];
        u32 place = argent_neighbour_place(id, shift);
        while (ids[place] != id) place = (place + 1) & mask;
        args.output[c * args.columns] = sums[place];
    }
}
ARGENT_KERNEL(argent_sum_neighbours)
