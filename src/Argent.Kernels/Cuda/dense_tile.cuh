// A tile of output = activation(input * weight^T + bias) in float32, in the order of the CPU kernels: the products of an element
// are added by fma with k ascending, in blocks of 256 whose sums are added in ascending order, then the bias. So the bits are
// theirs, whatever tile an element lies in. No reduction is split and no tensor core is used: they have orders of their own.
#pragma once

// Depth of one partial sum, the CPU kernels' Gemm.DepthBlock.
#define ARGENT_DENSE_BLOCK 256

// A block of 16 x 16 threads computes 16 * Rows by 64 elements, each thread Rows by 4, from slices of 16 of the depth.
#define ARGENT_DENSE_SIDE 16
#define ARGENT_DENSE_COLUMNS 64
#define ARGENT_DENSE_SLICE 16

struct ArgentDenseArgs
{
    const float* input;   // [M, K]
    const void* weight;   // [N, K] float32, or [ceil(N / 16), K, 16] bfloat16
    const float* bias;    // [N], or null
    float* output;        // [M, N]
    i64 rows;             // M
    i64 columns;          // N
    i64 depth;            // K
    u32 activation;
    u32 padding;
};

// Element (n, k) of a weight by rows; neighbouring threads of a load are neighbours in k.
struct ArgentRowWeight
{
    static __device__ __forceinline__ void Place(u32 i, u32& n, u32& k)
    {
        n = i / ARGENT_DENSE_SLICE;
        k = i % ARGENT_DENSE_SLICE;
    }

    static __device__ __forceinline__ float At(const ArgentDenseArgs& args, i64 n, i64 k)
    {
        return static_cast<const float*>(args.weight)[n * args.depth + k];
    }
};

// The same of bfloat16 panels of 16 rows; neighbouring threads are neighbours in n.
struct ArgentPanelWeight
{
    static __device__ __forceinline__ void Place(u32 i, u32& n, u32& k)
    {
        n = i / (ARGENT_DENSE_SLICE * 16) * 16 + i % 16;
        k = i / 16 % ARGENT_DENSE_SLICE;
    }

    static __device__ __forceinline__ float At(const ArgentDenseArgs& args, i64 n, i64 k)
    {
        return argent_from_bf16(static_cast<const u16*>(args.weight)[(n / 16 * args.depth + k) * 16 + n % 16]);
    }
};

template <class Weight, int Rows>
ARGENT_INLINE void argent_dense_tile(const ArgentDenseArgs& args)
{
    const u32 tile_rows = ARGENT_DENSE_SIDE * Rows;
    // One more column than is used: threads that store a slice's rows then meet different banks.
    __shared__ float inputs[ARGENT_DENSE_SLICE][ARGENT_DENSE_SIDE * Rows + 1];
    __shared__ float weights[ARGENT_DENSE_SLICE][ARGENT_DENSE_COLUMNS + 1];
    const u32 x = threadIdx.x % ARGENT_DENSE_SIDE, y = threadIdx.x / ARGENT_DENSE_SIDE;
    const i64 tiles_across = (args.columns + ARGENT_DENSE_COLUMNS - 1) / ARGENT_DENSE_COLUMNS;
    const i64 first_row = blockIdx.x / tiles_across * tile_rows;
    const i64 first_column = blockIdx.x % tiles_across * ARGENT_DENSE_COLUMNS;

    float totals[Rows][4], sums[Rows][4];
#pragma unroll
    for (int r = 0; r < Rows; r++)
    {
#pragma unroll
        for (int c = 0; c < 4; c++) totals[r][c] = sums[r][c] = 0.0f;
    }
    for (i64 start = 0; start < args.depth; start += ARGENT_DENSE_SLICE)
    {
        const u32 count = args.depth - start < ARGENT_DENSE_SLICE ? static_cast<u32>(args.depth - start) : ARGENT_DENSE_SLICE;
        for (u32 i = threadIdx.x; i < tile_rows * ARGENT_DENSE_SLICE; i += blockDim.x)
        {
            const u32 k = i % ARGENT_DENSE_SLICE;
            const i64 row = first_row + i / ARGENT_DENSE_SLICE;
            const bool inside = row < args.rows && k < count;
            inputs[k][i / ARGENT_DENSE_SLICE] = inside ? args.input[row * args.depth + start + k] : 0.0f;
        }
        for (u32 i = threadIdx.x; i < ARGENT_DENSE_COLUMNS * ARGENT_DENSE_SLICE; i += blockDim.x)
        {
            u32 n, k;
            Weight::Place(i, n, k);
            const bool inside = first_column + n < args.columns && k < count;
            weights[k][n] = inside ? Weight::At(args, first_column + n, start + k) : 0.0f;
        }
        __syncthreads();

        for (u32 k = 0; k < count; k++)
        {
            float b[4];
#pragma unroll
            for (int c = 0; c < 4; c++) b[c] = weights[k][x + c * ARGENT_DENSE_SIDE];
#pragma unroll
            for (int r = 0; r < Rows; r++)
            {
                const float a = inputs[k][y + r * ARGENT_DENSE_SIDE];
#pragma unroll
                for (int c = 0; c < 4; c++) sums[r][c] = argent_fma(a, b[c], sums[r][c]);
            }
        }
        __syncthreads();

        const i64 end = start + count;
        if (end % ARGENT_DENSE_BLOCK != 0 && end != args.depth) continue;
        // The first sum is taken as it is: 0 + -0 would be 0.
        const bool is_first = end <= ARGENT_DENSE_BLOCK;
#pragma unroll
        for (int r = 0; r < Rows; r++)
        {
#pragma unroll
            for (int c = 0; c < 4; c++)
            {
                totals[r][c] = is_first ? sums[r][c] : argent_add(totals[r][c], sums[r][c]);
                sums[r][c] = 0.0f;
            }
        }
    }
#pragma unroll
    for (int r = 0; r < Rows; r++)
    {
        const i64 row = first_row + y + r * ARGENT_DENSE_SIDE;
#pragma unroll
        for (int c = 0; c < 4; c++)
        {
            const i64 column = first_column + x + c * ARGENT_DENSE_SIDE;
            if (row >= args.rows || column >= args.columns) continue;
            float y_sum = totals[r][c];
            if (args.bias) y_sum = argent_add(y_sum, args.bias[column]);
            args.output[row * args.columns + column] = argent_activate(args.activation, y_sum);
        }
    }
}
