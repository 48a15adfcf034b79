#include "argent.cuh"
#include "query_filter.cuh"

// The word of this block's query that holds a slot, or -1 where the slot is in no probed list.
ARGENT_INLINE i64 argent_word_of_slot(const ArgentQueryMasksArgs& args, i32 slot)
{
    // The last list that starts at or before the slot: empty lists come before it.
    i64 low = 0, high = args.lists;
    while (high - low > 1)
    {
        const i64 middle = (low + high) / 2;
        if (args.pairs.list_start[middle] <= slot) low = middle;
        else high = middle;
    }
    const i32 offset = slot - args.pairs.list_start[low];
    if (offset >= args.pairs.list_count[low]) return -1;
    const i64 query = blockIdx.y;
    const i32* lists = args.pairs.lists + query * args.pairs.probes;
    for (i64 p = 0; p < args.pairs.probes; p++)
    {
        if (lists[p] == low) return args.pairs.pair_start[query * (args.pairs.probes + 1) + p] + offset / 64;
    }
    return -1;
}

// The slot of a row, or -1 where it has none.
ARGENT_INLINE i32 argent_slot_of_row(const ArgentQueryMasksArgs& args, i32 row)
{
    return row >= 0 && row < args.row_count ? args.slot_of_row[row] : -1;
}

// Sets the bits of allowed rows that are live and in a probed list: a thread a row.
extern "C" __global__ void __launch_bounds__(256) argent_allow_rows(const ArgentQueryMasksArgs args)
{
    const ArgentMaskedQuery own = argent_masked_query(args);
    if (own.filter.only_count == 0) return;
    const i32* rows = argent_place<i32>(args.filters, own.filter.only);
    u32 seen = 0;
    for (u32 i = blockIdx.x * blockDim.x + threadIdx.x; i < own.filter.only_count; i += gridDim.x * blockDim.x)
    {
        const i32 slot = argent_slot_of_row(args, rows[i]);
        if (slot < 0 || (args.live[slot / 64] >> (slot % 64) & 1) == 0) continue;
        const i64 word = argent_word_of_slot(args, slot);
        if (word < 0) continue;
        // A row that is listed twice counts once.
        const u64 bit = 1ull << (slot % 64), old = atomicOr(own.masks + word, bit);
        seen += (old & bit) == 0 ? 1 : 0;
    }
    argent_count_seen(args, seen);
}
ARGENT_KERNEL(argent_allow_rows)

// Clears the bits of excluded rows: a thread a row.
extern "C" __global__ void __launch_bounds__(256) argent_exclude_rows(const ArgentQueryMasksArgs args)
{
    const ArgentMaskedQuery own = argent_masked_query(args);
    const i32* rows = argent_place<i32>(args.filters, own.filter.excluded);
    for (u32 i = blockIdx.x * blockDim.x + threadIdx.x; i < own.filter.excluded_count; i += gridDim.x * blockDim.x)
    {
        const i32 slot = argent_slot_of_row(args, rows[i]);
        const i64 word = slot < 0 ? -1 : argent_word_of_slot(args, slot);
        if (word >= 0) atomicAnd(own.masks + word, ~(1ull << (slot % 64)));
    }
}
ARGENT_KERNEL(argent_exclude_rows)
