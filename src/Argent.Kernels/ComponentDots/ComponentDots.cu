#include "argent.cuh"

// dots[c, q * P + p] = component q of candidate c times component p of its request's user, by fma in the order of the
// dimensions. A thread to a dot: a warp's threads share the item's component where P is 32 or more.
struct ArgentComponentDotsArgs
{
    const float* users;  // [R, P * D]
    const float* items;  // [C, item_step]
    const i32* request;  // [C]
    float* dots;         // [C, Q * P]
    i64 candidates;      // C
    i64 item_step;
    i32 user_components;  // P
    i32 item_components;  // Q
    i32 dim;              // D
    i32 padding;
};

extern "C" __global__ void __launch_bounds__(256) argent_component_dots(const ArgentComponentDotsArgs args)
{
    const i64 i = static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x;
    const i64 row = i / args.user_components;
    const i64 candidate = row / args.item_components;
    if (candidate >= args.candidates) return;
    const i64 user_row = static_cast<i64>(args.request[candidate]) * args.user_components + (i - row * args.user_components);
    const float* user = args.users + user_row * args.dim;
    const float* item = args.items + candidate * args.item_step + (row - candidate * args.item_components) * args.dim;
    float sum = 0.0f;
    for (i32 d = 0; d < args.dim; d++) sum = argent_fma(item[d], user[d], sum);
    args.dots[i] = sum;
}
ARGENT_KERNEL(argent_component_dots)
