#include "argent.cuh"
#include "query_filter.cuh"

#define ARGENT_STACK_MAX 64

struct ArgentMaskRow { u32 mix; i32 first; };
struct ArgentMaskTerm { i32 kind, first_row, row_count; u64 complement; i32 low, high; };
struct ArgentMaskClause { i32 first_term, term_count, first_op, op_count; };
enum ArgentMaskKind { ArgentBitmap, ArgentBloom, ArgentCodes };

// A program and the column of one word of 64 slots: row r of the word's block is column[8 r].
struct ArgentMaskWord
{
    const ArgentMaskClause* clauses;
    const ArgentMaskTerm* terms;
    const ArgentMaskRow* rows;
    const i32* ops;
    const u64* column;
    u32 clause_count;
    u32 bloom_rows;
};

// Codes of 64 slots against both ends of a range at once, from the highest bit down.
ARGENT_INLINE u64 argent_mask_codes(const ArgentMaskWord& word, const ArgentMaskTerm& term)
{
    u64 equal_low = ~0ull, equal_high = ~0ull, above = 0, below = 0;
    const ArgentMaskRow* row = word.rows + term.first_row;
    for (i32 bit = term.row_count - 1; bit >= 0; bit--, row++)
    {
        const u64 set = word.column[static_cast<i64>(row->first) * 8];
        if ((term.low >> bit & 1) != 0) equal_low &= set;
        else
        {
            above |= equal_low & set;
            equal_low &= ~set;
        }
        if ((term.high >> bit & 1) != 0)
        {
            below |= equal_high & ~set;
            equal_high &= set;
        }
        else equal_high &= ~set;
    }
    return (above | equal_low) & (below | equal_high);
}

ARGENT_INLINE u64 argent_mask_term(const ArgentMaskWord& word, const ArgentMaskTerm& term)
{
    if (term.kind == ArgentCodes) return argent_mask_codes(word, term) ^ term.complement;
    // A block without Bloom rows rules nothing out.
    const i32 count = term.kind == ArgentBloom && word.bloom_rows == 0 ? 0 : term.row_count;
    u64 all = ~0ull;
#pragma unroll 4
    for (i32 r = 0; r < count; r++)
    {
        const ArgentMaskRow row = word.rows[term.first_row + r];
        all &= word.column[(row.first + static_cast<i64>(__umulhi(row.mix, word.bloom_rows))) * 8];
    }
    return all ^ term.complement;
}

// A clause that is neither a term nor a disjunction of terms. Rare and in need of memory, so it is a function of its own; its
// arguments go by value, so that those of other clauses stay in registers.
static __device__ __noinline__ u64 argent_mask_run(const ArgentMaskWord word, const ArgentMaskClause clause)
{
    u64 stack[ARGENT_STACK_MAX];
    i32 top = -1;
    for (i32 i = clause.first_op; i < clause.first_op + clause.op_count; i++)
    {
        const i32 op = word.ops[i];
        if (op == ARGENT_FILTER_AND || op == ARGENT_FILTER_OR)
        {
            top--;
            stack[top] = op == ARGENT_FILTER_AND ? stack[top] & stack[top + 1] : stack[top] | stack[top + 1];
        }
        else if (op < 0) stack[++top] = op == ARGENT_FILTER_ALL ? ~0ull : 0ull;
        else stack[++top] = argent_mask_term(word, word.terms[op]);
    }
    return stack[0];
}

// Those of `alive` that pass. A thread whose slots are all ruled out reads nothing more.
ARGENT_INLINE u64 argent_mask_word(const ArgentMaskWord& word, u64 alive)
{
    for (u32 c = 0; c < word.clause_count && alive != 0; c++)
    {
        const ArgentMaskClause clause = word.clauses[c];
        u64 any = 0;
        if (clause.op_count > 0) any = argent_mask_run(word, clause);
        else
        {
            for (i32 t = 0; t < clause.term_count; t++) any |= argent_mask_term(word, word.terms[clause.first_term + t]);
        }
        alive &= any;
    }
    return alive;
}

// A filter's program at word `word` of the catalogue.
ARGENT_INLINE ArgentMaskWord argent_mask_at(
    const u64* filters, const ArgentQueryFilter& filter, const ArgentFilterIndex& index, i64 word)
{
    ArgentMaskWord at = {};
    at.clause_count = filter.clause_count;
    if (filter.clause_count == 0) return at;
    at.clauses = argent_place<ArgentMaskClause>(filters, filter.clauses);
    at.terms = argent_place<ArgentMaskTerm>(filters, filter.terms);
    at.rows = argent_place<ArgentMaskRow>(filters, filter.rows);
    at.ops = argent_place<i32>(filters, filter.ops);
    const i64* start = index.block_start + word / 8;
    at.column = index.rows + start[0] + word % 8;
    at.bloom_rows = static_cast<u32>((start[1] - start[0]) / 8 - index.exact_rows);
    return at;
}

struct ArgentFilterMaskArgs
{
    const u64* filters;  // one filter
    ArgentFilterIndex index;
    u64* masks;          // [n]
    i64 first;           // the first word of the catalogue
    i64 count;           // n words
};

// The mask of a run of words, live or not: a thread a word, so eight threads read one line of 64 bytes of each row.
extern "C" __global__ void __launch_bounds__(256) argent_filter_mask(const ArgentFilterMaskArgs args)
{
    const i64 i = static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= args.count) return;
    const ArgentQueryFilter filter = *argent_place<ArgentQueryFilter>(args.filters, 0);
    args.masks[i] = argent_mask_word(argent_mask_at(args.filters, filter, args.index, args.first + i), ~0ull);
}
ARGENT_KERNEL(argent_filter_mask)

// Writes the words of every query: its live slots in use that pass the mask, or none where there is an allow-list. A thread
// evaluates a word, so a warp reads four lines of 64 bytes of each row.
extern "C" __global__ void __launch_bounds__(256) argent_mask_pairs(const ArgentQueryMasksArgs args)
{
    const ArgentMaskedQuery own = argent_masked_query(args);
    u32 seen = 0;
    for (i64 word = static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x; word < own.words; word += gridDim.x * blockDim.x)
    {
        u64 alive = 0;
        if (own.filter.has_only == 0)
        {
            const i64 at = argent_slot_of_word(args.pairs, word, alive) / 64;
            alive &= args.live[at];
            if (alive != 0) alive = argent_mask_word(argent_mask_at(args.filters, own.filter, args.index, at), alive);
        }
        own.masks[word] = alive;
        seen += __popcll(alive);
    }
    if (own.filter.verify_first != 0 && own.filter.exact_count > 0) return;
    argent_count_seen(args, seen);
}
ARGENT_KERNEL(argent_mask_pairs)
