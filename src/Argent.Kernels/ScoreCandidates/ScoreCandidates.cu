#include "argent.cuh"

// scores[b, c, h] = queries[b * H + h] . embeddings[slots[b, c]] + bias[slots[b, c]], and -infinity where the slot is negative.
// Eight threads share a candidate: thread j takes the columns j, j + 8, j + 16 and so on, which is one lane of the processor's
// vectors; their sums are added in the order of its horizontal additions, so scores have the bits of the AVX2 kernel. The host
// has checked that every slot is below the table's length.
struct ArgentScoreCandidatesArgs
{
    const float* queries;   // [B * H, D]
    const u16* embeddings;  // [S, D] bfloat16
    const float* bias;      // [S], or null for zero
    const i32* slots;       // [B, C]
    float* scores;          // [B, C, H]
    i64 count;              // B * C
    i32 per_request;        // C
    i32 heads;              // H
    i32 columns;            // D
};

// Dots of one row with `Heads` queries that follow one another; every thread of the eight gets all of them.
template <i32 Heads>
ARGENT_INLINE void argent_score_heads(const float* queries, const u16* row, i32 columns, i32 lane, float (&sums)[Heads])
{
    const i32 whole = columns & ~7;
#pragma unroll
    for (i32 h = 0; h < Heads; h++) sums[h] = 0.0f;
#pragma unroll 4
    for (i32 d = lane; d < whole; d += 8)
    {
        const float value = argent_from_bf16(row[d]);
#pragma unroll
        for (i32 h = 0; h < Heads; h++) sums[h] = argent_fma(queries[static_cast<i64>(h) * columns + d], value, sums[h]);
    }
#pragma unroll
    for (i32 h = 0; h < Heads; h++)
    {
        for (i32 apart = 1; apart < 8; apart <<= 1)
        {
            sums[h] = argent_add(sums[h], __shfl_xor_sync(ARGENT_ALL_LANES, sums[h], apart));
        }
        for (i32 d = whole; d < columns; d++)
        {
            sums[h] = argent_fma(queries[static_cast<i64>(h) * columns + d], argent_from_bf16(row[d]), sums[h]);
        }
    }
}

template <i32 Heads>
ARGENT_INLINE void argent_score_part(const ArgentScoreCandidatesArgs& args, i64 candidate, i32 slot, i32 head)
{
    const i32 lane = threadIdx.x & 7;
    const bool is_given = slot >= 0;
    // Where there is no slot some row is read and its dot not stored: all threads of a warp add up together.
    const u16* row = args.embeddings + static_cast<i64>(is_given ? slot : 0) * args.columns;
    const i64 request = (candidate < args.count ? candidate : 0) / args.per_request;
    const float* queries = args.queries + (request * args.heads + head) * args.columns;
    float sums[Heads];
    argent_score_heads<Heads>(queries, row, is_given ? args.columns : 0, lane, sums);
    if (lane != 0 || candidate >= args.count) return;
    const float bias = is_given && args.bias ? args.bias[slot] : 0.0f;
    float* scores = args.scores + candidate * args.heads + head;
#pragma unroll
    for (i32 h = 0; h < Heads; h++) scores[h] = is_given ? argent_add(sums[h], bias) : __uint_as_float(0xff800000u);
}

extern "C" __global__ void __launch_bounds__(256) argent_score_candidates(const ArgentScoreCandidatesArgs args)
{
    const i64 candidate = (static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x) / 8;
    const i32 slot = candidate < args.count ? args.slots[candidate] : -1;
    i32 head = 0;
    for (; head + 4 <= args.heads; head += 4) argent_score_part<4>(args, candidate, slot, head);
    for (; head < args.heads; head++) argent_score_part<1>(args, candidate, slot, head);
}
ARGENT_KERNEL(argent_score_candidates)
