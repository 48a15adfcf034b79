#include "argent.cuh"
#include "query_filter.cuh"

struct ArgentExactLeaf
{
    i32 kind, feature, set_count;
    u32 set;         // place of i64[], ascending
    u32 bits;        // place of u64[] from value `low` to value `high`; 0 for none
    u32 unused;
    i64 low, high;   // of a range, or of the bits
};
enum ArgentLeafKind { ArgentHasAny, ArgentHasAll, ArgentRange, ArgentExists };

// Whether `value` is in an ascending run.
template <class T>
ARGENT_INLINE bool argent_has(const T* values, i64 count, i64 value)
{
    i64 low = 0, high = count;
    while (low < high)
    {
        const i64 middle = (low + high) / 2;
        if (values[middle] < value) low = middle + 1;
        else high = middle;
    }
    return low < count && values[low] == value;
}

ARGENT_INLINE bool argent_in_set(const u64* filters, const ArgentExactLeaf& leaf, i64 value)
{
    if (leaf.bits == 0) return argent_has(argent_place<i64>(filters, leaf.set), leaf.set_count, value);
    if (value < leaf.low || value > leaf.high) return false;
    const u64 at = static_cast<u64>(value - leaf.low);
    return (argent_place<u64>(filters, leaf.bits)[at / 64] >> (at % 64) & 1) != 0;
}

ARGENT_INLINE bool argent_key_matches(const u64* filters, const ArgentExactLeaf& leaf, i64 key)
{
    const i64 missing = static_cast<i64>(1ull << 63);
    if (key == missing) return false;
    if (leaf.kind == ArgentRange) return leaf.low <= key && key <= leaf.high;
    if (leaf.kind == ArgentHasAny) return argent_in_set(filters, leaf, key);
    if (leaf.kind == ArgentExists || leaf.set_count == 0) return true;
    // All of a list: there is one value, so the list must be that one.
    const i64* set = argent_place<i64>(filters, leaf.set);
    return set[0] == key && set[leaf.set_count - 1] == key;
}

ARGENT_INLINE bool argent_leaf_matches(
    const u64* filters, const ArgentExactLeaf& leaf, const ArgentForwardColumn& column, i32 slot)
{
    if (column.keys) return argent_key_matches(filters, leaf, column.keys[slot]);
    const i64 range = column.ranges[slot];
    const i32 count = static_cast<i32>(range & 0xffff);
    if (leaf.kind == ArgentExists) return count > 0;
    if (leaf.kind == ArgentRange) return false;
    const i32* values = column.values + (range >> 16);
    if (leaf.kind == ArgentHasAny)
    {
        for (i32 i = 0; i < count; i++)
        {
            if (argent_in_set(filters, leaf, values[i])) return true;
        }
        return false;
    }
    const i64* set = argent_place<i64>(filters, leaf.set);
    for (i32 i = 0; i < leaf.set_count; i++)
    {
        if (!argent_has(values, count, set[i])) return false;
    }
    return true;
}

// Whether a slot matches a filter's exact program. The stack is the bits of one word, its top the lowest: programs are at
// most 64 deep.
ARGENT_INLINE bool argent_slot_matches(const ArgentQueryMasksArgs& args, const ArgentQueryFilter& filter, i32 slot)
{
    const i32* ops = argent_place<i32>(args.filters, filter.exact_ops);
    const ArgentExactLeaf* leaves = argent_place<ArgentExactLeaf>(args.filters, filter.leaves);
    u64 stack = 0;
    for (u32 i = 0; i < filter.exact_count; i++)
    {
        const i32 op = ops[i];
        const u64 top = stack & 1;
        if (op == ARGENT_FILTER_AND) stack = (stack >> 1) & (top | ~1ull);
        else if (op == ARGENT_FILTER_OR) stack = (stack >> 1) | top;
        else if (op == ARGENT_FILTER_NOT) stack ^= 1;
        else if (op < 0) stack = (stack << 1) | (op == ARGENT_FILTER_ALL ? 1 : 0);
        else
        {
            // Where the operator that follows is already decided, the leaf is not asked.
            const i32 next = i + 1 < filter.exact_count ? ops[i + 1] : 0;
            const bool is_decided = (next == ARGENT_FILTER_AND && top == 0) || (next == ARGENT_FILTER_OR && top != 0);
            const bool is_match = !is_decided && argent_leaf_matches(args.filters, leaves[op], args.columns[leaves[op].feature], slot);
            stack = (stack << 1) | (is_match ? 1 : 0);
        }
    }
    return (stack & 1) != 0;
}

// The position of a word's n-th set bit, counted from 0.
ARGENT_INLINE u32 argent_nth_bit(u64 bits, u32 n)
{
    u32 at = 0;
    for (u32 width = 32; width > 0; width >>= 1)
    {
        const u32 below = __popcll(bits & ((1ull << width) - 1));
        if (n < below) continue;
        n -= below;
        bits >>= width;
        at += width;
    }
    return at;
}

// Clears the bits of slots that do not match the exact program. A warp takes 32 words and gives each lane the next survivor
// of all of them, so lanes are busy however few survive in a word.
extern "C" __global__ void __launch_bounds__(256) argent_verify_pairs(const ArgentQueryMasksArgs args)
{
    __shared__ u64 shared_words[256];
    const ArgentMaskedQuery own = argent_masked_query(args);
    if (own.filter.exact_count == 0) return;
    const u32 lane = threadIdx.x % 32;
    u64* words = shared_words + (threadIdx.x - lane);
    u32 seen = 0;
    const i64 step = static_cast<i64>(gridDim.x) * blockDim.x;
    for (i64 first = static_cast<i64>(blockIdx.x) * blockDim.x + (threadIdx.x - lane); first < own.words; first += step)
    {
        const i64 word = first + lane;
        const u64 bits = word < own.words ? own.masks[word] : 0;
        u64 in_use;
        const i32 slot = bits != 0 ? argent_slot_of_word(args.pairs, word, in_use) : 0;
        words[lane] = bits;
        // Survivors up to and with this lane's.
        const u32 count = __popcll(bits);
        u32 end = count;
        for (u32 apart = 1; apart < 32; apart <<= 1)
        {
            const u32 before = __shfl_up_sync(ARGENT_ALL_LANES, end, apart);
            if (lane >= apart) end += before;
        }
        const u32 total = __shfl_sync(ARGENT_ALL_LANES, end, 31);
        __syncwarp();
        for (u32 round = 0; round < total; round += 32)
        {
            const u32 number = round + lane;
            // The first lane whose survivors reach beyond this number.
            u32 owner = 0;
            for (u32 reach = 16; reach > 0; reach >>= 1)
            {
                if (__shfl_sync(ARGENT_ALL_LANES, end, static_cast<i32>(owner + reach - 1)) <= number) owner += reach;
            }
            const u64 owned = __shfl_sync(ARGENT_ALL_LANES, bits, static_cast<i32>(owner));
            const i32 owner_slot = __shfl_sync(ARGENT_ALL_LANES, slot, static_cast<i32>(owner));
            const u32 before = __shfl_sync(ARGENT_ALL_LANES, end - count, static_cast<i32>(owner));
            if (number >= total) continue;
            const u32 bit = argent_nth_bit(owned, number - before);
            if (!argent_slot_matches(args, own.filter, owner_slot + static_cast<i32>(bit))) atomicAnd(words + owner, ~(1ull << bit));
        }
        __syncwarp();
        if (words[lane] != bits) own.masks[word] = words[lane];
        seen += __popcll(words[lane]);
    }
    if (own.filter.verify_first != 0 && own.filter.has_only == 0) argent_count_seen(args, seen);
}
ARGENT_KERNEL(argent_verify_pairs)
