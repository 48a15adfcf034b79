#include "select.cuh"

struct ArgentProbeArgs
{
    const float* queries;    // [Q, D]
    const float* centroids;  // [L, D]
    const float* bias;       // [L], or null
    u32* keys;               // [Q, L] scores as keys
    i64 count;               // Q
    i64 lists;               // L
    i64 dim;                 // D
};

// Keys of queries x centroids + bias. A block has a tile of 32 queries and 64 lists, which it reads through shared memory 32
// numbers deep; a thread has 4 x 4 of the tile. A sum goes over the numbers in ascending order, each step fused, in blocks of
// 256 whose sums are added in ascending order: the bits of the processor's product.
extern "C" __global__ void __launch_bounds__(128) argent_probe_scores(const ArgentProbeArgs args)
{
    constexpr i32 queries_of_tile = 32, lists_of_tile = 64, depth = 32, depth_of_sum = 256;
    // An odd stride, so that a warp that writes a column meets every bank once.
    __shared__ float a[depth][queries_of_tile + 1];
    __shared__ float b[depth][lists_of_tile + 1];
    const i64 list_tiles = (args.lists + lists_of_tile - 1) / lists_of_tile;
    const i64 first_query = blockIdx.x / list_tiles * queries_of_tile, first_list = blockIdx.x % list_tiles * lists_of_tile;
    const i32 lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    const i32 across = threadIdx.x & 15, down = threadIdx.x >> 4;
    float total[4][4] = {}, sum[4][4] = {};
    for (i64 k = 0; k < args.dim; k += depth)
    {
        const i64 at = k + lane;
        for (i32 q = warp; q < queries_of_tile; q += 4)
        {
            const i64 query = first_query + q;
            a[lane][q] = query < args.count && at < args.dim ? args.queries[query * args.dim + at] : 0.0f;
        }
        for (i32 l = warp; l < lists_of_tile; l += 4)
        {
            const i64 list = first_list + l;
            b[lane][l] = list < args.lists && at < args.dim ? args.centroids[list * args.dim + at] : 0.0f;
        }
        __syncthreads();
        const i32 steps = static_cast<i32>(min(static_cast<i64>(depth), args.dim - k));
        for (i32 step = 0; step < steps; ++step)
        {
#pragma unroll
            for (i32 i = 0; i < 4; ++i)
            {
                const float value = a[step][down + 8 * i];
#pragma unroll
                for (i32 j = 0; j < 4; ++j) sum[i][j] = argent_fma(value, b[step][across + 16 * j], sum[i][j]);
            }
        }
        __syncthreads();
        if ((k + depth) % depth_of_sum != 0 && k + depth < args.dim) continue;
#pragma unroll
        for (i32 i = 0; i < 16; ++i)
        {
            total[i / 4][i % 4] = argent_add(total[i / 4][i % 4], sum[i / 4][i % 4]);
            sum[i / 4][i % 4] = 0.0f;
        }
    }
#pragma unroll
    for (i32 i = 0; i < 16; ++i)
    {
        const i64 query = first_query + down + 8 * (i / 4), list = first_list + across + 16 * (i % 4);
        if (query >= args.count || list >= args.lists) continue;
        float score = total[i / 4][i % 4];
        if (args.bias != nullptr) score = argent_add(score, args.bias[list]);
        // What is not a number is the worst; adding 0 turns -0 into 0.
        score = argent_is_nan(score) ? __uint_as_float(0xff800000u) : argent_add(score, 0.0f);
        args.keys[query * args.lists + list] = argent_rank_key(score);
    }
}
ARGENT_KERNEL(argent_probe_scores)

// Rows of keys: by key, then list. An entry remembers its list.
struct ArgentProbeRows
{
    static constexpr u32 levels = 2;
    const u32* keys;  // [Q, L]
    i32* lists;       // [Q, P]
    float* scores;    // [Q, P], or null
    i64 columns;      // L
    i64 kept;         // P

    ARGENT_MEMBER i64 places(i64) const { return columns; }
    ARGENT_MEMBER u32 key(i64 row, i64 place) const { return keys[row * columns + place]; }
    ARGENT_MEMBER u32 level(i64 row, i64 place, u32) const { return low(row, place); }
    ARGENT_MEMBER u32 low(i64, i64 place) const { return ~static_cast<u32>(place); }
    ARGENT_MEMBER bool better(i64, u64 a, u64 b) const { return a > b; }

    ARGENT_MEMBER void write(i64 row, i64 k, u64 entry) const
    {
        lists[row * kept + k] = static_cast<i32>(~static_cast<u32>(entry));
        if (scores != nullptr) scores[row * kept + k] = argent_rank_score(static_cast<u32>(entry >> 32));
    }
};

ARGENT_SELECT_KERNELS(argent_probe, ArgentProbeRows)
