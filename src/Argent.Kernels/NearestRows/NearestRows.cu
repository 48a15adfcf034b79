#include "argent.cuh"

// For each row the row of a table whose row . table + bias is largest, of equal ones the lowest. A product is one chain of
// fused multiply-adds over the columns, then the bias: the bits of the CPU kernels. A block of 256 threads meets 64 rows with
// 64 rows of the table at a time, 4 x 4 of them to a thread, 16 columns at a time by way of shared memory; the best of each
// row stays in registers, so no matrix of scores is ever written.
struct ArgentNearestRowsArgs
{
    const float* rows;        // [N, D]
    const float* table;       // [L, D]
    const float* bias;        // [L], or null for zero
    const i32* group_start;   // [G + 1], or null: one group of all rows that meets the whole table
    const i32* members;       // [M], the rows in the order of their groups
    const i32* candidates;    // [G, C], ascending rows of the table that each group meets
    i32* nearest;             // [N]
    float* best;              // [N], or null
    i32 count;                // N
    i32 columns;              // D
    i32 others;               // C, or L without groups
    i32 tiles;                // blocks that share a group
};

#define ARGENT_NEAREST_TILE 64
#define ARGENT_NEAREST_DEPTH 16

struct ArgentNearestTile
{
    // A number more than a power of two, so that what is written by columns is read by rows from different banks.
    float rows[ARGENT_NEAREST_DEPTH][ARGENT_NEAREST_TILE + 1];
    float others[ARGENT_NEAREST_DEPTH][ARGENT_NEAREST_TILE + 1];
    i32 row_of[ARGENT_NEAREST_TILE];
    i32 other_of[ARGENT_NEAREST_TILE];
};

// Copies up to 16 columns of 64 listed rows; a row of -1 becomes zeros.
ARGENT_INLINE void argent_nearest_load(
    float (&to)[ARGENT_NEAREST_DEPTH][ARGENT_NEAREST_TILE + 1], const float* from, const i32* listed, i32 first, i32 columns)
{
    const i32 column = threadIdx.x & 15;
    for (i32 r = threadIdx.x / 16; r < ARGENT_NEAREST_TILE; r += 16)
    {
        const i32 row = listed[r];
        const bool is_inside = row >= 0 && first + column < columns;
        to[column][r] = is_inside ? from[static_cast<i64>(row) * columns + first + column] : 0.0f;
    }
}

// Raises the best of 64 rows by the 64 rows of the table that begin at `first`.
ARGENT_INLINE void argent_nearest_meet(
    const ArgentNearestRowsArgs& args, ArgentNearestTile& tile, const i32* candidates, i32 first, float (&best)[4], i32 (&found)[4])
{
    const i32 across = threadIdx.x & 15, down = threadIdx.x / 16;
    __syncthreads();
    if (threadIdx.x < ARGENT_NEAREST_TILE)
    {
        const i32 other = first + static_cast<i32>(threadIdx.x);
        tile.other_of[threadIdx.x] = other >= args.others ? -1 : candidates ? candidates[other] : other;
    }
    __syncthreads();
    float sums[4][4] = {};
    for (i32 d = 0; d < args.columns; d += ARGENT_NEAREST_DEPTH)
    {
        if (d > 0) __syncthreads();
        argent_nearest_load(tile.rows, args.rows, tile.row_of, d, args.columns);
        argent_nearest_load(tile.others, args.table, tile.other_of, d, args.columns);
        __syncthreads();
        const i32 depth = min(ARGENT_NEAREST_DEPTH, args.columns - d);
        for (i32 k = 0; k < depth; k++)
        {
            float right[4];
#pragma unroll
            for (i32 j = 0; j < 4; j++) right[j] = tile.others[k][across + 16 * j];
#pragma unroll
            for (i32 i = 0; i < 4; i++)
            {
                const float left = tile.rows[k][down * 4 + i];
#pragma unroll
                for (i32 j = 0; j < 4; j++) sums[i][j] = argent_fma(left, right[j], sums[i][j]);
            }
        }
    }
#pragma unroll
    for (i32 j = 0; j < 4; j++)
    {
        const i32 other = tile.other_of[across + 16 * j];
        if (other < 0) continue;
        const float bias = args.bias ? args.bias[other] : 0.0f;
#pragma unroll
        for (i32 i = 0; i < 4; i++)
        {
            const float score = argent_add(sums[i][j], bias);
            if (score > best[i])
            {
                best[i] = score;
                found[i] = first + across + 16 * j;
            }
        }
    }
}

extern "C" __global__ void __launch_bounds__(256) argent_nearest_rows(const ArgentNearestRowsArgs args)
{
    __shared__ ArgentNearestTile tile;
    const i32 group = blockIdx.x / args.tiles;
    const i32 start = args.group_start ? args.group_start[group] : 0;
    const i32 end = args.group_start ? args.group_start[group + 1] : args.count;
    const i32* candidates = args.group_start ? args.candidates + static_cast<i64>(group) * args.others : nullptr;
    const i32 step = args.tiles * ARGENT_NEAREST_TILE;
    for (i32 first = start + static_cast<i32>(blockIdx.x % args.tiles) * ARGENT_NEAREST_TILE; first < end; first += step)
    {
        __syncthreads();
        if (threadIdx.x < ARGENT_NEAREST_TILE)
        {
            const i32 at = first + static_cast<i32>(threadIdx.x);
            tile.row_of[threadIdx.x] = at >= end ? -1 : args.members ? args.members[at] : at;
        }
        float best[4];
        i32 found[4];
#pragma unroll
        for (i32 i = 0; i < 4; i++)
        {
            best[i] = __uint_as_float(0xff800000u);
            found[i] = 0;
        }
        for (i32 other = 0; other < args.others; other += ARGENT_NEAREST_TILE)
        {
            argent_nearest_meet(args, tile, candidates, other, best, found);
        }
        // Sixteen neighbouring threads hold the same four rows.
#pragma unroll
        for (i32 i = 0; i < 4; i++)
        {
            for (i32 apart = 1; apart < 16; apart <<= 1)
            {
                const float other_best = __shfl_xor_sync(ARGENT_ALL_LANES, best[i], apart);
                const i32 other_found = __shfl_xor_sync(ARGENT_ALL_LANES, found[i], apart);
                if (other_best > best[i] || (other_best == best[i] && other_found < found[i]))
                {
                    best[i] = other_best;
                    found[i] = other_found;
                }
            }
            const i32 row = tile.row_of[threadIdx.x / 16 * 4 + i];
            if ((threadIdx.x & 15) != 0 || row < 0) continue;
            args.nearest[row] = candidates ? candidates[found[i]] : found[i];
            if (args.best) args.best[row] = best[i];
        }
    }
}
ARGENT_KERNEL(argent_nearest_rows)
