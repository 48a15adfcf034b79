#include "argent.cuh"
#include "row_sums.cuh"

// Attention within segments: weights of the keys that a query sees, and the sum of their values. A block of threads takes a
// query and a head after the other: logits of its keys into a row of working memory, their weights in place, then a value
// column to a thread. Products are added by fma in ascending order in blocks of 256 and softmax sums in the order of the CPU's
// vectors; keys that a query does not see are left out, which on the CPU add a zero each.
struct ArgentAttentionArgs
{
    const float* queries;      // [Q, H * E]
    const float* keys;         // [K, H * E]
    const float* values;       // [K, H * V]
    const i32* query_start;    // [B + 1]
    const i32* key_start;      // [B + 1]
    const float* bias;         // [P, H], or null
    const i32* bounds;         // [P - 1]
    const i32* query_places;   // [Q]
    const i32* key_places;     // [K]
    float* output;             // [Q, H * V]
    float* weights;            // [blocks, keys_max]
    i64 query_count;           // Q
    i64 keys_max;              // keys of the longest segment
    i32 segments;              // B
    i32 heads;                 // H
    i32 depth;                 // E
    i32 value_depth;           // V
    i32 bias_rows;             // P
    u32 is_silu;
    u32 is_causal;
    float scale;
};

#define ARGENT_ATTENTION_THREADS 128

// Products are added in blocks of this many: the CPU kernels' Gemm.DepthBlock.
#define ARGENT_ATTENTION_BLOCK 256

struct ArgentAttentionTerm
{
    const float* exponentials;
    __device__ __forceinline__ float operator()(i64 j) const { return exponentials[j]; }
};

// The last segment that begins at the query or before: empty ones before it end there.
ARGENT_INLINE i32 argent_segment_of(const i32* start, i32 segments, i32 query)
{
    i32 low = 0, high = segments - 1;
    while (low < high)
    {
        const i32 middle = (low + high + 1) >> 1;
        if (start[middle] <= query) low = middle;
        else high = middle - 1;
    }
    return low;
}

// How many bounds are at most the distance.
ARGENT_INLINE i32 argent_bias_row(const ArgentAttentionArgs& args, i32 query, i32 key)
{
    const i64 distance = static_cast<i64>(args.query_places[query]) - args.key_places[key];
    i32 low = 0, high = args.bias_rows - 1;
    while (low < high)
    {
        const i32 middle = (low + high) >> 1;
        if (args.bounds[middle] <= distance) low = middle + 1;
        else high = middle;
    }
    return low;
}

// The sum over `count` of left[i * left_step] * right[i * right_step].
ARGENT_INLINE float argent_attention_dot(const float* left, const float* right, i64 right_step, i64 count)
{
    float total = 0.0f;
    for (i64 first = 0; first < count; first += ARGENT_ATTENTION_BLOCK)
    {
        const i64 last = count - first < ARGENT_ATTENTION_BLOCK ? count : first + ARGENT_ATTENTION_BLOCK;
        float sum = 0.0f;
        for (i64 i = first; i < last; i++) sum = argent_fma(left[i], right[i * right_step], sum);
        total = first == 0 ? sum : argent_add(total, sum);
    }
    return total;
}

// The largest of the block's values, in every thread.
ARGENT_INLINE float argent_block_max(float value, float* shared)
{
#pragma unroll
    for (i32 apart = 16; apart > 0; apart >>= 1)
    {
        value = argent_max(value, __shfl_xor_sync(ARGENT_ALL_LANES, value, apart));
    }
    if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = value;
    __syncthreads();
    for (u32 warp = 0; warp < ARGENT_ATTENTION_THREADS / 32; warp++) value = argent_max(value, shared[warp]);
    return value;
}

extern "C" __global__ void __launch_bounds__(ARGENT_ATTENTION_THREADS) argent_attention(const ArgentAttentionArgs args)
{
    __shared__ float warp_max[ARGENT_ATTENTION_THREADS / 32];
    __shared__ float shared_factor;
    const i32 thread = static_cast<i32>(threadIdx.x), threads = static_cast<i32>(blockDim.x);
    float* const row = args.weights + blockIdx.x * args.keys_max;
    const i64 width = static_cast<i64>(args.heads) * args.depth, value_width = static_cast<i64>(args.heads) * args.value_depth;
    for (i64 unit = blockIdx.x; unit < args.query_count * args.heads; unit += gridDim.x)
    {
        const i32 query = static_cast<i32>(unit / args.heads), head = static_cast<i32>(unit % args.heads);
        const i32 segment = argent_segment_of(args.query_start, args.segments, query);
        const i32 first_key = args.key_start[segment], keys = args.key_start[segment + 1] - first_key;
        // The last query sees all keys, the one before it all but one, and so on.
        const i32 hidden = args.is_causal ? args.query_start[segment + 1] - 1 - query : 0;
        const i32 visible = keys > hidden ? keys - hidden : 0;

        const float* q = args.queries + query * width + static_cast<i64>(head) * args.depth;
        float max = __uint_as_float(0xff800000u);
        for (i32 j = thread; j < visible; j += threads)
        {
            const float* key = args.keys + (first_key + j) * width + static_cast<i64>(head) * args.depth;
            float logit = argent_mul(argent_attention_dot(q, key, 1, args.depth), args.scale);
            if (args.bias)
            {
                const i64 place = argent_bias_row(args, query, first_key + j);
                logit = argent_add(logit, args.bias[place * args.heads + head]);
            }
            if (logit > max) max = logit;
            row[j] = logit;
        }
        float factor = argent_div(1.0f, argent_from_int(visible > 0 ? visible : 1));
        if (args.is_silu)
        {
            for (i32 j = thread; j < visible; j += threads) row[j] = argent_mul(argent_activate(3u, row[j]), factor);
        }
        else
        {
            max = argent_block_max(max, warp_max);
            for (i32 j = thread; j < visible; j += threads) row[j] = argent_exp(argent_sub(row[j], max));
            __syncthreads();
            if (thread < 32)
            {
                const double sum = argent_exponential_sum(ArgentAttentionTerm{row}, visible, threadIdx.x % 16);
                if (thread == 0) shared_factor = static_cast<float>(1.0 / sum);
            }
            __syncthreads();
            factor = shared_factor;
            for (i32 j = thread; j < visible; j += threads) row[j] = argent_mul(factor, row[j]);
        }
        __syncthreads();
        const float* values = args.values + first_key * value_width + static_cast<i64>(head) * args.value_depth;
        float* output = args.output + query * value_width + static_cast<i64>(head) * args.value_depth;
        for (i32 v = thread; v < args.value_depth; v += threads)
        {
            output[v] = argent_attention_dot(row, values + v, value_width, visible);
        }
        // The next unit writes the same row.
        __syncthreads();
    }
}
ARGENT_KERNEL(argent_attention)
