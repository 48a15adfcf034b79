#pragma once
#include "argent.cuh"

// The best K places of each row, exactly and in order, for rows of any length. A place has a key, larger is better, 0 for a
// place that is not there; equal keys are told apart by further levels. The K-th best is found digit by digit from the top:
// each count pass counts the places that agree with what is known so far by their next digit, and the last block of a row
// to finish chooses the digit. When a digit's places are all wanted, the passes behind it have nothing to do. Then all places
// that are at least as good are taken, in any order, and sorted. Equal inputs give equal outputs in whatever order blocks run.
//
// What is selected is a Source:
//   i64 places(row)               how many places a row has
//   u32 key(row, place)           0 for none
//   u32 level(row, place, n)      for n = 1, 2, ...: larger is better, 0 everywhere for a level without passes; the last one
//                                 differs for any two places
//   u32 low(row, place)           what an entry remembers of its place; larger is better where keys are equal
//   bool better(row, a, b)        whether entry a comes before b
//   void write(row, k, entry)     place k of the answer; entry 0 where there is none

struct ArgentSelectState
{
    u32 key[4];    // digits of the K-th best that are known, by level
    u32 needed;    // how many of the places that agree with them are wanted
    u32 is_known;  // whether all of them are
    u32 tickets;   // blocks that have finished the pass
    u32 taken;     // entries so far
};

template <class Source>
struct ArgentSelectArgs
{
    Source source;
    ArgentSelectState* states;  // [R], zero before the first pass
    u32* counts;                // [R, 2048], zero before the first pass; every pass leaves zeros
    u64* entries;               // [R, K] key << 32 | low
    u64* sorted;                // [R, K] where runs are merged to
    i64 rows;                   // R
    i64 kept;                   // K
    u32 parts;                  // blocks that share a row
    u32 level;                  // of a count pass
    u32 digit;                  // of a count pass: 0, 1 or 2, from the top
    u32 run;                    // entries of a sorted run; a power of two
};

// Floats as numbers that order as they do; the inverse. No number gives 0, and -0 has to be made 0 before.
ARGENT_INLINE u32 argent_rank_key(float score)
{
    const u32 bits = __float_as_uint(score);
    return (bits >> 31) != 0u ? ~bits : bits | 0x80000000u;
}
ARGENT_INLINE float argent_rank_score(u32 key)
{
    return __uint_as_float((key >> 31) != 0u ? key & 0x7fffffffu : ~key);
}
ARGENT_INLINE u32 argent_rank_key(i32 value) { return static_cast<u32>(value) ^ 0x80000000u; }

// Whether a place is at least as good as the digits that are known. Unknown digits are 0, so that they pass.
template <class Source>
ARGENT_INLINE bool argent_select_is_taken(const Source& source, const u32 (&least)[4], i64 row, i64 place, u32 key)
{
    if (key == 0u) return false;
    if (key != least[0]) return key > least[0];
    for (u32 n = 1; n < Source::levels; ++n)
    {
        // Nothing is asked of the levels below, and mostly nothing is.
        bool asks = false;
        for (u32 m = n; m < Source::levels; ++m) asks = asks || least[m] != 0u;
        if (!asks) return true;
        const u32 next = source.level(row, place, n);
        if (next != least[n]) return next > least[n];
    }
    return true;
}

// Adds to `counts` how often the next digit has each value among a block's share of a row's places.
template <class Source>
ARGENT_INLINE void argent_select_add(const ArgentSelectArgs<Source>& args, const u32 (&agreed)[4], u32 shift, u32 width, u32* counts)
{
    const i64 row = blockIdx.x / args.parts, places = args.source.places(row);
    // What of a key is known already.
    const u32 known = args.digit == 0u ? 0u : ~0u << (shift + width);
    // Neighbours in score are often in one digit: a thread adds runs of them at once.
    u32 bin = 0u, run = 0u;
    const i64 first = static_cast<i64>(blockIdx.x % args.parts) * blockDim.x + threadIdx.x;
    for (i64 place = first; place < places; place += args.parts * blockDim.x)
    {
        u32 key = args.source.key(row, place), have = agreed[0];
        bool counts_here = key != 0u && (args.level == 0u || key == agreed[0]);
        for (u32 n = 1; n < Source::levels && n <= args.level && counts_here; ++n)
        {
            key = args.source.level(row, place, n);
            have = agreed[n];
            counts_here = n == args.level || key == have;
        }
        if (!counts_here || (key & known) != (have & known)) continue;
        const u32 digit = (key >> shift) & ((1u << width) - 1u);
        if (digit != bin)
        {
            if (run != 0u) atomicAdd(&counts[bin], run);
            bin = digit;
            run = 0u;
        }
        ++run;
    }
    if (run != 0u) atomicAdd(&counts[bin], run);
}

// Chooses the next digit of a row's K-th best by the counts of all blocks, which it leaves as zeros. Thread t of 256 has the
// eight digits below 2048 - 8 t; those before it are better.
template <class Source>
ARGENT_INLINE void argent_select_choose(const ArgentSelectArgs<Source>& args, ArgentSelectState* state, u32* all, u32 shift)
{
    __shared__ u32 of_warps[8];
    const u32 lane = threadIdx.x & 31u, warp = threadIdx.x >> 5, top = 2047u - 8u * threadIdx.x;
    u32 mine[8];
    u32 sum = 0u;
#pragma unroll
    for (u32 i = 0; i < 8u; ++i)
    {
        mine[i] = atomicExch(&all[top - i], 0u);
        sum += mine[i];
    }
    u32 through = sum;
#pragma unroll
    for (u32 apart = 1; apart < 32u; apart <<= 1)
    {
        const u32 other = __shfl_up_sync(ARGENT_ALL_LANES, through, apart);
        if (lane >= apart) through += other;
    }
    if (lane == 31u) of_warps[warp] = through;
    __syncthreads();
    u32 better = through - sum;
    for (u32 w = 0; w < warp; ++w) better += of_warps[w];
    const bool is_first = args.level == 0u && args.digit == 0u;
    const u32 needed = is_first ? static_cast<u32>(args.kept) : state->needed;
    // Everybody has read what is needed before one thread writes it.
    __syncthreads();
    if (threadIdx.x == 0u) state->tickets = 0u;
    // Fewer places than are wanted: all of them, as no digit is known.
    if (threadIdx.x == blockDim.x - 1u && better + sum < needed) state->is_known = 1u;
    if (better >= needed || better + sum < needed) return;
#pragma unroll
    for (u32 i = 0; i < 8u; ++i)
    {
        if (better < needed && needed <= better + mine[i])
        {
            state->key[args.level] |= (top - i) << shift;
            state->needed = needed - better;
            if (mine[i] == needed - better) state->is_known = 1u;
        }
        better += mine[i];
    }
}

// A block counts its share of one row's places; 256 threads. 11, 11 and 10 bits are a digit. The last block of the row to
// finish chooses the digit.
template <class Source>
ARGENT_INLINE void argent_select_count(const ArgentSelectArgs<Source>& args)
{
    __shared__ u32 counts[2048];
    __shared__ u32 is_last;
    const i64 row = blockIdx.x / args.parts;
    ArgentSelectState* state = args.states + row;
    if (state->is_known != 0u) return;
    u32 agreed[4];
    for (u32 n = 0; n < 4u; ++n) agreed[n] = state->key[n];
    for (u32 i = threadIdx.x; i < 2048u; i += blockDim.x) counts[i] = 0u;
    __syncthreads();
    const u32 shift = args.digit == 0u ? 21u : args.digit == 1u ? 10u : 0u;
    argent_select_add(args, agreed, shift, args.digit == 2u ? 10u : 11u, counts);
    __syncthreads();

    u32* all = args.counts + row * 2048;
    for (u32 i = threadIdx.x; i < 2048u; i += blockDim.x)
    {
        if (counts[i] != 0u) atomicAdd(&all[i], counts[i]);
    }
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0u) is_last = atomicAdd(&state->tickets, 1u) == args.parts - 1u ? 1u : 0u;
    __syncthreads();
    if (is_last == 0u) return;
    __threadfence();
    argent_select_choose(args, state, all, shift);
}

// A block takes the best of its share of one row's places; a warp asks for room for all of its lanes at once.
template <class Source>
ARGENT_INLINE void argent_select_take(const ArgentSelectArgs<Source>& args)
{
    const i64 row = blockIdx.x / args.parts;
    const u32 part = blockIdx.x % args.parts, lane = threadIdx.x & 31u;
    ArgentSelectState* state = args.states + row;
    u32 least[4];
    for (u32 n = 0; n < 4u; ++n) least[n] = state->key[n];
    const i64 places = args.source.places(row), step = static_cast<i64>(args.parts) * blockDim.x;
    for (i64 first = static_cast<i64>(part) * blockDim.x; first < places; first += step)
    {
        const i64 place = first + threadIdx.x;
        const u32 key = place < places ? args.source.key(row, place) : 0u;
        const bool is_taken = argent_select_is_taken(args.source, least, row, place, key);
        const u32 taken = __ballot_sync(ARGENT_ALL_LANES, is_taken);
        if (taken == 0u) continue;
        u32 start = 0u;
        if (lane == 0u) start = atomicAdd(&state->taken, static_cast<u32>(__popc(taken)));
        start = __shfl_sync(ARGENT_ALL_LANES, start, 0);
        const i64 at = start + static_cast<i64>(__popc(taken & ((1u << lane) - 1u)));
        if (is_taken && at < args.kept)
        {
            args.entries[row * args.kept + at] = (static_cast<u64>(key) << 32) | args.source.low(row, place);
        }
    }
}

// A block sorts one run of a row's entries in shared memory, best first: run / 2 threads. With one run it writes the answer.
template <class Source>
ARGENT_INLINE void argent_select_sort(const ArgentSelectArgs<Source>& args)
{
    ARGENT_DYNAMIC_SHARED(u64, entries);
    const u32 runs = static_cast<u32>((args.kept + args.run - 1) / args.run);
    const i64 row = blockIdx.x / runs, first = static_cast<i64>(blockIdx.x % runs) * args.run;
    u64* from = args.entries + row * args.kept;
    const i64 count = min(static_cast<i64>(args.states[row].taken), args.kept);
    for (u32 i = threadIdx.x; i < args.run; i += blockDim.x) entries[i] = first + i < count ? from[first + i] : 0u;
    __syncthreads();
    for (u32 size = 2; size <= args.run; size <<= 1)
    {
        for (u32 stride = size >> 1; stride > 0u; stride >>= 1)
        {
            const u32 low = 2u * threadIdx.x - (threadIdx.x & (stride - 1u)), high = low + stride;
            const u64 a = entries[low], b = entries[high];
            const bool falls = (low & size) == 0u;
            if (falls ? args.source.better(row, b, a) : args.source.better(row, a, b))
            {
                entries[low] = b;
                entries[high] = a;
            }
            __syncthreads();
        }
    }
    for (u32 i = threadIdx.x; i < args.run && first + i < args.kept; i += blockDim.x)
    {
        if (runs == 1u) args.source.write(row, i, entries[i]);
        else if (first + i < count) from[first + i] = entries[i];
    }
}

// Merges pairs of runs: a thread finds how many entries of the other run come before its own. The last merge writes the
// answer.
template <class Source>
ARGENT_INLINE void argent_select_merge(const ArgentSelectArgs<Source>& args)
{
    const i64 i = static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= args.rows * args.kept) return;
    const i64 row = i / args.kept, at = i % args.kept;
    const u64* from = args.entries + row * args.kept;
    const i64 count = min(static_cast<i64>(args.states[row].taken), args.kept);
    const bool is_last = 2 * static_cast<i64>(args.run) >= args.kept;
    if (at >= count)
    {
        if (is_last) args.source.write(row, at, 0u);
        return;
    }
    const u64 entry = from[at];
    const i64 run = at / args.run, other = (run ^ 1) * args.run;
    i64 low = min(other, count), high = min(other + args.run, count);
    while (low < high)
    {
        const i64 middle = (low + high) / 2;
        if (args.source.better(row, from[middle], entry)) low = middle + 1;
        else high = middle;
    }
    const i64 to = (run & ~static_cast<i64>(1)) * args.run + at % args.run + (low - min(other, count));
    if (is_last) args.source.write(row, to, entry);
    else args.sorted[row * args.kept + to] = entry;
}

// The four kernels of one kind of rows.
#define ARGENT_SELECT_KERNELS(name, source) \
    extern "C" __global__ void __launch_bounds__(256) name##_count(const ArgentSelectArgs<source> args) \
    { \
        argent_select_count(args); \
    } \
    ARGENT_KERNEL(name##_count) \
    extern "C" __global__ void __launch_bounds__(256) name##_take(const ArgentSelectArgs<source> args) \
    { \
        argent_select_take(args); \
    } \
    ARGENT_KERNEL(name##_take) \
    extern "C" __global__ void __launch_bounds__(1024) name##_sort(const ArgentSelectArgs<source> args) \
    { \
        argent_select_sort(args); \
    } \
    ARGENT_KERNEL(name##_sort) \
    extern "C" __global__ void __launch_bounds__(256) name##_merge(const ArgentSelectArgs<source> args) \
    { \
        argent_select_merge(args); \
    } \
    ARGENT_KERNEL(name##_merge)
