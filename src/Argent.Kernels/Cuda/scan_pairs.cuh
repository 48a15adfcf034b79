#pragma once
#include "argent.cuh"

// The lists that the queries of a batch probe, as every kernel of a scan sees them. A pair is a query and one of its probed
// lists; a word is 64 slots of a list. All of a query's words lie one after the other, pair by pair: word w of pair p of query
// q is masks[q * row_words + pair_start[q * (probes + 1) + p] + w], and its bit i is slot list_start[list] + 64 w + i.
struct ArgentScanPairs
{
    const i32* lists;       // [Q, P] lists, negative for none
    const i32* list_start;  // [L + 1] first slot of each list, multiples of 64
    const i32* list_count;  // [L] slots in use
    i32* pair_start;        // [Q, P + 1] words before each pair of a query; the last entry is how many words it has
    u64* masks;             // [Q, row_words] eligible slots
    i64 row_words;          // words that a query has room for
    i64 queries;            // Q
    i64 probes;             // P
};

// The pair of a query that holds one of its words: the last that starts at or before it and is not empty.
ARGENT_INLINE i64 argent_pair_of(const ArgentScanPairs& pairs, i64 query, i32 word)
{
    const i32* start = pairs.pair_start + query * (pairs.probes + 1);
    i64 low = 0, high = pairs.probes;
    while (high - low > 1)
    {
        const i64 middle = (low + high) / 2;
        if (start[middle] <= word) low = middle;
        else high = middle;
    }
    return low;
}

// A pair in the work of its list: the query, and where its words begin in the query's row.
struct __align__(8) ArgentScanPair
{
    u32 query;
    u32 word;
};

// 128 slots of a list that are scanned together: those from 128 * index on.
struct __align__(8) ArgentScanTile
{
    u32 list;
    u32 index;
};
