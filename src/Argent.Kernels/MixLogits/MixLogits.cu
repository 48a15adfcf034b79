#include "argent.cuh"
#include "row_sums.cuh"

// values[c, t] = scale * sum over l of w[c, t, l] * logits[c, l], w the softmax over l of the sum of three gates, times keep.
// Eight lanes to a value, each with every eighth logit: the lanes of the CPU's vectors.
struct ArgentMixLogitsArgs
{
    const float* logits;      // [C, L]
    const float* user_gates;  // [R, T * L]
    const i32* request;       // [C]
    const float* items;       // [C, item_step], at the first column of the gates
    const float* pair_gates;  // [C, T * L]
    const float* keep;        // [C, T * L], or null
    float* values;            // [C, T]
    i64 item_step;
    i64 candidates;  // C
    i64 tasks;       // T
    i32 count;       // L
    float scale;
};

extern "C" __global__ void __launch_bounds__(256) argent_mix_logits(const ArgentMixLogitsArgs args)
{
    const float lowest = __uint_as_float(0xff800000u);
    const i32 lane = static_cast<i32>(threadIdx.x % 8);
    const i64 i = (static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x) / 8;
    const bool inside = i < args.candidates * args.tasks;
    // Lanes past the last value take part in the sums of their warp.
    const i64 candidate = inside ? i / args.tasks : 0;
    const i64 task = inside ? i - candidate * args.tasks : 0;
    const i64 width = args.tasks * args.count, at = task * args.count;
    const float* user = args.user_gates + args.request[candidate] * width + at;
    const float* item = args.items + candidate * args.item_step + at;
    const float* pair = args.pair_gates + candidate * width + at;
    const float* logits = args.logits + candidate * args.count;

    float max = lowest;
    for (i32 l = lane; l < args.count; l += 8) max = argent_max(max, argent_add(argent_add(user[l], item[l]), pair[l]));
#pragma unroll
    for (i32 apart = 4; apart > 0; apart >>= 1) max = argent_max(max, __shfl_xor_sync(ARGENT_ALL_LANES, max, apart));

    float sum = 0.0f, mixed = 0.0f;
    for (i32 first = 0; first < args.count; first += 8)
    {
        // Past the last logit the gate is -infinity and the logit 0.
        const i32 l = first + lane;
        const bool is_there = l < args.count;
        const float gate = is_there ? argent_add(argent_add(user[l], item[l]), pair[l]) : lowest;
        float weight = argent_exp(argent_sub(gate, max));
        sum = argent_add(sum, weight);
        if (args.keep) weight = argent_mul(weight, is_there ? args.keep[candidate * width + at + l] : 0.0f);
        mixed = argent_fma(weight, is_there ? logits[l] : 0.0f, mixed);
    }
    sum = argent_sum_of_eight(sum);
    mixed = argent_sum_of_eight(mixed);
    if (inside && lane == 0) args.values[i] = argent_mul(args.scale, argent_div(mixed, sum));
}
ARGENT_KERNEL(argent_mix_logits)
