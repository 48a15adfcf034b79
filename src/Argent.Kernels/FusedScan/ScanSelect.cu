#include "scan_pairs.cuh"
#include "select.cuh"

// Rows of scanned slots: by score, then item row. An entry remembers its item row.
struct ArgentScanRows
{
    static constexpr u32 levels = 2;
    ArgentScanPairs pairs;
    const u32* keys;          // [Q, 64 * row_words]
    const i32* rows;          // [S] the item row of each slot
    const i32* slot_of_row;   // [R]
    float* scores;            // [Q, K]
    i32* slots;               // [Q, K], or null
    i32* item_rows;           // [Q, K], or null
    i64 row_count;            // R
    i64 kept;                 // K

    ARGENT_MEMBER i64 places(i64 row) const
    {
        return 64 * static_cast<i64>(pairs.pair_start[(row + 1) * (pairs.probes + 1) - 1]);
    }

    ARGENT_MEMBER u32 key(i64 row, i64 place) const
    {
        // Without an eligible slot a word has no keys.
        if (pairs.masks[row * pairs.row_words + place / 64] == 0u) return 0u;
        return keys[row * pairs.row_words * 64 + place];
    }

    ARGENT_MEMBER u32 level(i64 row, i64 place, u32) const { return low(row, place); }

    ARGENT_MEMBER u32 low(i64 row, i64 place) const
    {
        const i64 pair = argent_pair_of(pairs, row, static_cast<i32>(place / 64));
        const i64 start = pairs.pair_start[row * (pairs.probes + 1) + pair];
        const i64 slot = pairs.list_start[pairs.lists[row * pairs.probes + pair]] + place - 64 * start;
        return ~static_cast<u32>(rows[slot]);
    }

    ARGENT_MEMBER bool better(i64, u64 a, u64 b) const { return a > b; }

    ARGENT_MEMBER void write(i64 row, i64 k, u64 entry) const
    {
        const i64 at = row * kept + k;
        const u32 item = ~static_cast<u32>(entry);
        scores[at] = entry == 0u ? __uint_as_float(0xff800000u) : argent_rank_score(static_cast<u32>(entry >> 32));
        if (slots != nullptr) slots[at] = entry == 0u || item >= row_count ? -1 : slot_of_row[item];
        if (item_rows != nullptr) item_rows[at] = entry == 0u ? -1 : static_cast<i32>(item);
    }
};

ARGENT_SELECT_KERNELS(argent_scan, ArgentScanRows)

struct ArgentScanFoundArgs
{
    const ArgentSelectState* states;  // [Q]
    i32* found;                       // [Q]
    i64* seen;                        // [Q]
    i64 queries;                      // Q
    i64 kept;                         // K
};

// A thread has a query: with less than K found, every eligible item was seen and is there.
extern "C" __global__ void __launch_bounds__(256) argent_scan_found(const ArgentScanFoundArgs args)
{
    const i64 query = static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (query >= args.queries) return;
    const i64 found = args.kept == 0 ? 0 : min(static_cast<i64>(args.states[query].taken), args.kept);
    args.found[query] = static_cast<i32>(found);
    if (found < args.kept) args.seen[query] = found;
}
ARGENT_KERNEL(argent_scan_found)
