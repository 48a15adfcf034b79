#include "scan_pairs.cuh"
#include "select.cuh"

// Queries that a block of argent_scan_many takes at once, at most.
constexpr u32 columns_max = 32;

// Scores of every eligible slot of the probed lists. A tile is 128 slots of one list, and its codes are read once for all
// queries that probe the list. Where no query wants any of a word's 64 slots, neither codes nor keys are touched: keys of a
// pair's word mean nothing where its mask is 0, and are 0 for slots that are not eligible everywhere else.
struct ArgentFusedScanArgs
{
    ArgentScanPairs pairs;
    const u32* list_pair_start;     // [L + 1]
    const ArgentScanPair* by_list;  // [Q * P] pairs list by list
    const ArgentScanTile* tiles;    // [T] those that few queries share first
    const u32* tile_counts;         // [2] few, many
    const i8* codes;                // [S, Dp]
    const float* scales;            // [S]
    const float* bias;              // [S]
    const i8* queries;              // [Q, Dp]
    const float* query_scales;      // [Q]
    u32* keys;                      // [Q, 64 * row_words]
    i64 dim;                        // Dp
    u32 columns;                    // queries that a block of argent_scan_many takes at once: 8, 16, 24 or 32
};

// The key of a score, each step rounded; 0 for what is not a number or below every number that is returned.
ARGENT_INLINE u32 argent_scan_key(i32 dot, float item_scale, float query_scale, float bias)
{
    const float scale = argent_mul(item_scale, query_scale);
    const float score = argent_add(argent_add(argent_mul(argent_from_int(dot), scale), bias), 0.0f);
    return score >= __uint_as_float(0xff7fffffu) ? argent_rank_key(score) : 0u;
}

// Four lanes have parts of four sums; lane `part` of them gets the whole sum of that number.
ARGENT_INLINE i32 argent_row_of_part(const i32 (&dots)[4], u32 part)
{
    const bool upper = (part & 2u) != 0u, odd = (part & 1u) != 0u;
    i32 keep0 = upper ? dots[2] : dots[0], keep1 = upper ? dots[3] : dots[1];
    const i32 give0 = upper ? dots[0] : dots[2], give1 = upper ? dots[1] : dots[3];
    keep0 += __shfl_xor_sync(ARGENT_ALL_LANES, give0, 2);
    keep1 += __shfl_xor_sync(ARGENT_ALL_LANES, give1, 2);
    return (odd ? keep1 : keep0) + __shfl_xor_sync(ARGENT_ALL_LANES, odd ? keep0 : keep1, 1);
}

// Lists that at most four queries share. A warp has a word of 64 slots, in two halves: four lanes read 64 bytes of one row in
// one step, so that a step is eight rows, and four steps are in flight at once. Then four lanes exchange their sums so that
// each has one row.
extern "C" __global__ void __launch_bounds__(256) argent_scan_few(const ArgentFusedScanArgs args)
{
    constexpr u32 queries_max = 4, steps = 4;
    const u32 lane = threadIdx.x & 31u, part = lane & 3u, group = lane >> 2;
    const i64 units = 2 * static_cast<i64>(args.tile_counts[0]), warps = (static_cast<i64>(gridDim.x) * blockDim.x) >> 5;
    for (i64 unit = (static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x) >> 5; unit < units; unit += warps)
    {
        const ArgentScanTile tile = args.tiles[unit / 2];
        const i32 word = static_cast<i32>(tile.index) * 2 + static_cast<i32>(unit % 2);
        if (word >= (args.pairs.list_count[tile.list] + 63) / 64) continue;
        const u32 start = args.list_pair_start[tile.list], count = args.list_pair_start[tile.list + 1] - start;
        i64 query[queries_max] = {}, at[queries_max] = {};
        u64 masks[queries_max] = {};
        u64 wanted = 0u;
#pragma unroll
        for (u32 j = 0; j < queries_max; ++j)
        {
            if (j >= count) continue;
            const ArgentScanPair pair = args.by_list[start + j];
            query[j] = pair.query;
            at[j] = query[j] * args.pairs.row_words + pair.word + word;
            masks[j] = args.pairs.masks[at[j]];
            wanted |= masks[j];
        }
        if (wanted == 0u) continue;

        for (u32 half = 0; half < 64u; half += 32u)
        {
            const i64 slot = args.pairs.list_start[tile.list] + 64 * static_cast<i64>(word) + half;
            const u32 rows = static_cast<u32>(wanted >> half);
            i32 dots[queries_max][steps] = {};
            for (i64 d = 16 * part; d < args.dim && rows != 0u; d += 64)
            {
                uint4 codes[steps];
#pragma unroll
                for (u32 s = 0; s < steps; ++s)
                {
                    const u32 row = s * 8u + group;
                    codes[s] = make_uint4(0u, 0u, 0u, 0u);
                    if ((rows >> row & 1u) != 0u) codes[s] = argent_load_stream(args.codes + (slot + row) * args.dim + d);
                }
#pragma unroll
                for (u32 j = 0; j < queries_max; ++j)
                {
                    if (j >= count) continue;
                    const uint4 q = *reinterpret_cast<const uint4*>(args.queries + query[j] * args.dim + d);
#pragma unroll
                    for (u32 s = 0; s < steps; ++s)
                    {
                        i32 dot = argent_dot4(codes[s].x, q.x, dots[j][s]);
                        dot = argent_dot4(codes[s].y, q.y, dot);
                        dot = argent_dot4(codes[s].z, q.z, dot);
                        dots[j][s] = argent_dot4(codes[s].w, q.w, dot);
                    }
                }
            }

            // Lane `part` of a group ends with the row of step `part`.
            const u32 row = part * 8u + group;
            const bool is_wanted = (rows >> row & 1u) != 0u;
            const float scale = is_wanted ? args.scales[slot + row] : 0.0f, bias = is_wanted ? args.bias[slot + row] : 0.0f;
#pragma unroll
            for (u32 j = 0; j < queries_max; ++j)
            {
                if (j >= count) continue;
                const i32 dot = argent_row_of_part(dots[j], part);
                if (masks[j] == 0u) continue;
                const bool is_eligible = (masks[j] >> (half + row) & 1u) != 0u;
                const u32 key = is_eligible ? argent_scan_key(dot, scale, args.query_scales[query[j]], bias) : 0u;
                args.keys[64 * at[j] + half + row] = key;
            }
        }
    }
}
ARGENT_KERNEL(argent_scan_few)

// A block copies the codes of `count` queries of a list to rows of shared memory, and makes the other rows 0.
ARGENT_INLINE void argent_hold_queries(const ArgentFusedScanArgs& args, u32 from, u32 count, u8* codes, u32 stride)
{
    const u32 pieces = static_cast<u32>(args.dim) / 16u;
    for (u32 i = threadIdx.x; i < args.columns * pieces; i += blockDim.x)
    {
        const u32 column = i / pieces, piece = i % pieces;
        uint4 value = make_uint4(0u, 0u, 0u, 0u);
        if (column < count)
        {
            const i64 query = args.by_list[from + column].query;
            value = *reinterpret_cast<const uint4*>(args.queries + query * args.dim + 16u * piece);
        }
        *reinterpret_cast<uint4*>(codes + column * stride + 16u * piece) = value;
    }
}

// What a lane reads of a warp's 16 rows: 16 bytes of every 64 of one of the first eight and of one of the others, or nothing.
struct ArgentScanTileRows
{
    const i8* low;
    const i8* high;
    bool is_read_once;

    ARGENT_MEMBER uint4 load(const i8* row, u32 d) const
    {
        if (row == nullptr) return make_uint4(0u, 0u, 0u, 0u);
        return is_read_once ? argent_load_stream(row + d) : *reinterpret_cast<const uint4*>(row + d);
    }
};

// Products of 16 rows with up to 32 queries, eight at a time; `queries` is where this lane's bytes of query `group` are.
ARGENT_INLINE void argent_multiply_rows(
    const ArgentScanTileRows& rows, const u8* queries, u32 stride, u32 dim, u32 count, i32 (&dots)[columns_max / 8][4])
{
    for (u32 d = 0; d < dim; d += 64u)
    {
        const uint4 a0 = rows.load(rows.low, d), a1 = rows.load(rows.high, d);
        const u32 front[4] = {a0.x, a1.x, a0.y, a1.y}, back[4] = {a0.z, a1.z, a0.w, a1.w};
#pragma unroll
        for (u32 n = 0; n < columns_max / 8u; ++n)
        {
            if (8u * n >= count) continue;
            const uint4 b = *reinterpret_cast<const uint4*>(queries + 8u * n * stride + d);
            const u32 b_front[2] = {b.x, b.y}, b_back[2] = {b.z, b.w};
            argent_mma_m16n8k32_s8(dots[n], front, b_front);
            argent_mma_m16n8k32_s8(dots[n], back, b_back);
        }
    }
}

// Lists that more queries share. A block has a run of tiles and up to 32 queries at a time, whose codes are in shared memory;
// a warp has 16 rows of a tile. Four lanes read 64 bytes of a row: lane t of them takes the 16 bytes from 16 t on, which are
// its fragments of two mma steps. A sum of products does not care which bytes a step takes, as long as the queries' fragments
// take the same ones.
extern "C" __global__ void __launch_bounds__(256) argent_scan_many(const ArgentFusedScanArgs args)
{
    ARGENT_DYNAMIC_SHARED(u8, codes);
    __shared__ i64 word_at[columns_max];
    __shared__ float query_scale[columns_max];
    const u32 lane = threadIdx.x & 31u, part = lane & 3u, group = lane >> 2, warp = threadIdx.x >> 5;
    // An odd number of 64 bytes, so that the rows that eight lanes read together lie in different banks.
    const u32 stride = static_cast<u32>(args.dim) | 64u;
    const i64 tiles = args.tile_counts[1], each = (tiles + gridDim.x - 1) / gridDim.x;
    const i64 first_tile = min(each * blockIdx.x, tiles), last_tile = min(first_tile + each, tiles);
    const ArgentScanTile* tile_of = args.tiles + args.tile_counts[0];
    u32 held_list = ~0u, held_start = 0u;
    for (i64 t = first_tile; t < last_tile; ++t)
    {
        const ArgentScanTile tile = tile_of[t];
        const u32 start = args.list_pair_start[tile.list], end = args.list_pair_start[tile.list + 1];
        const i32 first = static_cast<i32>(tile.index) * 128 + static_cast<i32>(warp) * 16, word = first / 64;
        const bool is_in_list = word < (args.pairs.list_count[tile.list] + 63) / 64;
        const i64 slot = args.pairs.list_start[tile.list] + first;
        for (u32 from = start; from < end; from += args.columns)
        {
            const u32 count = min(end - from, args.columns);
            if (tile.list != held_list || from != held_start)
            {
                __syncthreads();
                argent_hold_queries(args, from, count, codes, stride);
                if (threadIdx.x < count)
                {
                    const ArgentScanPair pair = args.by_list[from + threadIdx.x];
                    word_at[threadIdx.x] = pair.query * args.pairs.row_words + pair.word;
                    query_scale[threadIdx.x] = args.query_scales[pair.query];
                }
                __syncthreads();
                held_list = tile.list;
                held_start = from;
            }
            if (!is_in_list) continue;

            // Lane i knows what query i wants of the warp's rows.
            const u64 mask = lane < count ? args.pairs.masks[word_at[lane] + word] : 0u;
            const u32 mine = static_cast<u32>(mask >> (first & 63)) & 0xffffu;
            const u32 written = __ballot_sync(ARGENT_ALL_LANES, mask != 0u);
            if (written == 0u) continue;
            const u32 wanted = __reduce_or_sync(ARGENT_ALL_LANES, mine);
            const bool has_low = (wanted >> group & 1u) != 0u, has_high = (wanted >> (group + 8u) & 1u) != 0u;
            i32 dots[columns_max / 8][4] = {};
            if (wanted != 0u)
            {
                const i8* low = args.codes + (slot + group) * args.dim + 16u * part;
                // With more queries the rows are read again soon, so they may stay near.
                const bool is_read_once = end - start <= args.columns;
                const i8* high = low + 8 * args.dim;
                const ArgentScanTileRows rows = {has_low ? low : nullptr, has_high ? high : nullptr, is_read_once};
                argent_multiply_rows(rows, codes + group * stride + 16u * part, stride, static_cast<u32>(args.dim), count, dots);
            }
            const float scale0 = has_low ? args.scales[slot + group] : 0.0f, bias0 = has_low ? args.bias[slot + group] : 0.0f;
            const float scale1 = has_high ? args.scales[slot + group + 8] : 0.0f, bias1 = has_high ? args.bias[slot + group + 8] : 0.0f;
#pragma unroll
            for (u32 n = 0; n < columns_max / 8u; ++n)
            {
                if (8u * n >= count) continue;
#pragma unroll
                for (u32 e = 0; e < 2u; ++e)
                {
                    const u32 column = 8u * n + 2u * part + e;
                    const u32 eligible = __shfl_sync(ARGENT_ALL_LANES, mine, static_cast<int>(column));
                    if ((written >> column & 1u) == 0u) continue;
                    u32* keys = args.keys + 64 * (word_at[column] + word) + (first & 63) + group;
                    const float query = query_scale[column];
                    keys[0] = (eligible >> group & 1u) != 0u ? argent_scan_key(dots[n][e], scale0, query, bias0) : 0u;
                    keys[8] = (eligible >> (group + 8u) & 1u) != 0u ? argent_scan_key(dots[n][e + 2u], scale1, query, bias1) : 0u;
                }
            }
        }
    }
}
ARGENT_KERNEL(argent_scan_many)
