#include "scan_pairs.cuh"

// What the scan of a batch works through, list by list.
struct ArgentScanPlanArgs
{
    ArgentScanPairs pairs;
    const u64* live;         // [S / 64] live bits
    u32* list_pairs;         // [L] pairs of each list, zero before
    u32* pair_rank;          // [Q, P] a pair's number in its list
    u32* list_pair_start;    // [L + 1] first of a list's pairs
    u32* list_tile_start;    // [L] first of a list's tiles
    u32* tile_counts;        // [2] tiles of lists that few queries share, and of the others, which come behind them
    ArgentScanPair* by_list; // [Q * P] pairs list by list
    ArgentScanTile* tiles;   // [T] tiles of 128 slots, those of a list together
    i64* seen;               // [Q] eligible slots, zero before they are counted
    i64 lists;               // L
    u32 few;                 // queries that are few
};

// The sum of a value over the threads of a block before this one, and over all; up to 1,024 threads.
ARGENT_INLINE u32 argent_before_in_block(u32 value, u32 (&of_warps)[33])
{
    const u32 lane = threadIdx.x & 31u, warp = threadIdx.x >> 5, warps = blockDim.x >> 5;
    u32 through = value;
#pragma unroll
    for (u32 apart = 1; apart < 32u; apart <<= 1)
    {
        const u32 other = __shfl_up_sync(ARGENT_ALL_LANES, through, apart);
        if (lane >= apart) through += other;
    }
    if (lane == 31u) of_warps[warp] = through;
    __syncthreads();
    u32 before = through - value, all = 0u;
    for (u32 w = 0; w < warps; ++w)
    {
        if (w < warp) before += of_warps[w];
        all += of_warps[w];
    }
    // Nobody writes the next sums before everybody has read these.
    __syncthreads();
    if (threadIdx.x == 0u) of_warps[32] = all;
    __syncthreads();
    return before;
}

ARGENT_INLINE u32 argent_words_of(const ArgentScanPairs& pairs, i32 list)
{
    return list < 0 ? 0u : static_cast<u32>((pairs.list_count[list] + 63) / 64);
}

// A block has a query: words before each of its pairs, and each pair's number in its list.
extern "C" __global__ void __launch_bounds__(256) argent_scan_pairs(const ArgentScanPlanArgs args)
{
    __shared__ u32 sums[33];
    const i64 query = blockIdx.x, probes = args.pairs.probes;
    i32* start = args.pairs.pair_start + query * (probes + 1);
    u32 before_all = 0u;
    for (i64 first = 0; first < probes; first += blockDim.x)
    {
        const i64 p = first + threadIdx.x;
        const i32 list = p < probes ? args.pairs.lists[query * probes + p] : -1;
        const u32 before = argent_before_in_block(argent_words_of(args.pairs, list), sums);
        if (p < probes) start[p] = static_cast<i32>(before_all + before);
        if (list >= 0) args.pair_rank[query * probes + p] = atomicAdd(&args.list_pairs[list], 1u);
        before_all += sums[32];
    }
    if (threadIdx.x == 0u) start[probes] = static_cast<i32>(before_all);
}
ARGENT_KERNEL(argent_scan_pairs)

// One block: where each list's pairs and tiles begin. A thread has a run of lists.
extern "C" __global__ void __launch_bounds__(1024) argent_scan_lists(const ArgentScanPlanArgs args)
{
    __shared__ u32 sums[33];
    const i64 each = (args.lists + blockDim.x - 1) / blockDim.x;
    const i64 first = min(each * threadIdx.x, args.lists), last = min(first + each, args.lists);
    u32 pairs = 0u, few = 0u, many = 0u;
    for (i64 l = first; l < last; ++l)
    {
        const u32 shared_by = args.list_pairs[l];
        if (shared_by == 0u) continue;
        const u32 tiles = (argent_words_of(args.pairs, static_cast<i32>(l)) + 1u) / 2u;
        pairs += shared_by;
        if (shared_by <= args.few) few += tiles;
        else many += tiles;
    }
    u32 pairs_before = argent_before_in_block(pairs, sums);
    if (threadIdx.x == 0u) args.list_pair_start[args.lists] = sums[32];
    u32 few_before = argent_before_in_block(few, sums);
    const u32 few_all = sums[32];
    u32 many_before = few_all + argent_before_in_block(many, sums);
    if (threadIdx.x == 0u)
    {
        args.tile_counts[0] = few_all;
        args.tile_counts[1] = sums[32];
    }
    for (i64 l = first; l < last; ++l)
    {
        const u32 shared_by = args.list_pairs[l];
        const u32 tiles = shared_by == 0u ? 0u : (argent_words_of(args.pairs, static_cast<i32>(l)) + 1u) / 2u;
        u32& before = shared_by <= args.few ? few_before : many_before;
        args.list_pair_start[l] = pairs_before;
        args.list_tile_start[l] = before;
        pairs_before += shared_by;
        before += tiles;
    }
}
ARGENT_KERNEL(argent_scan_lists)

// Warps take pairs, which they put to their list's and give the live slots as their masks; then lists, whose tiles they write.
extern "C" __global__ void __launch_bounds__(256) argent_scan_scatter(const ArgentScanPlanArgs args)
{
    const u32 lane = threadIdx.x & 31u;
    const i64 warp = (static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x) >> 5;
    const i64 warps = (static_cast<i64>(gridDim.x) * blockDim.x) >> 5, probes = args.pairs.probes;
    for (i64 i = warp; i < args.pairs.queries * probes; i += warps)
    {
        const i32 list = args.pairs.lists[i];
        if (list < 0) continue;
        const i64 query = i / probes;
        const i32 start = args.pairs.pair_start[i + query];
        if (lane == 0u)
        {
            args.by_list[args.list_pair_start[list] + args.pair_rank[i]] = {static_cast<u32>(query), static_cast<u32>(start)};
        }
        const i32 count = args.pairs.list_count[list];
        const u64* live = args.live + args.pairs.list_start[list] / 64;
        u64* masks = args.pairs.masks + query * args.pairs.row_words + start;
        for (i32 w = lane; w < (count + 63) / 64; w += 32)
        {
            const i32 left = count - 64 * w;
            masks[w] = live[w] & (left >= 64 ? ~static_cast<u64>(0) : (static_cast<u64>(1) << left) - 1u);
        }
    }
    for (i64 l = warp; l < args.lists; l += warps)
    {
        if (args.list_pairs[l] == 0u) continue;
        const u32 tiles = (argent_words_of(args.pairs, static_cast<i32>(l)) + 1u) / 2u;
        for (u32 t = lane; t < tiles; t += 32u) args.tiles[args.list_tile_start[l] + t] = {static_cast<u32>(l), t};
    }
}
ARGENT_KERNEL(argent_scan_scatter)

// Eligible slots of each query: a block counts some of its words. The grid is queries by blocks of a query.
extern "C" __global__ void __launch_bounds__(256) argent_scan_seen(const ArgentScanPlanArgs args)
{
    const i64 query = blockIdx.x, words = args.pairs.pair_start[(query + 1) * (args.pairs.probes + 1) - 1];
    const u64* masks = args.pairs.masks + query * args.pairs.row_words;
    u32 count = 0u;
    for (i64 w = static_cast<i64>(blockIdx.y) * blockDim.x + threadIdx.x; w < words; w += gridDim.y * blockDim.x)
    {
        count += static_cast<u32>(__popcll(masks[w]));
    }
    count = argent_warp_sum(count);
    if ((threadIdx.x & 31u) == 0u && count != 0u) atomicAdd(reinterpret_cast<u64*>(args.seen + query), static_cast<u64>(count));
}
ARGENT_KERNEL(argent_scan_seen)
