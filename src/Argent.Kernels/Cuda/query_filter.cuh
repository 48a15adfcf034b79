#pragma once
#include "scan_pairs.cuh"

// Which slots of its probed lists a query may be shown, exactly. In this order: the mask of the filter index, or nobody where
// there is an allow-list (FilterMask.cu); the allow-list (QueryRows.cu); the exact program over forward values, where the mask
// may be wrong (QueryVerify.cu); the excluded rows (QueryRows.cu). All filters of a batch lie in one block of memory; a place
// in it counts 8 bytes.

#define ARGENT_FILTER_AND -1
#define ARGENT_FILTER_OR -2
#define ARGENT_FILTER_NOT -3
#define ARGENT_FILTER_ALL -4

struct ArgentQueryFilter
{
    u32 has_only;         // not 0: nobody but the allowed rows, of whom there may be none
    u32 verify_first;     // not 0: only what passes the exact program counts as seen
    u32 clause_count;     // clauses of the mask; none lets every slot pass
    u32 clauses;          // place of ArgentMaskClause[]
    u32 terms;            // place of ArgentMaskTerm[]
    u32 rows;             // place of ArgentMaskRow[]
    u32 ops;              // place of i32[], operators of clauses
    u32 exact_count;      // operators of the exact program; 0 where the mask decides
    u32 exact_ops;        // place of i32[]
    u32 leaves;           // place of ArgentExactLeaf[]
    u32 excluded;         // place of i32[]
    u32 excluded_count;
    u32 only;             // place of i32[]
    u32 only_count;
};

struct ArgentForwardColumn
{
    const i64* keys;    // [S] ordered keys, or null
    const i64* ranges;  // [S] start * 65,536 + count in values
    const i32* values;
};

struct ArgentFilterIndex
{
    const u64* rows;         // 8 words a row; null: nothing is ruled out
    const i64* block_start;  // [blocks + 1] first word of each block of 512 slots
    i64 exact_rows;          // bitmap rows at the start of every block
};

template <class T>
ARGENT_INLINE const T* argent_place(const u64* filters, u32 place)
{
    return reinterpret_cast<const T*>(filters + place);
}

struct ArgentQueryMasksArgs
{
    ArgentScanPairs pairs;
    const u64* filters;                  // ArgentQueryFilter[Q], then what they point at
    ArgentFilterIndex index;
    const ArgentForwardColumn* columns;  // [F]
    const u64* live;                     // [S / 64]
    const i32* slot_of_row;              // [R] slot of each item row, or -1
    i64 row_count;                       // R
    i64 lists;                           // L
    u64* seen;                           // [Q] live slots that pass, added to
};

// A query's filter, words and block of masks; blocks along y are queries.
struct ArgentMaskedQuery
{
    ArgentQueryFilter filter;
    u64* masks;
    i64 words;
};

ARGENT_INLINE ArgentMaskedQuery argent_masked_query(const ArgentQueryMasksArgs& args)
{
    const i64 query = blockIdx.y, stride = args.pairs.probes + 1;
    ArgentMaskedQuery own;
    own.filter = argent_place<ArgentQueryFilter>(args.filters, 0)[query];
    own.masks = args.pairs.masks + query * args.pairs.row_words;
    own.words = args.pairs.pair_start[query * stride + args.pairs.probes];
    return own;
}

// The first slot of a word of this block's query; `in_use` gets a bit for each slot that the list uses.
ARGENT_INLINE i32 argent_slot_of_word(const ArgentScanPairs& pairs, i64 word, u64& in_use)
{
    const i64 query = blockIdx.y, pair = argent_pair_of(pairs, query, static_cast<i32>(word));
    const i32 list = pairs.lists[query * pairs.probes + pair];
    const i32 offset = (static_cast<i32>(word) - pairs.pair_start[query * (pairs.probes + 1) + pair]) * 64;
    const i32 left = pairs.list_count[list] - offset;
    in_use = left >= 64 ? ~0ull : left <= 0 ? 0ull : (1ull << left) - 1;
    return pairs.list_start[list] + offset;
}

// Adds up what the lanes of a warp saw.
ARGENT_INLINE void argent_count_seen(const ArgentQueryMasksArgs& args, u32 seen)
{
    seen = argent_warp_sum(seen);
    if (threadIdx.x % 32 == 0 && seen != 0) atomicAdd(args.seen + blockIdx.y, static_cast<u64>(seen));
}
