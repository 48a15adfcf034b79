#include "argent.cuh"

// Replaces the filter-index bits of slots [first, first + n): clears their columns, then sets their rows. A thread block works
// on one block of 512 slots: first its threads clear words, two or more rows at a time, then each takes a slot and sets its bits.
struct ArgentBuildSignaturesArgs
{
    u64* rows;                // the filter index from word first_word on
    const i64* block_start;   // [blocks + 1], first word of each block from first_block on
    const i32* term_start;    // [n + 1]
    const u64* terms;         // [t]
    const i32* exact_start;   // [n + 1]
    const i32* exact;         // [e], bitmap rows
    i64 first_slot;
    i64 count;                // n
    i64 first_word;
    i64 first_block;
    i32 exact_rows;           // bitmap rows at the start of every block
    i32 hash_count;           // Bloom rows of a term
};

// The high half of SplitMix64's finaliser: FilterWords.BloomMix.
ARGENT_INLINE u32 argent_bloom_mix(u64 term, i32 j)
{
    u64 mixed = term + static_cast<u64>(j) * 0x9e3779b97f4a7c15ull;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ull;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebull;
    return static_cast<u32>(mixed >> 32);
}

// Bits of word `word` of a block's rows whose slots lie in [from, to).
ARGENT_INLINE u64 argent_slots_of_word(i64 word, i64 from, i64 to)
{
    const i64 low = max(from - word * 64, static_cast<i64>(0)), high = min(to - word * 64, static_cast<i64>(64));
    if (low >= high) return 0;
    const u64 below = high == 64 ? ~0ull : (1ull << high) - 1;
    return below & ~((1ull << low) - 1);
}

extern "C" __global__ void __launch_bounds__(256) argent_build_signatures(const ArgentBuildSignaturesArgs args)
{
    const i64 block = args.first_slot / 512 + blockIdx.x, block_slot = block * 512;
    // The slots of this block that are rewritten.
    const i64 from = max(args.first_slot, block_slot) - block_slot;
    const i64 to = min(args.first_slot + args.count, block_slot + 512) - block_slot;
    const i64* start = args.block_start + (block - args.first_block);
    u64* words = args.rows + (start[0] - args.first_word);
    const i64 word_count = start[1] - start[0];
    for (i64 at = threadIdx.x; at < word_count; at += blockDim.x)
    {
        const u64 cleared = argent_slots_of_word(at & 7, from, to);
        if (cleared != 0) words[at] &= ~cleared;
    }
    __syncthreads();
    const u32 bloom_rows = static_cast<u32>(word_count / 8) - static_cast<u32>(args.exact_rows);
    for (i64 slot = from + threadIdx.x; slot < to; slot += blockDim.x)
    {
        const i64 i = block_slot + slot - args.first_slot;
        u64* column = words + slot / 64;
        const u64 bit = 1ull << (slot & 63);
        for (i32 e = args.exact_start[i]; e < args.exact_start[i + 1]; e++)
        {
            atomicOr(column + static_cast<i64>(args.exact[e]) * 8, bit);
        }
        // A block without Bloom rows rules nothing out.
        if (bloom_rows == 0) continue;
        for (i32 t = args.term_start[i]; t < args.term_start[i + 1]; t++)
        {
            for (i32 j = 0; j < args.hash_count; j++)
            {
                const u32 row = static_cast<u32>(args.exact_rows) + __umulhi(argent_bloom_mix(args.terms[t], j), bloom_rows);
                atomicOr(column + static_cast<i64>(row) * 8, bit);
            }
        }
    }
}
ARGENT_KERNEL(argent_build_signatures)
