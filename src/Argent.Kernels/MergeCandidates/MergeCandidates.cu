#include "argent.cuh"

// The union of what the heads of a request kept, in the order of first appearance. A position is a head and a rank, heads one
// after the other. Three launches: every position enters its slot into the request's hash table, where the lowest position of
// a slot stays; positions that stayed set a bit and are counted; every bit finds its place by what is counted before it.
// Blocks along y are requests, a block along x is 256 positions, a thread is a position.
struct ArgentMergeCandidatesArgs
{
    const i32* slots;  // [B * H, K]
    const i32* found;  // [B * H]
    i32* merged;       // [B, H * K]
    i32* counts;       // [B]
    u64* table;        // [B, places] slot and lowest position, or all bits where nothing is
    u32* firsts;       // [B, 8 * blocks] a bit for each position that is the first of its slot
    u32* block_counts; // [B, blocks] such bits of each block
    i32 kept;          // K
    i32 positions;     // H * K
    u32 places;        // a power of two, at least twice the positions
};

#define ARGENT_MERGE_THREADS 256

// The slot at this thread's position, or -1 where the head found less.
ARGENT_INLINE i32 argent_merge_slot(const ArgentMergeCandidatesArgs& args, i32 position)
{
    if (position >= args.positions) return -1;
    const i32 head = position / args.kept, rank = position % args.kept;
    const i64 query = static_cast<i64>(blockIdx.y) * (args.positions / args.kept) + head;
    return rank < args.found[query] ? args.slots[query * args.kept + rank] : -1;
}

// Where the search for a slot starts: Fibonacci hashing.
ARGENT_INLINE u32 argent_merge_place(const ArgentMergeCandidatesArgs& args, i32 slot)
{
    return (static_cast<u32>(slot) * 2654435769u >> 7) & (args.places - 1);
}

extern "C" __global__ void __launch_bounds__(256) argent_merge_insert(const ArgentMergeCandidatesArgs args)
{
    const i32 position = static_cast<i32>(blockIdx.x * blockDim.x + threadIdx.x);
    const i32 slot = argent_merge_slot(args, position);
    if (slot < 0) return;
    u64* table = args.table + static_cast<i64>(blockIdx.y) * args.places;
    const u64 entry = (static_cast<u64>(slot) << 32) | static_cast<u32>(position);
    for (u32 place = argent_merge_place(args, slot);; place = (place + 1) & (args.places - 1))
    {
        const u64 old = atomicCAS(table + place, ~0ull, entry);
        if (old == ~0ull) return;
        if (old >> 32 != entry >> 32) continue;
        atomicMin(table + place, entry);
        return;
    }
}
ARGENT_KERNEL(argent_merge_insert)

extern "C" __global__ void __launch_bounds__(256) argent_merge_count(const ArgentMergeCandidatesArgs args)
{
    const i32 position = static_cast<i32>(blockIdx.x * blockDim.x + threadIdx.x);
    const i32 slot = argent_merge_slot(args, position);
    const u64* table = args.table + static_cast<i64>(blockIdx.y) * args.places;
    bool is_first = false;
    if (slot >= 0)
    {
        u32 place = argent_merge_place(args, slot);
        while (table[place] >> 32 != static_cast<u64>(slot)) place = (place + 1) & (args.places - 1);
        is_first = static_cast<u32>(table[place]) == static_cast<u32>(position);
    }
    const i64 block = static_cast<i64>(blockIdx.y) * gridDim.x + blockIdx.x;
    const u32 bits = __ballot_sync(ARGENT_ALL_LANES, is_first);
    if (threadIdx.x % 32 == 0) args.firsts[block * (ARGENT_MERGE_THREADS / 32) + threadIdx.x / 32] = bits;
    const i32 count = __syncthreads_count(is_first);
    if (threadIdx.x == 0) args.block_counts[block] = static_cast<u32>(count);
}
ARGENT_KERNEL(argent_merge_count)

extern "C" __global__ void __launch_bounds__(256) argent_merge_write(const ArgentMergeCandidatesArgs args)
{
    __shared__ u32 before_block, all;
    if (threadIdx.x == 0) before_block = all = 0;
    __syncthreads();
    const u32* counts = args.block_counts + static_cast<i64>(blockIdx.y) * gridDim.x;
    u32 before = 0, total = 0;
    for (u32 block = threadIdx.x; block < gridDim.x; block += blockDim.x)
    {
        total += counts[block];
        before += block < blockIdx.x ? counts[block] : 0;
    }
    before = argent_warp_sum(before);
    total = argent_warp_sum(total);
    if (threadIdx.x % 32 == 0)
    {
        atomicAdd(&before_block, before);
        atomicAdd(&all, total);
    }
    __syncthreads();
    const i32 position = static_cast<i32>(blockIdx.x * blockDim.x + threadIdx.x);
    const u32 lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const u32* firsts = args.firsts + (static_cast<i64>(blockIdx.y) * gridDim.x + blockIdx.x) * (ARGENT_MERGE_THREADS / 32);
    i32* merged = args.merged + static_cast<i64>(blockIdx.y) * args.positions;
    if ((firsts[warp] >> lane & 1) != 0)
    {
        u32 place = before_block + __popc(firsts[warp] & ((1u << lane) - 1));
        for (u32 w = 0; w < warp; w++) place += __popc(firsts[w]);
        merged[place] = argent_merge_slot(args, position);
    }
    if (position >= static_cast<i32>(all) && position < args.positions) merged[position] = -1;
    if (position == 0) args.counts[blockIdx.y] = static_cast<i32>(all);
}
ARGENT_KERNEL(argent_merge_write)
